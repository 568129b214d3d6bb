import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import { parseAdvisoryId, parseCaseId, parseSha256 } from '../../src/core/identifiers.ts';
import type { Evidence, Fact } from '../../src/core/commitments/format.ts';
import type { CaseRecord, RecordEntry, RecordMail } from '../../src/core/record/contents.ts';
import { recordFiles } from '../../src/publication/record.ts';
import { team } from '../mail/outgoing.ts';
import { templates } from './templates-here.ts';

const id = parseCaseId('EXM-2026-0007')!;
const at = Temporal.Instant.from('2026-10-20T09:30:00Z');
const evil = '"><script>alert(1)</script><img src=x onerror=y>{{ 7 }}';
const exploit = '#!/bin/sh\nexit 1\n';

const entry = (number: number, over: Partial<RecordEntry>): RecordEntry => ({
  number,
  at: at.add({ hours: number }),
  type: 'message-received',
  hash: parseSha256(number.toString(16).padStart(64, '0'))!,
  by: 'a coordinator',
  told: 'A mail.',
  undone: false,
  mail: null,
  ...over,
});
const shown = (over: Partial<Extract<RecordMail, { readonly kind: 'shown' }>>): RecordMail => ({
  kind: 'shown',
  subject: 'Heap overflow in the parser',
  text: 'The parser overflows.\n\n    header: AAAA',
  files: [],
  leftOut: 0,
  ...over,
});
const record: CaseRecord = {
  case: id,
  advisory: parseAdvisoryId('EXSA-2026-007')!,
  releasedAt: at.add({ hours: 9 }),
  entries: [
    entry(1, {
      type: 'reported',
      by: 'reporter 1',
      told: 'The report came in.',
      mail: shown({ files: [{ path: '1-1.2.txt', name: 'exploit.sh', content: exploit }] }),
    }),
    entry(2, { mail: shown({ subject: `Re: ${evil}`, text: evil, leftOut: 1 }) }),
    entry(3, { mail: { kind: 'redacted' } }),
    entry(4, { by: 'reporter 1', mail: { kind: 'withheld' } }),
    entry(5, { told: 'A mail for the coordinators only.' }),
    entry(6, { type: 'titled', told: '', undone: true }),
    entry(7, { type: 'reminded', by: 'the clock', told: '' }),
    entry(8, { type: 'disclosed', by: 'the clock', told: 'The advisory was published.' }),
    entry(9, { type: 'record-released', by: 'the clock', told: 'This record was published.' }),
  ],
  withdrawn: ['3-2.txt'],
};
const hashOf = (digit: string) => parseSha256(digit.repeat(64))!;
const evidence: Evidence = {
  facts: record.entries.map(({ undone }): Fact =>
    undone ? { shown: false, digest: hashOf('f') } : { shown: true, text: 'ready', salt: hashOf('5') },
  ),
  proofs: [{ line: 3, rows: 9, salt: hashOf('a'), path: [hashOf('b'), hashOf('c')] }],
};
const files = recordFiles({ ...record, evidence }, team, templates);
const contentOf = (path: string): string => String(files.find((file) => file.path === path)?.content ?? '');

describe('the record of a case on the site', () => {
  it('reads as its golden files', async () => {
    await expect(contentOf(`records/${id}.html`)).toMatchFileSnapshot('golden/record.html');
    await expect(contentOf(`records/${id}.json`)).toMatchFileSnapshot('golden/record.json');
  });

  it('is no one else’s markup', () => {
    expect(contentOf(`records/${id}.html`)).not.toMatch(/<script|<img|onerror=y>/);
    expect(contentOf(`records/${id}.html`)).toContain('{{ 7 }}');
  });

  it('has its files beside it, with their hashes, and links to no other', () => {
    expect(contentOf(`records/${id}/1-1.2.txt`)).toBe(exploit);
    const links = [...contentOf(`records/${id}.html`).matchAll(/href="(EXM[^"]+\.txt)"/g)].map(([, path]) => path);
    expect(links).toEqual([`${id}/1-1.2.txt`]);
    const digest = createHash('sha256').update(exploit).digest('hex');
    for (const form of ['html', 'json']) expect(contentOf(`records/${id}.${form}`)).toContain(digest);
  });

  it('writes over what was taken out, and signs what machines read', () => {
    expect(contentOf(`records/${id}/3-2.txt`)).toBe('This file is not in the public record.\n');
    expect(files.find(({ path }) => path.endsWith('.json'))?.signature).toBe('beside');
  });

  it('has the hash of every row', () => {
    const { events } = JSON.parse(contentOf(`records/${id}.json`)) as { events: readonly { hash: string }[] };
    expect(events.map(({ hash }) => hash)).toEqual(record.entries.map(({ hash }) => hash));
  });
});
