import { describe, expect, test } from 'vitest';

import { caseId } from '../../../src/core/identifiers.ts';
import { approvalOf } from '../../../src/core/advisories/approval.ts';
import { together } from '../../../src/core/cases/merging.ts';
import type { CaseState } from '../../../src/core/cases/state.ts';
import {
  accepted,
  addressOf,
  address,
  at,
  context,
  embargoed,
  eve,
  given,
  keyOf,
  noticed,
  soon,
  sure,
  theCase,
  whole,
} from './desk.ts';
import { say, types } from './dictation.ts';

const other: CaseState = { ...given(...whole, embargoed('2026-10-29T15:00:00Z')), id: caseId('EXM', 2026, 3) };
const beside = (second: CaseState, first: CaseState) => ({ context: { cases: [first, second] } });

describe.each(['duplicate', 'merge'])('#%s', (verb) => {
  const join = (first: CaseState, second: CaseState = other) =>
    say(`#${verb} EXM-2026-0003`, first, beside(second, first));

  test('ends the case in the other, which gets its people, and the earliest end', () => {
    const { decision } = join(given(soon, eve, accepted));
    expect(decision?.events).toMatchObject([
      { case: theCase, event: { type: 'joined', into: other.id, disclosed: null } },
      {
        case: other.id,
        event: {
          type: 'absorbed',
          from: theCase,
          joining: { reporter: { address: addressOf('rob') }, embargo: { until: at('2026-10-15T15:00:00Z') } },
        },
      },
    ]);
    expect(decision?.after).toMatchObject({ rejection: { class: 'duplicate' }, joinedTo: other.id });
    expect(decision?.results[0]?.says.join('\n')).toContain('2026-10-15 15:00 UTC');
    expect(decision?.results[0]?.says.join('\n')).not.toContain('#remove');
  });

  test('voids the approvals of the other case where its texts change with that, and says how', () => {
    const inForce = approvalOf(other, context).digest;
    const approvals = (['ada', 'ben'] as const).map(
      (by) => ({ by, event: { type: 'approved', digest: inForce, coordinator: addressOf(by) } }) as const,
    );
    const approvedThere = { ...given(...whole, embargoed('2026-10-29T15:00:00Z'), ...approvals), id: other.id };
    const credited = given({ type: 'credited', name: 'Zoe', address: null, affiliation: null });
    const { letters } = join(credited, approvedThere);
    expect(letters[0]?.facts['voided']).toMatchObject({
      case: other.id,
      by: [addressOf('ada'), addressOf('ben')],
      changes: [{ lines: [expect.anything(), expect.stringContaining('Zoe')] }, {}],
      approve: expect.stringMatching(/^#approve [0-9a-f]{32}$/),
    });
    expect(join(given(), approvedThere).letters[0]?.facts['voided']).toBeNull();
  });

  test('takes over what stakeholders answered and reporters wish for the record, and says what does not come along', () => {
    const member = address('dora@distro.example');
    const first = given(
      soon,
      noticed,
      { type: 'answered', member, answer: 'ready', text: null },
      { type: 'consented', reporter: addressOf('rob'), choice: 'withhold' },
      { type: 'held', reason: 'the fix is wrong' },
    );
    const { decision, answer } = join(first);
    const event = sure(decision?.events[1]?.event ?? null);
    const after = event.type === 'absorbed' ? { ...other, ...together(other, event.joining) } : other;
    expect(after.answers).toMatchObject([{ member, answer: 'ready' }]);
    expect(after.consents).toEqual([{ reporter: addressOf('rob'), choice: 'withhold' }]);
    expect(answer).toMatch(/was on hold: the fix is wrong[^]*#hold there/);
    const leaked = given(soon, { type: 'leaked', url: null });
    expect(join(leaked).answer).toMatch(/has leaked[^]*Say #leak there first[^]*#case EXM-2026-0003/);
    expect(join(leaked, { ...other, leaked: leaked.leaked }).decision?.accepted).toBe(true);
  });

  test('says who hears from then on what is written there', () => {
    const reporter = { ...other.reporter!, address: addressOf('mallory') };
    expect(join(given(), { ...other, reporter }).answer).toContain(`#remove ${addressOf('rob')}`);
  });

  test('tells the way where the other case cannot take it', () => {
    const first = given();
    expect(join(first, { ...other, rejection: { class: 'hardening', reason: null } }).answer).toContain(
      '#reject hardening',
    );
    const third = caseId('EXM', 2026, 1);
    const cases = [first, { ...other, joinedTo: third }, { ...other, id: third }];
    expect(say(`#${verb} ${other.id}`, first, { context: { cases } }).answer).toContain(`\n#${verb} ${third}`);
    expect(join(first, { ...other, openly: true }).answer).toContain('#public');
    expect(say(`#${verb} ${theCase}`, first, { context: { cases: [first] } }).answer).toContain('it is this one');
    expect(say(`#${verb} EXM-2026-0099`, first).answer).toContain('#cases');
  });

  test('gives no one access to a case that is public already, and says which advisory it is', () => {
    const done = { ...other, disclosed: { at: at('2026-10-02T15:00:00Z'), digest: other.history[0]!.hash, due: null } };
    expect(join(given(), done).decision?.events).toEqual([
      { case: theCase, event: { type: 'joined', into: other.id, disclosed: other.advisory } },
    ]);
  });

  test.each([
    ['another key', keyOf('mallory')],
    ['none', null],
  ])('uses no key of a reporter whom the other case knows with %s, until #trust names one', (_, key) => {
    const first = given();
    const forged: CaseState = { ...other, reporter: { ...other.reporter!, key } };
    const { decision } = join(first, forged);
    const absorbed = decision?.events.find(({ event }) => event.type === 'absorbed')?.event;
    if (absorbed?.type !== 'absorbed') throw new Error('nothing was joined');
    const { reporter } = { ...forged, ...together(forged, absorbed.joining) };
    expect(reporter).toMatchObject({ address: addressOf('rob'), key: null, disputed: true });
    const said = decision?.results[0]?.says.join('\n') ?? '';
    expect(said).toContain(`ATTENTION: ${addressOf('rob')} has ${keyOf('rob')} in ${theCase}`);
    expect(said).toContain(`#trust ${addressOf('rob')}`);
    expect(together(forged, { ...absorbed.joining, reporter: forged.reporter }).reporter).toEqual(forged.reporter);
    const trusted = say(`#trust ${addressOf('rob')} ${keyOf('rob')}`, { ...first, reporter: reporter ?? null });
    expect(trusted.decision?.after?.reporter).toEqual(first.reporter);
  });

  test('is the end of what can be said there, but for #reopen', () => {
    const first = given({ type: 'joined', into: other.id, disclosed: null });
    expect(say('#confirm', first).answer).toContain('#case EXM-2026-0003');
    expect(types('#reopen\n#confirm', first)).toEqual(['reopened', 'confirmed']);
  });
});

describe('#split', () => {
  test('opens a case with the people and the embargo of this one, for which the next lines are', () => {
    const first = given(...whole, soon, eve, accepted, noticed);
    const { decision } = say('#split Another flaw\n#confirm', first);
    expect(decision?.events).toMatchObject([
      { case: context.nextCase, event: { type: 'split-off', from: theCase, title: 'Another flaw' } },
      { case: theCase, event: { type: 'split', into: context.nextCase } },
      { case: context.nextCase, event: { type: 'confirmed' } },
    ]);
    expect(decision?.after).toMatchObject({
      id: context.nextCase,
      title: 'Another flaw',
      receivedAt: first.receivedAt,
      reporter: { address: addressOf('rob') },
      experts: [{ address: addressOf('eve'), accepted: true }],
      embargo: { until: at('2026-10-15T15:00:00Z') },
      notices: [],
      description: null,
    });
    expect(decision?.results[0]?.says.join('\n')).toContain('#notify');
  });

  test('opens one case a mail', () => {
    expect(say('#split One\n#split Two', given()).answer).toContain('one mail opens one case');
  });
});

describe('a case is led', () => {
  test('by whom #assign names or #take says, and the status tells', () => {
    expect(say('#assign ben@example.org', given()).decision?.after?.lead).toBe(addressOf('ben'));
    expect(say('#assign ben', given()).decision?.after?.lead).toBe(addressOf('ben'));
    expect(say('#assign !', given(), { by: ['ben'] }).decision?.after?.lead).toBe(addressOf('ben'));
    expect(say('#take\n#status', given(), { by: ['ben'] }).answer).toMatch(/Lead +ben@example.org/);
    expect(say('#assign eve@example.org', given()).answer).toContain('not a coordinator');
    expect(types('#take\n#take', given())).toEqual(['assigned']);
  });

  test('and classified by the taxonomy', () => {
    expect(say('#class b1', given()).decision?.after?.outcome).toBe('B1');
    expect(say('#class F', given()).answer).toContain('not a class');
  });
});

describe('#spam', () => {
  test('closes the case and blocks its sender for the term, unless the sender is one of ours', () => {
    expect(say('#spam', given()).events).toEqual([
      { type: 'quarantined', sender: addressOf('rob'), until: at('2026-11-04T09:00:00Z') },
    ]);
    const ours = {
      ...given(),
      reporter: { address: address('dora@distro.example'), name: null, key: null, answerable: true },
    };
    expect(say('#spam', ours).events).toMatchObject([{ sender: null }]);
    expect(say('#spam', given(...whole)).answer).toContain('confirmed');
    expect(say('#spam\n#reopen', given()).decision?.after).toMatchObject({ quarantine: null, closed: false });
  });
});

describe('#search', () => {
  test('finds the cases in which all words stand', () => {
    const first = given();
    const find = (words: string) => say(`#search ${words}`, first, beside(other, first)).answer;
    expect(find('OVERFLOW parser')).toContain('EXM-2026-0003');
    expect(find('overflow parser')).not.toContain(theCase);
    expect(find('rob@example.net')).toContain(theCase);
    expect(find('kernel')).toContain('No such case');
    expect(say('#search overflow', first, { by: ['rob'] }).decision?.accepted).toBe(false);
  });
});
