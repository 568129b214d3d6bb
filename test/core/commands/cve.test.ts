import { describe, expect, test } from 'vitest';

import { advisoryOf } from '../../../src/core/advisories/build.ts';
import { mayGoOut, mayRead } from '../../../src/core/cases/confidentiality.ts';
import { hearing } from '../../../src/core/cases/hearing.ts';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import type { CveTask } from '../../../src/core/cases/effects.ts';
import type { Context } from '../../../src/core/cases/context.ts';
import type { CveSource } from '../../../src/core/policy.ts';
import {
  ada,
  address,
  advisory,
  allKeys,
  contextAt,
  cve,
  id,
  incoming,
  key,
  lettersIn,
  policy as usual,
  reportedBy,
  rita,
  Story,
} from '../given.ts';
import { digest, given, keyOf, now, policy, ready, whole } from './desk.ts';
import { say } from './dictation.ts';

const cna = { kind: 'cna', name: 'Example CNA', address: address('cve@cna.example'), key: keyOf('dan') } as const;
const by = (source: CveSource): { readonly context: Partial<Context> } => ({
  context: { policy: { ...policy, cve: source } },
});
const services = by({ kind: 'services' });
const reserved = given(...whole, { type: 'cve-asked', of: { kind: 'services' } }, { type: 'cve-reserved', cve });

describe('#cve request', () => {
  test('gives the text to ask with, once there is something to tell', () => {
    expect(say('#cve request', given()).answer).toMatch(/the confirmation[^]*a description/);
    const { events, answer, decision } = say('#cve request', ready);
    expect(events).toEqual([{ type: 'cve-requested' }]);
    expect(answer).toMatch(/Products +parser <2[^]*A crafted image/);
    expect(say('#status', decision?.after ?? null).answer).toMatch(/CVE +asked for on [^]*, by\s+hand/);
    expect(say('#cve CVE-2026-1234\n#cve request', ready).answer).toContain('has CVE-2026-1234');
  });

  test('is what comes next while there is no id, and none was asked for or waived', () => {
    const next = /#cve request \(it has/;
    expect(say('#status', ready).answer).toMatch(next);
    expect(say('#status', ready, { by: ['eve'] }).answer).not.toMatch(next);
    for (const event of [
      { type: 'cve-requested' },
      { type: 'cve-assigned', cve },
      { type: 'waived', item: 'cve', reason: 'none of theirs' },
    ] as const)
      expect(say('#status', given(...whole, event)).answer).not.toMatch(next);
  });

  test('names the CNA that is asked, and shows all that it will read', () => {
    const { events, answer, decision } = say('#cve request', ready, by(cna));
    expect(events).toEqual([{ type: 'cve-asked', of: cna }]);
    expect(answer).toMatch(/Example CNA <cve@cna.example>[^]*under embargo[^]*Impact +Overflow[^]*Affected +parser <2/);
    expect(answer).not.toContain('A crafted image');
    expect(say('#status', decision?.after ?? null).answer).toMatch(/CVE +asked of cve@cna.example on/);
  });

  test('asks no CNA whose key cannot be used, and tells nothing that is not there', () => {
    const without = { ...by({ ...cna, key: keyOf('expired') }) };
    expect(say('#cve request', ready, without).answer).toMatch(/cannot be reached: expired on 2026-01-02/);
    const untitled = given(...whole.filter(({ type }) => type !== 'titled'));
    expect(say('#cve request', untitled, by(cna)).answer).toMatch(/a title/);
  });

  test('has one id reserved at CVE Services, and no second while that is under way', () => {
    const { events, decision } = say('#cve request', ready, services);
    expect(events).toEqual([{ type: 'cve-asked', of: { kind: 'services' } }]);
    const after = decision?.after ?? null;
    expect(say('#status', after, services).answer).toMatch(/CVE +asked of CVE Services on/);
    expect(say('#cve request', after, services).answer).toMatch(/asked for on .*#cve drop/s);
    const dropped = say('#cve drop', after, services);
    expect(dropped.events).toEqual([{ type: 'cve-dropped' }]);
    expect(say('#status', dropped.decision?.after ?? null, services).answer).toMatch(/CVE +none/);
  });
});

describe('a CVE id that was reserved for the case', () => {
  test('is told as such, and as published once its record is', () => {
    expect(say('#status', reserved, services).answer).toMatch(/CVE +CVE-2026-12345, reserved for us/);
    const out = given(
      ...whole,
      { type: 'cve-asked', of: { kind: 'services' } },
      { type: 'cve-reserved', cve },
      { type: 'disclosed', digest, due: null },
      { type: 'cve-published', cve },
    );
    expect(say('#status', out, services).answer).toMatch(/CVE +CVE-2026-12345, record published on/);
    expect(say('#cve drop', out, services).answer).toContain('what is out stays as it is');
  });

  test('is given back by #cve drop, also where the case was rejected, and that is not undone', () => {
    expect(say('#cve drop', reserved, services).events).toEqual([{ type: 'cve-returned', cve }]);
    const rejected = given(
      ...whole,
      { type: 'cve-asked', of: { kind: 'services' } },
      { type: 'cve-reserved', cve },
      { type: 'rejected', class: 'invalid', reason: null },
    );
    expect(say('#status', rejected, services).answer).toMatch(/Next +#cve drop/);
    const { events, decision } = say('#cve drop', rejected, services);
    expect(events).toEqual([{ type: 'cve-returned', cve }]);
    expect(decision?.after?.cve).toBeNull();
    expect(say('#cve CVE-2026-1', rejected, services).decision?.accepted).toBe(false);
  });

  test('is not overwritten by another', () => {
    expect(say('#cve CVE-2026-99999', reserved, services).answer).toMatch(/is reserved for the case.*#cve drop/s);
  });
});

/** A confirmed case with secrets in every place that is not for the CNA. */
function told(): Story {
  const story = new Story();
  const report = incoming(1, rita);
  const events: readonly CaseEvent[] = [
    reportedBy(report),
    { type: 'confirmed', advisory },
    { type: 'titled', title: 'Heap overflow' },
    { type: 'described', text: 'Xyzzy how it works' },
    { type: 'affected', product: 'nova', ranges: ['<2'] },
    { type: 'linked', url: 'https://xyzzy.example/', kind: 'patch', label: null },
    { type: 'credited', name: 'Xyzzy Finder', address: rita.address, affiliation: null },
    { type: 'embargo-set', until: now.add({ hours: 240 }), zone: 'UTC', reason: 'Xyzzy' },
  ];
  story.happens(events, report);
  return story;
}

describe('what goes out for a CVE id', () => {
  const outsider = { ...cna, key: key('7') };
  const keys = new Map([...allKeys, [outsider.key, { ...allKeys.get(ada.key)!, fingerprint: outsider.key }]]);
  const from = incoming(2, ada);

  test('is one sealed letter to the CNA, with no more than it must know', () => {
    const story = told();
    const effects = story.happens([{ type: 'cve-asked', of: outsider }], from, { keys });
    const [letter, ...others] = lettersIn(effects, 'cve-request');
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ protection: 'sealed', to: [{ address: outsider.address, key: outsider.key }] });
    expect(letter).toMatchObject({ passesOn: null, attachments: [] });
    expect(JSON.stringify(letter)).not.toMatch(/Xyzzy|rita|2026-10|ada@/i);
    expect(letter!.facts).toMatchObject({ impact: 'Heap overflow', products: ['nova <2'], secret: true });
  });

  test('goes to nobody but the one that was asked, under that very key', () => {
    const story = told();
    const [letter] = lettersIn(story.happens([{ type: 'cve-asked', of: outsider }], from, { keys }), 'cve-request');
    const [reader] = letter!.to;
    const { roster } = contextAt(now);
    expect(mayRead(letter!, reader!, story.case, roster)).toBe(true);
    expect(mayRead(letter!, { ...reader!, key: key('8') }, story.case, roster)).toBe(false);
    expect(mayRead(letter!, { ...reader!, address: rita.address, key: rita.key }, story.case, roster)).toBe(false);
    expect(mayRead({ ...letter!, template: 'message' }, reader!, story.case, roster)).toBe(false);
    expect(mayRead(letter!, reader!, told().case, roster)).toBe(false);
  });

  test('is answered to the coordinators alone, who hear what they can do with it', () => {
    const story = told();
    story.happens([{ type: 'cve-asked', of: outsider }], from, { keys });
    const answer = incoming(3, { ...outsider, key: null }, { text: 'It is CVE-2026-12345.' });
    const { audience, why } = hearing('case', answer, story.case, contextAt(now).roster);
    expect([audience, why]).toEqual(['team', expect.stringMatching(/the CNA[^]*#cve CVE-ID/)]);
  });

  test('is nothing where the same mail takes it back, or brings an id', () => {
    const asks: CaseEvent = { type: 'cve-asked', of: outsider };
    const letters = (event: CaseEvent) => lettersIn(told().happens([asks, event], from, { keys }), 'cve-request');
    expect(letters({ type: 'cve-dropped' })).toEqual([]);
    expect(letters({ type: 'cve-assigned', cve })).toEqual([]);
    expect(letters({ type: 'noted', text: 'x' })).toHaveLength(1);
  });

  test('is nothing where the key of the CNA can no longer be used', () => {
    const effects = told().happens([{ type: 'cve-asked', of: outsider }], from, { keys: allKeys });
    expect(effects).toEqual([]);
  });

  test('is no record before the case is disclosed', () => {
    const story = told();
    const over = { policy: { ...usual, cve: { kind: 'services' } } } as const;
    const tasks = (events: readonly CaseEvent[]) =>
      story.happens(events, null, over).flatMap((each) => (each.kind === 'cve' ? [each.task] : []));
    expect(tasks([{ type: 'cve-asked', of: { kind: 'services' } }])).toEqual(['reserve']);
    expect(tasks([{ type: 'cve-reserved', cve }])).toEqual([]);
    const record: CveTask = { kind: 'cve', key: 'k', case: id, task: 'publish', cve };
    expect(mayGoOut(record, story.case)).toBe(false);
    const draft = contextAt(story.now).draft(advisoryOf(story.case));
    expect(tasks([{ type: 'disclosed', digest: draft.digest, due: null }])).toEqual(['publish']);
    expect(mayGoOut(record, story.case)).toBe(true);
  });
});
