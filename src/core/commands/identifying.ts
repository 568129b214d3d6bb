/** The command about the CVE id of a case: cve. */

import type { CaseEvent } from '../cases/events.ts';
import type { CaseState } from '../cases/state.ts';
import { type CveId, parseCveId } from '../identifiers.ts';
import { ok } from '../result.ts';
import { missing, noMore, notNow, wrong } from './arguments.ts';
import { consequences } from './consequences.ts';
import { row } from './layout.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Situation, type Verb } from './verb.ts';

const group = 'Substance';
const done = (says: readonly string[], ...events: readonly CaseEvent[]) => ok({ events, says });

const cveManual = { usage: '#cve CVE-ID|request|drop', example: '#cve CVE-2026-12345' };

const cve = caseVerb<CveId | 'request' | null>({
  verb: 'cve',
  group,
  ...cveManual,
  summary: 'Notes the CVE id that was assigned; "request" gives the text to ask for one, "drop" removes it.',
  who: ['coordinator'],
  undoable: true,
  when: whileOpen('cve'),
  parse: (line) => {
    const [word] = line.arguments;
    if (word === undefined) return missing('The CVE id', cveManual);
    if (word.toLowerCase() === 'drop') return noMore<CveId | 'request' | null>(line, 1, cveManual, null);
    if (word.toLowerCase() === 'request') return noMore<CveId | 'request' | null>(line, 1, cveManual, 'request');
    const id = parseCveId(word);
    return id === null
      ? wrong('a CVE id', word, 'they are written CVE-2026-12345', cveManual.example)
      : noMore<CveId | 'request' | null>(line, 1, cveManual, id);
  },
  decide: (id, state, situation) =>
    id === null ? drop(state) : id === 'request' ? request(state) : assign(id, state, situation),
});

/** The text for whoever assigns ids, for their form or an encrypted mail: nothing goes out by itself. */
function request(state: CaseState) {
  if (state.cve !== null)
    return { ok: false, problem: notNow('cve request', `the case has ${state.cve}.`, '#cve drop') } as const;
  const items = [
    ...(state.confirmed ? [] : ['the confirmation (#confirm)']),
    ...(state.description === null ? ['a description (#describe)'] : []),
    ...(state.affected.length === 0 ? ['affected versions (#affects)'] : []),
  ];
  if (items.length > 0)
    return { ok: false, problem: { reason: 'lacking', verb: 'cve request', items, instead: '#draft' } } as const;
  const list = (of: readonly string[]): string => (of.length === 0 ? 'not said yet' : of.join('; '));
  return done(
    [
      'Send this, encrypted, to whoever assigns CVE ids for you, or fill their form with it. It is still secret.',
      ...row('Products', list(state.affected.map(({ product, ranges }) => `${product} ${ranges.join(', ')}`))),
      ...row('Fixed', list(state.fixed.map(({ product, versions }) => `${product} ${versions.join(', ')}`))),
      ...row('Title', state.title ?? 'not said yet'),
      ...row('Weakness', list(state.cwe)),
      ...row('Rating', state.cvss ?? 'none'),
      ...row('References', list(state.links.map((each) => each.url))),
      ...row('Credits', list(state.credits.map((each) => each.name))),
      'Description:',
      ...(state.description ?? '').split('\n').map((line) => `    ${line}`),
      'When the answer comes, note the id: #cve CVE-ID',
    ],
    { type: 'cve-requested' },
  );
}

function drop(state: CaseState) {
  if (state.cve === null)
    return { ok: false, problem: notNow('cve drop', 'the case has no CVE id.', '#status') } as const;
  return done([`${state.cve} is dropped.`, ...consequences(state)], { type: 'cve-dropped' });
}

function assign(id: CveId, state: CaseState, { context }: Situation) {
  const other = context.cases.find((each) => each.id !== state.id && each.cve === id);
  const twice = other === undefined ? [] : [`Beware: ${other.id} has the same CVE id.`];
  return done([`CVE: ${id}`, ...twice, ...consequences(state)], { type: 'cve-assigned', cve: id });
}

export const identifying: readonly Verb[] = [cve];
