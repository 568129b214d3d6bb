/** Signed commands by people who want to know, or to change, more than their part. */

import { describe, expect, it } from 'vitest';
import type { CaseEvent } from '../../src/core/cases/events.ts';
import {
  accepted,
  type address,
  addressOf,
  context,
  digest,
  distros,
  eve,
  given,
  keyOf,
  linuxDistros,
  noticed,
  ready,
  roster,
  soon,
  whole,
} from '../core/commands/desk.ts';
import { type Mail, say } from '../core/commands/dictation.ts';

const attached: Mail = {
  parts: (good) => [good, { ...good, path: '2', type: 'text/x-diff', role: 'attachment' }],
};

describe('a reporter', () => {
  const told: CaseEvent = {
    type: 'notified',
    list: linuxDistros.address,
    members: [linuxDistros.address],
    skipped: [],
  };
  const state = given(...whole, soon, eve, accepted, noticed, told);

  it('does not learn which lists have had the notice from the clock that they set', () => {
    expect(say('#status', state).answer).toContain(linuxDistros.address);
    for (const by of ['rob', 'eve'] as const) {
      const { answer, letters } = say('#status', state, { by: [by] });
      expect(answer).toContain('At the latest');
      expect(answer + JSON.stringify(letters.find(({ to }) => to[0]?.address === addressOf(by)))).not.toContain(
        linuxDistros.address,
      );
    }
  });

  it('is not shown what a coordinator may see for a signature beside the coordinator’s', () => {
    const { letters } = say('#status\n#log', state, { by: ['rob', 'ada'] });
    expect(letters.flatMap(({ to }) => to.map((each) => each.address))).not.toContain(addressOf('rob'));
    expect(letters.flatMap(({ to }) => to.map((each) => each.address))).toContain(addressOf('ada'));
  });

  it('cannot put a file in the place of the patch that distributors get', () => {
    const patched = given(...whole, {
      by: 'ada',
      event: { type: 'patch-attached', branch: 'main', mail: ready.messages[0]?.mail ?? never(), parts: ['2'] },
    });
    expect(say('#patch main', patched, { ...attached, by: ['rob'] })).toMatchObject({
      events: [],
      answer: expect.stringContaining('by somebody else'),
    });
    expect(say('#patch stable', patched, { ...attached, by: ['rob'] }).events).toHaveLength(1);
    expect(say('#patch main', patched, { ...attached, by: ['ben'] }).events).toHaveLength(1);
  });
});

it('an approval is by a coordinator’s own key, not by another key at the same address', () => {
  const namesake = { ...distros, members: [...distros.members, member(addressOf('ada'))] };
  const more = { ...roster, lists: roster.lists.map((list) => (list === distros ? namesake : list)) };
  const { events } = say(`#approve ${digest}`, ready, { by: ['ben', 'mallory'], context: { roster: more } });
  expect(events).toEqual([{ type: 'approved', digest, coordinator: addressOf('ben') }]);
  expect(context.roster).toBe(roster);
});

const member = (whose: ReturnType<typeof address>) => ({
  name: 'Namesake',
  address: whose,
  key: keyOf('mallory'),
  organisation: null,
  country: null,
  acceptedTerms: true,
  suspended: false,
});

const never = (): never => {
  throw new Error('a case has its first mail');
};
