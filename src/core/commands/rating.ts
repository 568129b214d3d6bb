/** Commands that say what kind of weakness it is, and how bad: cwe, cvss. Neither is ever asked for. */

import { parseCvss } from '../advisories/cvss.ts';
import type { CaseState } from '../cases/state.ts';
import { failed, ok } from '../result.ts';
import { missing, noMore, notNow, wrong } from './arguments.ts';
import { consequences } from './consequences.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Verb } from './verb.ts';

const group = 'Substance';
const who = ['coordinator', 'expert'] as const;
const dropped = (word: string): boolean => word.toLowerCase() === 'drop';

const cweManual = { usage: '#cwe CWE-ID…|drop', example: '#cwe CWE-79' };
/** More would classify nothing. */
const mostCwes = 10;

const cwe = caseVerb<readonly string[]>({
  verb: 'cwe',
  group,
  ...cweManual,
  summary:
    'Says which weaknesses (cwe.mitre.org) it comes from, in place of what was said before; "drop" removes them.',
  who,
  undoable: true,
  when: whileOpen('cwe'),
  parse: (line) => {
    const [word] = line.arguments;
    if (word === undefined) return missing('The CWE id', cweManual);
    if (dropped(word)) return noMore(line, 1, cweManual, []);
    const ids = line.arguments.map((each) => /^(?:CWE-)?([1-9][0-9]{0,4})$/i.exec(each.replace(/,$/, ''))?.[1]);
    const odd = ids.indexOf(undefined);
    if (odd >= 0) return wrong('a CWE id', line.arguments[odd] ?? '', 'they are written CWE-79', cweManual.example);
    return noMore(line, mostCwes, cweManual, [...new Set(ids.map((id) => `CWE-${id ?? ''}`))]);
  },
  decide: (ids, state) => {
    if (ids.length === 0 && state.cwe.length === 0) return failed(notNow('cwe drop', 'none is set.', '#status'));
    const says = ids.length === 0 ? 'No CWE id is kept any more.' : `CWE: ${ids.join(', ')}`;
    return ok({ events: [{ type: 'weakness-set', cwe: ids }], says: [says, ...consequences(state)] });
  },
});

const cvssManual = {
  usage: '#cvss VECTOR|drop',
  example: '#cvss CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
};

const cvss = caseVerb<string | null>({
  verb: 'cvss',
  group,
  ...cvssManual,
  summary: 'Rates it by a CVSS vector, version 3.1 or 4.0; "drop" removes it. No rating is needed.',
  who,
  undoable: true,
  when: whileOpen('cvss'),
  parse: (line) => {
    const [word] = line.arguments;
    if (word === undefined) return missing('The vector', cvssManual);
    if (dropped(word)) return noMore(line, 1, cvssManual, null);
    const vector = parseCvss(word);
    return vector.ok
      ? noMore(line, 1, cvssManual, vector.value)
      : wrong('a CVSS vector', word, vector.problem, cvssManual.example);
  },
  decide: (vector, state) => rated(vector, state),
});

function rated(vector: string | null, state: CaseState) {
  if (vector === null && state.cvss === null) return failed(notNow('cvss drop', 'none is set.', '#status'));
  const says = vector === null ? 'No CVSS vector is kept any more.' : `CVSS: ${vector}`;
  return ok({ events: [{ type: 'rated', cvss: vector } as const], says: [says, ...consequences(state)] });
}

export const rating: readonly Verb[] = [cwe, cvss];
