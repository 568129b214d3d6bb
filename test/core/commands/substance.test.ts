import { describe, expect, test } from 'vitest';

import type { CaseEvent } from '../../../src/core/cases/events.ts';
import { parseMailId } from '../../../src/core/identifiers.ts';
import { accepted, addressOf, eve, given, hex, noticed, ready, soon, sure, whole } from './desk.ts';
import { say, types } from './dictation.ts';

const patch = (branch: string): CaseEvent => ({
  type: 'patch-attached',
  branch,
  mail: sure(parseMailId(hex('patch'))),
  parts: ['2'],
});

describe('the words of an advisory', () => {
  test('have a workaround, notes, weaknesses and a rating, each taken back by #undo', () => {
    const { decision } = say(
      '#workaround\nSwitch it off.\n#end\n#note\nOne.\n#end\n#note\nTwo.\n#end\n#cwe 79 CWE-120\n#cvss CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
      given(),
    );
    expect(decision?.after).toMatchObject({
      workaround: 'Switch it off.',
      notes: ['One.', 'Two.'],
      cwe: ['CWE-79', 'CWE-120'],
      cvss: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    });
    const undone = given({ by: 'ada', event: { type: 'weakness-set', cwe: ['CWE-79'] } });
    expect(say('#undo', undone).decision?.after?.cwe).toEqual([]);
    expect(say('#cwe drop', undone).decision?.after?.cwe).toEqual([]);
    expect(say('#cwe XSS', given()).answer).toContain('#cwe CWE-79');
    expect(say('#cvss high', given()).answer).toMatch(/begins with CVSS:3.1[^]*#cvss CVSS:4.0/);
    expect(say('#cvss drop', given()).answer).toContain('none is set');
  });

  test('lose a product, a link or a credit that is named, and tell which there are', () => {
    expect(say('#unaffects Parser', ready).decision?.after?.affected).toEqual([]);
    expect(say('#affects parser 27 - 28', ready).answer).toContain('"-" is not a range of versions');
    expect(say('#unaffects parsr', ready).answer).toContain('#unaffects parser');
    expect(say('#unlink https://example.org/bug', ready).decision?.after?.links).toHaveLength(1);
    expect(say('#unlink https://example.org/nothing', ready).answer).toContain('https://example.org/fix');
    expect(say('#uncredit', ready).decision?.after?.credits).toEqual([]);
    expect(types('#uncredit Rob', ready, { by: ['rob'] })).toEqual(['uncredited']);
  });

  test('keep the credits of others from a reporter', () => {
    const two = given(...whole, { type: 'credited', name: 'Jane Finder', address: null, affiliation: null });
    expect(say('#uncredit "Jane Finder"', two, { by: ['rob'] }).decision?.accepted).toBe(false);
    expect(types('#uncredit', two, { by: ['rob'] })).toEqual(['uncredited']);
    expect(say('#uncredit', two).decision?.accepted).toBe(false);
  });
});

describe('a credit that a reporter asks for', () => {
  const jane = { type: 'credited', name: 'Jane Finder', address: null, affiliation: null } as const;
  const janes = given(...whole, jane);
  const names = (text: string, state = janes, by: 'ada' | 'rob' = 'rob') =>
    say(text, state, { by: [by] }).decision?.after?.credits.map(({ name }) => name);

  test('takes the place of their own, and of no other', () => {
    expect(names('#credit "R. Reporter"')).toEqual(['Jane Finder', 'R. Reporter']);
    expect(names('#credit "R. Reporter"\n#credit "Co Finder"')).toEqual(['Jane Finder', 'R. Reporter', 'Co Finder']);
    expect(names('#credit anonymous')).toEqual(['Jane Finder', 'Anonymous']);
    expect(names('#credit "R. Reporter"', janes, 'ada')).toEqual(['Rob', 'Jane Finder', 'R. Reporter']);
    expect(names('#credit anonymous', janes, 'ada')).toEqual(['Jane Finder', 'Anonymous']);
  });

  test('is theirs by whatever name, to change and to take back', () => {
    const asked = given(...whole.slice(0, -1), jane, { by: 'rob', event: { ...jane, name: 'Zero Cool' } });
    expect(names('#credit "R. Reporter"', asked)).toEqual(['Jane Finder', 'R. Reporter']);
    expect(names('#uncredit', asked)).toEqual(['Jane Finder']);
    const anonymous = { ...jane, name: 'Anonymous' };
    const both = given(...whole.slice(0, -1), { by: 'rob', event: anonymous }, { by: 'eve', event: anonymous });
    expect(names('#credit "R. Reporter"', both)).toEqual(['Anonymous', 'R. Reporter']);
  });
});

describe('#review', () => {
  const state = given(eve, accepted, patch('stable/2.4'));

  test('is the last word of each reviewer on the patch that a branch has', () => {
    const { decision } = say('#review stable/2.4 reject breaks "old" files\n#status', state, { by: ['eve'] });
    expect(decision?.after?.reviews).toEqual([
      { branch: 'stable/2.4', reviewer: addressOf('eve'), approves: false, reason: 'breaks "old" files' },
    ]);
    expect(decision?.results[1]?.says.join(' ')).toMatch(/stable\/2.4: REJECTED by you/);
    expect(
      say('#review stable/2.4 approve', decision?.after ?? state, { by: ['eve'] }).decision?.after?.reviews,
    ).toMatchObject([{ approves: true }]);
  });

  test('is void once the branch has another patch', () => {
    const again = given(
      patch('main'),
      { type: 'reviewed', branch: 'main', reviewer: addressOf('eve'), approves: true, reason: null },
      patch('main'),
    );
    expect(again.reviews).toEqual([]);
  });

  test('tells which branches there are, and what can be said of them', () => {
    expect(say('#review main approve', state).answer).toContain('#review stable/2.4 approve');
    expect(say('#review stable/2.4 perhaps', state).answer).toContain('approve or reject');
    expect(say('#review main approve', given()).answer).toContain('no patch is attached');
  });
});

describe('the people of a case', () => {
  test('are removed, and neither heard nor written to any more', () => {
    const state = given(...whole, soon, eve, accepted, noticed);
    for (const who of ['eve@example.org', 'rob@example.net', 'dora@distro.example'])
      expect(types(`#remove ${who}`, state), who).toEqual(['removed']);
    const gone = say('#remove eve@example.org', state).decision?.after ?? null;
    expect(say('#status', gone, { by: ['eve'] }).decision?.accepted ?? false).toBe(false);
    expect(say('#remove ben@example.org', state).answer).toContain('roster');
    expect(say('#remove eva@example.org', state).answer).toContain('#remove eve@example.org');
  });

  test('hear a mail to the coordinators after #reply, unless it is #internal', () => {
    expect(say('#reply\nThank you', ready).decision?.audience).toBe('case');
    expect(say('#internal\n#reply', ready).decision?.audience).toBe('team');
    expect(say('#reply', ready, { by: ['rob'] }).decision?.accepted).toBe(false);
  });
});
