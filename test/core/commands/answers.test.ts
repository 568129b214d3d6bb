import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { approvalOf } from '../../../src/core/advisories/approval.ts';
import type { CaseState } from '../../../src/core/cases/state.ts';
import { allVerbs, catalog } from '../../../src/core/commands/catalog.ts';
import { widthOf } from '../../../src/core/commands/layout.ts';
import { nextSteps } from '../../../src/core/commands/next-steps.ts';
import { renderLetter } from '../../../src/publication/templates.ts';
import { templates } from '../given.ts';
import {
  accepted,
  address,
  addressOf,
  approved,
  at,
  context,
  digest,
  distros,
  embargoed,
  eve,
  given,
  linuxDistros,
  type Name,
  noticed,
  policy,
  soon,
  team,
  whole,
} from './desk.ts';
import { say } from './dictation.ts';

const people: readonly Name[] = ['ada', 'ben', 'eve', 'rob', 'dora', 'dan'];

/** Cases at every stage, from which the commands below go on. */
const beginnings = {
  received: given(),
  confirmed: given(...whole.slice(0, 2), eve),
  whole: given(...whole, eve, accepted),
  notified: given(...whole, soon, noticed, ...approved('ada')),
  approved: given(...whole, soon, noticed, eve, accepted, ...approved('ada', 'ben')),
  overdue: given(...whole, embargoed('2026-10-04T15:00:00Z'), noticed, ...approved('ada')),
  leaked: given(...whole, soon, noticed, { type: 'leaked', url: null }, ...approved('ada', 'ben')),
  disclosed: given(...whole, eve, accepted, { type: 'disclosed', digest, due: null }),
} as const;
type Beginning = keyof typeof beginnings;
const isBeginning = (name: string): name is Beginning => name in beginnings;

const lines: readonly string[] = [
  ...allVerbs.map(({ example }) => example),
  '#reject invalid works as documented',
  '#embargo +7d',
  '#embargo none',
  '#embargo 2026-13-40',
  '#embargo 2027-10-10',
  '#embargo 2026-10-01',
  '#deadline none',
  '#deadline 2026-10-20',
  '#invite nova',
  '#invite nobody@example.org',
  '#invite ada@example.org',
  '#invite keyless@example.org',
  '#remove nobody@example.org',
  '#remove eve@example.org',
  '#patch stable/1',
  '#review stable/1 approve',
  '#review stable/9 perhaps',
  `#notify ${distros.address} ${linuxDistros.address}`,
  '#notify nowhere@example.org',
  '#approve DIGEST',
  '#approve 123',
  '#cve request',
  '#cve drop',
  '#cve CVE-1',
  '#class Q',
  '#assign Ben',
  '#assign Zoe',
  '#link nowhere',
  '#link https://example.org/fix patch',
  '#unlink https://example.org/nothing',
  '#uncredit "Nobody"',
  '#credit anonymous',
  '#unaffects nothing',
  '#waive patch it is in the text',
  '#waive everything',
  '#consent perhaps',
  '#redact 1',
  '#redact 9999',
  '#describe\nIt crashes.\n#end',
  '#describe',
  '#affects',
  '#cwe CWE-0',
  '#cvss 9.8',
  '#help nothing',
  '#cases sometimes',
  '#tilte Overflow',
  '#title',
  '#hold',
  '#object',
  '#confirm now',
  '#duplicate EXM-2026-0007',
  '#duplicate EXM-2026-9999',
  '#trust rob@example.net',
];

const step = fc.record({ by: fc.constantFrom(...people), line: fc.constantFrom(...lines) });
const way = fc.record({
  start: fc.constantFrom(...Object.keys(beginnings).filter(isBeginning)),
  steps: fc.array(step, { maxLength: 8 }),
  needs: fc.constantFrom(1, 2),
});
interface Way {
  readonly start: Beginning;
  readonly steps: readonly { readonly by: Name; readonly line: string }[];
  /** Coordinators who have to say #disclose. */
  readonly needs: number;
}
const contextFor = (needs: number) => ({ policy: { ...policy, disclosure: { earlyNeeds: needs, leakNeeds: needs } } });

const filled = (line: string, state: CaseState): string =>
  line.replace('DIGEST', () => approvalOf(state, context).digest.slice(0, 16));

/** The case after these commands, as far as they are carried out. */
const gone = ({ start, steps, needs }: Way): CaseState =>
  steps.reduce<CaseState>((state, { by, line }) => {
    const after = say(filled(line, state), state, { by: [by], context: contextFor(needs) }).decision?.after;
    return after?.id === state.id ? after : state;
  }, beginnings[start]);

/** What is longer than 72 columns and could have been broken: neither a command to copy, nor a long word. */
const tooWide = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter(
      (line) => line.length > 72 && !/^ {4}#/.test(line) && / \S/.test(line.replace(/^(>? *)?(\S+ ?\S* {2,})?/, '')),
    );

/** Words of any length and script, a link, an address: what people put where a reason or a name is asked for. */
const anyWord = fc.oneof(
  fc.integer({ min: 1, max: 90 }).map((length) => 'long'.repeat(length)),
  fc.string({ unit: fc.constantFrom('ä', '漢', 'e\u0301', '🔥', 'x'), minLength: 1, maxLength: 90 }),
  fc.integer({ min: 1, max: 60 }).map((length) => `https://forge.example/${'path/'.repeat(length)}`),
  fc.integer({ min: 1, max: 12 }).map((length) => `${'name.'.repeat(length)}x@elsewhere.example`),
);
const anyWords = fc.array(anyWord, { minLength: 1, maxLength: 12 }).map((words) => words.join(' '));

/** All that people can have written about a case, of any length, with every row of the pages filled. */
const wordy = fc
  .record({ words: fc.array(anyWords, { minLength: 9, maxLength: 9 }), name: anyWord })
  .map(({ words, name }) => {
    const word = (index: number): string => words[index] ?? '';
    const member = address('dora@distro.example');
    return given(
      ...whole,
      { type: 'titled', title: word(0) },
      { type: 'affected', product: word(1), ranges: ['<2', word(2)] },
      { type: 'linked', url: `https://forge.example/${'a/'.repeat(80)}`, kind: 'patch', label: word(3) },
      { type: 'credited', name, address: null, affiliation: word(4) },
      soon,
      {
        type: 'embargo-set',
        until: at('2026-10-20T15:00:00Z'),
        zone: 'America/Argentina/ComodRivadavia',
        reason: word(5),
      },
      eve,
      accepted,
      noticed,
      { type: 'answered', member, answer: 'object', text: word(6) },
      { type: 'waived', item: 'cve', reason: word(7) },
      { type: 'held', reason: word(8) },
      { type: 'withdrawal-asked', reason: word(3) },
    );
  });

const run = { numRuns: Number(process.env['RUNS'] ?? 60) };

describe('answers that lead', () => {
  test('what comes next is never refused to the one who is told it', () => {
    fc.assert(
      fc.property(way, fc.constantFrom(...people), (taken, by) => {
        const state = gone(taken);
        const mail = { by: [by], context: contextFor(taken.needs) };
        const { situation } = say('#status', state, mail);
        if (situation === null) return;
        for (const { command } of nextSteps(state, situation))
          expect(say(command, state, mail).decision?.results, command).toMatchObject([{ ok: true }]);
      }),
      run,
    );
  });

  test('what a refusal gives instead is carried out when it is sent as it stands', () => {
    fc.assert(
      fc.property(way, fc.constantFrom(...people), fc.constantFrom(...lines), (taken, by, line) => {
        const state = gone(taken);
        const mail = { by: [by], context: contextFor(taken.needs) };
        for (const { instead, says } of say(filled(line, state), state, mail).decision?.results ?? []) {
          if (instead === null || /\b(FINGERPRINT|ADDRESS)\b/.test(instead)) continue;
          const again = say(instead, state, mail);
          expect(again.spoken[0]?.read.rest, instead).toBe('');
          const results = again.decision?.results.filter(({ ok }) => !ok);
          expect(results, `${by}: ${line}: ${says.join(' ')} ${instead}`).toEqual([]);
        }
      }),
      run,
    );
  });

  test('no line is wider than 72 columns where it can be broken', () => {
    fc.assert(
      fc.property(
        way,
        fc.constantFrom(...people),
        fc.constantFrom('#status', '#plan', '#help', ...lines),
        (taken, by, line) => {
          const state = gone(taken);
          const { letters } = say(filled(line, state), state, { by: [by], context: contextFor(taken.needs) });
          for (const letter of letters) expect(tooWide(renderLetter(letter, team, templates)), line).toEqual([]);
        },
      ),
      run,
    );
  });

  test('pages and answers keep to 72 columns whatever people have written; only a link, an address or a command is wider, and stands alone', () => {
    const verbs = ['#status', '#plan', '#help', '#help embargo', '#cases', '#search long', '#log'];
    const said = fc.oneof(
      fc.constantFrom(...verbs),
      fc
        .tuple(fc.constantFrom('#title', '#embargo +9d', '#object', '#reject invalid', '#waive cve'), anyWords)
        .map((each) => each.join(' ')),
    );
    fc.assert(
      fc.property(wordy, fc.constantFrom(...people), said, (state, by, line) => {
        for (const letter of say(line, state, { by: [by] }).letters) {
          const wide = renderLetter(letter, team, templates)
            .split('\n')
            .filter((each) => widthOf(each) > 72 && !/^ {4}#/.test(each));
          for (const each of wide)
            expect(
              each
                .trim()
                .split(/\s+/)
                .filter((word) => word !== ''),
              line,
            ).toHaveLength(1);
          const page = verbs.includes(line) ? wide : [];
          for (const each of page) expect(each, line).toMatch(/:\/\/|@/);
        }
      }),
      run,
    );
  });

  test('#help names the commands that its reader can say now, and no other', () => {
    fc.assert(
      fc.property(way, fc.constantFrom(...people), (taken, by) => {
        const state = gone(taken);
        const { decision, situation } = say('#help', state, { by: [by] });
        if (situation === null) return;
        const told = decision?.results[0]?.says.flatMap((each) => /^#(\S+)/.exec(each)?.[1] ?? []) ?? [];
        for (const [name, verb] of catalog) {
          const needsList = verb.group === 'Stakeholder lists' && name !== 'key';
          const sayable = verb.barred(state, situation) === null;
          expect(told.includes(name), `${by} #${name}`).toBe(sayable && !needsList);
        }
      }),
      run,
    );
  });

  test('an expert, a reporter and a stakeholder are told of nobody else', () => {
    const others = (by: Name) => people.filter((each) => each !== by).map((each) => addressOf(each));
    const known = /^(team|security)@/;
    fc.assert(
      fc.property(way, fc.constantFrom<Name>('eve', 'rob', 'dora'), fc.constantFrom(...lines), (taken, by, line) => {
        const state = gone(taken);
        const said = filled(line, state);
        const { letters } = say(`${said}\n#status`, state, { by: [by], context: contextFor(taken.needs) });
        const own = letters.filter(({ to }) => to.some((each) => each.address === addressOf(by)));
        const told = own.map((letter) => renderLetter(letter, team, templates)).join('\n');
        for (const other of others(by).filter((each) => !said.includes(each) && !known.test(each)))
          expect(told, `${by}: ${line}`).not.toContain(other);
      }),
      run,
    );
  });
});
