import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseCvss } from '../../../src/core/advisories/cvss.ts';

const three = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const four = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N';

describe('a CVSS vector', () => {
  it.each([
    three,
    'CVSS:3.1/S:U/AV:N/AC:L/PR:H/UI:N/C:L/I:L/A:N/E:F/RL:X/MAV:A',
    four,
    `${four}/E:A/CR:H/MSI:S/S:P/AU:Y/R:I/V:C/RE:M/U:Amber`,
  ])('is %s', (vector) => {
    expect(parseCvss(vector)).toEqual({ ok: true, value: vector });
  });

  it.each([
    ['', 'begins with'],
    ['AV:N/AC:L/Au:N/C:P/I:P/A:P', 'begins with'],
    [three.replace('3.1', '3.0'), 'begins with'],
    [three.replace('/A:H', ''), 'it lacks A'],
    [`${three}/A:H`, 'A stands twice'],
    [three.replace('AV:N', 'AV:Q'), 'AV is one of N, A, L, P'],
    [`${three}/XX:N`, 'no metric "XX:N"'],
    [`${three}/`, 'no metric ""'],
    [`${three}/E:F:F`, 'no metric'],
    [four.replace('AV:N/AC:L', 'AC:L/AV:N'), 'AV stands too late'],
    [`${four}/U:amber`, 'U is one of X, Clear, Green, Amber, Red'],
    [four.replace('SA:N', 'SA:S'), 'SA is one of H, L, N'],
  ])('is not %s', (vector, why) => {
    expect(parseCvss(vector)).toMatchObject({ ok: false, problem: expect.stringContaining(why) });
  });

  it('is never the cause of a throw', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseCvss(`CVSS:4.0/${text}`).ok === 'boolean'));
  });
});
