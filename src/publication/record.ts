/** The public record of a case: a page to read, the same as JSON, signed, and the files of its mails. */

import { createHash } from 'node:crypto';
import type { CaseId } from '../core/identifiers.ts';
import type { Team } from '../core/policy.ts';
import type { Evidence, Fact } from '../core/commitments/format.ts';
import type { CaseRecord, RecordEntry, RecordFile, RecordMail } from '../core/record/contents.ts';
import { type Json, type JsonObject, jsonText, stamp } from './json.ts';
import { factMember, proofMembers } from './record-evidence.ts';
import { file, type SiteFile } from './site-file.ts';
import type { Templates } from './templates.ts';

/** A record, and what shows that it was not written afterwards. */
export interface ProvenRecord extends CaseRecord {
  readonly evidence: Evidence;
}

const folder = 'records';
export const recordPath = (id: CaseId): string => `${folder}/${id}.html`;
const filePath = (id: CaseId, path: string): string => `${folder}/${id}/${path}`;

/** What stands in the place of a file that was taken out. Written also where none ever was: nothing tells the two apart. */
const tombstone = 'This file is not in the public record.\n';

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

const fileFacts = ({ path, name, content }: RecordFile, id: CaseId) => ({
  path: `${id}/${path}`,
  name,
  sha256: sha256(content),
  size: Buffer.byteLength(content),
});

const left: { readonly [Kind in Exclude<RecordMail['kind'], 'shown'>]: string } = {
  redacted: 'This mail is left out of the record.',
  withheld: 'Its writer keeps this mail out of the record.',
  doubtful: 'Nothing shows that its sender wrote this mail: it is left out of the record.',
  unreadable: 'This mail can no longer be read.',
};

function mailFacts(mail: RecordMail | null, id: CaseId) {
  if (mail === null) return null;
  if (mail.kind !== 'shown') return { subject: null, text: '', files: [], left_out: left[mail.kind] };
  const { subject, text, files, leftOut } = mail;
  const some = leftOut === 1 ? 'One part of this mail is left out.' : `${leftOut} parts of this mail are left out.`;
  return { subject, text, files: files.map((each) => fileFacts(each, id)), left_out: leftOut === 0 ? null : some };
}

const entryFacts = ({ number, at, by, told, undone, hash, type, mail }: RecordEntry, id: CaseId) => ({
  number,
  at: at.toString(),
  type,
  by,
  told: undone ? 'A step that was taken back later.' : told,
  hash,
  mail: mailFacts(mail, id),
});

/** `2026-11-03 15:00`, of UTC. */
const forPeople = (time: string): string => time.slice(0, 16).replace('T', ' ');

/** JSON has no member where there is nothing to say. */
function stripped(value: unknown): Json {
  if (Array.isArray(value)) return value.map(stripped);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return strippedMembers(value ?? {});
}

function strippedMembers(value: object): JsonObject {
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== '');
  return Object.fromEntries(members.map(([name, member]) => [name, stripped(member)]));
}

const bound = (told: object, fact: Fact | undefined): JsonObject => ({
  ...strippedMembers(told),
  ...(fact === undefined ? {} : factMember(fact)),
});

/** The files before the page that links to them. The same record makes the same bytes. */
export function recordFiles(record: ProvenRecord, team: Team, templates: Templates): readonly SiteFile[] {
  const { case: id, advisory, entries, releasedAt, withdrawn, evidence } = record;
  const told = entries.map((each) => entryFacts(each, id));
  const facts = { case: id, advisory, released: stamp(releasedAt) };
  const events = told.map((each, index) => bound(each, evidence.facts[index]));
  const proofs = proofMembers(evidence);
  const json = jsonText({ ...facts, format: 'embargod record 1', publisher: team.name, events, proofs });
  const page = templates.html('site/record.html.liquid', {
    ...facts,
    team,
    day: forPeople(facts.released),
    entries: told
      .filter(({ told: words, mail }) => words !== '' || mail !== null)
      .map((each) => ({ ...each, time: forPeople(each.at) })),
    canonical: `${team.siteUrl}/${recordPath(id)}`,
  });
  const shown = entries.flatMap(({ mail }) => (mail?.kind === 'shown' ? mail.files : []));
  return [
    ...shown.map(({ path, content }) => file(filePath(id, path), content)),
    ...withdrawn.map((path) => file(filePath(id, path), tombstone)),
    { path: `${folder}/${id}.json`, content: json, signature: 'beside' },
    file(recordPath(id), page),
  ];
}
