import { describe, expect, it } from 'vitest';

import { hearing } from '../../../src/core/cases/hearing.ts';
import { incomingOf } from '../../../src/core/cases/incoming.ts';
import { placed } from '../../../src/core/cases/placing.ts';
import { replayDigests, signedFor } from '../../../src/core/cases/signed-for.ts';
import type { CaseState } from '../../../src/core/cases/state.ts';
import { caseId, type Sha256 } from '../../../src/core/identifiers.ts';
import type { Layer, OpenedMessage, OpenedPart, ProtectedHeaders, Verdict } from '../../../src/core/message.ts';
import {
  ada,
  address,
  contextAt,
  id,
  incoming,
  mail,
  messageId,
  reportedBy,
  rita,
  roster,
  sha,
  start,
  Story,
  team,
} from '../given.ts';
import { encrypted, envelopeTo, opened, part } from '../opened.ts';

/** A signature of Ada; `over`: what it covers. */
const signature = (over: number, verdict: Verdict = 'good'): Layer => ({
  kind: 'signed',
  signatures: [{ verdict, key: verdict === 'unknown-key' ? null : ada.key, at: start, digest: sha(over) }],
  text: sha(over),
});
const layers: readonly Layer[] = [encrypted, signature(7)];
const caseAddress = address(`security+${id}@example.org`);
const teamAddress = address(`security+${id}-team@example.org`);

const written = (parts: readonly OpenedPart[], headers: Partial<ProtectedHeaders> | null = null): OpenedMessage =>
  opened(
    parts,
    { from: [ada] },
    { protectedHeaders: headers === null ? null : { subject: null, from: [], layers, ...headers } },
  );
const hello = part('1', 'Hello', layers);
const later = caseId('EXM', 2026, 99);
const casesOf = (message: OpenedMessage) => signedFor(message, [id], team).cases;
const to = (...addresses: readonly (typeof caseAddress)[]) => ({
  to: addresses.map((each) => ({ name: null, address: each })),
});

const story = new Story();
story.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
type Told = Readonly<{ seen?: readonly Sha256[]; state?: CaseState; cases?: readonly CaseState[] }>;
const read = (message: OpenedMessage, { seen = [], cases = [] }: Told = {}) =>
  incomingOf(
    { id: mail(2), envelope: envelopeTo(caseAddress) },
    message,
    [],
    story.case,
    contextAt(start, { cases }),
    new Set(seen),
  );
const heard = (message: OpenedMessage, told: Told = {}) =>
  hearing('case', read(message, told), told.state ?? story.case, roster);

describe('what a mail is signed for', () => {
  it.each([
    ['the tag in a protected Subject', written([hello], { subject: `Re: [${id}] Crash` })],
    ['#case at the head of the text', written([part('1', `#case ${id}\n\nHello`, layers)])],
    ['a protected To', written([hello], to(caseAddress))],
  ])('is told by %s', (_how, message) => {
    expect(casesOf(message)).toEqual([id]);
    expect(heard(message)).toEqual({ audience: 'case', role: 'coordinator', why: null });
  });

  it.each([
    ['nothing under the signature', written([hello])],
    ['a Subject that the encryption alone protects', written([hello], { subject: `[${id}]`, layers: [encrypted] })],
    ['a Subject under another signature', written([hello], { subject: `[${id}]`, layers: [encrypted, signature(8)] })],
    [
      'one of two texts that were signed apart',
      written([part('1', `#case ${id}\nHello`, layers), part('2', 'Send it', [encrypted, signature(8)])]),
    ],
    ['a tag of another team', written([hello], { subject: '[ABC-2026-0001]' })],
    ['#case below other text', written([part('1', `Hello\n#case ${id}\n`, layers)])],
    ['a signature around ciphertext', written([part('1', 'Hello', layers.toReversed())], { subject: `[${id}]` })],
  ])('is not told by %s', (_how, message) => {
    expect(casesOf(message)).toEqual([]);
    expect(heard(message).audience).toBe('team');
  });

  it('is the coordinators’ address alone, where a protected To names that and not the case’s', () => {
    const subject = `[${id}] Crash`;
    expect(heard(written([hello], { subject, ...to(teamAddress) })).audience).toBe('team');
    expect(heard(written([hello], { subject, ...to(teamAddress, caseAddress) })).audience).toBe('case');
  });

  it('is the coordinators alone, where a protected Subject bears their mark', () => {
    const subject = `Re: [${id}] [Team] Crash`;
    expect(heard(written([hello], { subject }))).toEqual({ audience: 'team', role: 'coordinator', why: null });
    expect(heard(written([hello], { subject, ...to(caseAddress) })).audience).toBe('case');
  });

  it('is the coordinators alone, where it answers what went to them, until #reply says otherwise', () => {
    const answers = (text: string, subject = `Re: [${id}] Crash`): OpenedMessage => {
      const message = written([part('1', text, layers)], { subject });
      return { ...message, claims: { ...message.claims, inReplyTo: [messageId('0123.team@example.org')] } };
    };
    expect(heard(answers('Hello'))).toMatchObject({ audience: 'team', why: expect.stringContaining('#reply') });
    expect(heard(answers('#reply\n\nHello')).audience).toBe('case');
    expect(heard(answers('#reply\n\nHello', `Re: [${id}] [team] Crash`)).audience).toBe('case');
    const beside = answers('#reply\n\nHello');
    const unsigned = { ...beside, parts: [...beside.parts, part('2', 'More', [encrypted])] };
    expect(heard(unsigned).audience).toBe('team');
  });
});

describe('a new mail to the team', () => {
  const where = (message: OpenedMessage, seen: readonly Sha256[] = []) =>
    placed({ kind: 'report' }, message, new Set(seen), contextAt(start, { cases: [story.case] }));
  const lined = (by: readonly Layer[]) => opened([part('1', `#case ${id}\n\nHello`, by)], { from: [ada] });

  it('is for the case that its signature names, where the signer is on it', () => {
    expect(where(lined(layers))).toEqual({ kind: 'case', case: id, audience: 'case' });
    expect(read(lined(layers)).text).not.toContain('#case');
    // Of somebody unknown it proves nothing: the team sees it, and those to whom the words go do not.
    const unknown = read(lined([encrypted]));
    expect(unknown.text).not.toContain('#case');
    expect(unknown.textForTeam).toContain('#case');
  });

  it('is a report, where anybody else says so, or it came before', () => {
    expect(where(lined([encrypted]))).toEqual({ kind: 'report' });
    expect(where(lined([encrypted, signature(7, 'unknown-key')]))).toEqual({ kind: 'report' });
    expect(where(lined(layers), replayDigests(lined(layers)))).toEqual({ kind: 'report' });
    expect(where({ ...lined(layers), traffic: { kind: 'loop', doubtful: true } })).toEqual({ kind: 'report' });
    expect(where(opened([part('1', `#case ${later}\n\nHello`, layers)], { from: [ada] }))).toEqual({ kind: 'report' });
  });

  it('stays with the case whose tag is outside, where the signature names another', () => {
    const beside = { kind: 'case', case: later, audience: 'team', guessed: true } as const;
    expect(placed(beside, lined(layers), new Set(), contextAt(start, { cases: [story.case] }))).toEqual(beside);
  });
});

it('is for a case, where it is for one that was joined to it', () => {
  const heir: CaseState = { ...story.case, id: later };
  const joined: CaseState = { ...story.case, joinedTo: later };
  const told = { state: heir, cases: [heir, joined] };
  const subject = `[${id}] Crash`;
  expect(heard(written([hello], { subject }), told).audience).toBe('case');
  expect(heard(written([hello], { subject, ...to(teamAddress) }), told).audience).toBe('team');
});

describe('a signature that came before', () => {
  const message = written([hello], { subject: `[${id}]` });

  it('proves no author, and lets the mail reach the coordinators only', () => {
    expect(heard(message).audience).toBe('case');
    expect(heard(message, { seen: [sha(7)] })).toMatchObject({
      audience: 'team',
      role: null,
      why: expect.stringContaining('REPEATED'),
    });
    const told = read(message, { seen: [sha(7)] });
    expect(told).toMatchObject({ speaker: { kind: 'address', address: ada.address }, again: true });
    expect(told.text).toContain('signed, the signature is good, and came before');
  });

  it.each(['good', 'unknown-key'] as const)('is remembered where it is %s', (verdict) => {
    expect(replayDigests(written([part('1', 'x', [encrypted, signature(9, verdict)])]))).toEqual([sha(9)]);
  });

  it.each(['bad', 'expired', 'revoked', 'weak'] as const)('is not spent by one that is %s', (verdict) => {
    expect(replayDigests(written([part('1', 'x', [encrypted, signature(9, verdict)])]))).toEqual([]);
  });
});

it('believes nobody who is named otherwise inside than outside', () => {
  const message = written([hello], { subject: `[${id}]`, from: [{ name: null, address: rita.address }] });
  expect(heard(message)).toMatchObject({ audience: 'team', role: null });
});
