import { describe, expect, it } from 'vitest';

import { route, type Route } from '../../../src/core/cases/routing.ts';
import { type CaseId, caseId, parseKeyId } from '../../../src/core/identifiers.ts';
import type { OpenedMessage, Traffic } from '../../../src/core/message.ts';
import { address, distros, roster, team } from '../given.ts';
import { envelopeTo, opened, part } from '../opened.ts';

const one = caseId('EXM', 2026, 1);
const two = caseId('EXM', 2026, 2);
const cases = new Set([one, two]);

interface Given {
  readonly to?: string;
  /** Subject in clear. */
  readonly subject?: string;
  /** Protected Subject. */
  readonly inside?: string;
  readonly thread?: readonly CaseId[];
  readonly text?: string;
  readonly traffic?: Traffic;
  /** An encrypted mail that stayed closed. */
  readonly closed?: true;
  /** An encrypted mail. */
  readonly sealed?: true;
  readonly nullSender?: boolean;
  readonly delimiter?: string;
}

function routed({
  to = 'security@example.org',
  subject,
  inside,
  thread = [],
  text,
  traffic,
  closed,
  sealed,
  nullSender = false,
  delimiter = '+',
}: Given): Route {
  const message: OpenedMessage = opened(
    text === undefined ? [] : [part('1', text, [])],
    { subject: subject ?? null, protectedSubject: inside ?? null },
    {
      ...(traffic === undefined ? {} : { traffic }),
      ...(closed === undefined ? {} : { opened: false }),
      ...(sealed === undefined ? {} : { encryptedTo: [parseKeyId('00000000000000AA')].filter((id) => id !== null) }),
    },
  );
  return route({ ...envelopeTo(address(to)), nullSender }, message, thread, {
    team: { ...team, delimiter },
    roster,
    cases,
  });
}

const caseOf = (id: CaseId, audience: 'case' | 'team' = 'case'): Route => ({ kind: 'case', case: id, audience });

describe('the address', () => {
  it.each<[string, Route]>([
    ['security@example.org', { kind: 'report' }],
    ['security+EXM-2026-0001@example.org', caseOf(one)],
    ['security+exm-2026-0001@example.org', caseOf(one)],
    ['security+EXM-2026-0001-team@example.org', caseOf(one, 'team')],
    ['security+EXM-2026-0999@example.org', { kind: 'report' }],
    ['security+whatever@example.org', { kind: 'report' }],
    ['security-sendkey@example.org', { kind: 'send-key' }],
    ['security+b-0123456789abcdef@example.org', { kind: 'report' }],
    ['distros@example.org', { kind: 'list', list: distros }],
    ['distros-request@example.org', { kind: 'list-request', list: distros }],
    ['distros-owner@example.org', { kind: 'list-request', list: distros }],
    ['distros-unknown@example.org', { kind: 'report' }],
    ['security+EXM-2026-0001@elsewhere.example', { kind: 'report' }],
  ])('%s decides', (to, expected) => {
    expect(routed({ to })).toEqual(expected);
  });

  it('of a list is for its owners, unless anything in the mail names a case', () => {
    const about = { kind: 'list-request', list: distros, aboutCase: true };
    const to = 'distros-owner@example.org';
    for (const text of [`#dry\n#case ${one}\n\nHello`, `as said in ${one.toLowerCase()}`])
      expect(routed({ to, text })).toEqual(about);
    for (const named of [{ subject: `[${one}] x` }, { inside: `Fwd: ${one}` }, { thread: [one] }])
      expect(routed({ to, ...named })).toEqual(about);
    expect(routed({ to, text: '#members\nEXM-2026-0999' })).not.toHaveProperty('aboutCase');
  });

  it('has the configured delimiter', () => {
    expect(routed({ to: 'security-EXM-2026-0001@example.org', delimiter: '-' })).toEqual(caseOf(one));
    expect(routed({ to: 'security-sendkey@example.org', delimiter: '-' })).toEqual({ kind: 'send-key' });
  });

  it('goes before Subject and thread, which narrow it to the coordinators where they name another case', () => {
    const to = 'security+EXM-2026-0001@example.org';
    expect(routed({ to, inside: `Re: [${one}] x`, thread: [one] })).toEqual(caseOf(one));
    expect(routed({ to, inside: `Re: [${two}] x` })).toEqual(caseOf(one, 'team'));
    expect(routed({ to, thread: [two] })).toEqual(caseOf(one, 'team'));
  });
});

describe('without an address that names a case', () => {
  it('the protected Subject decides, then the thread', () => {
    expect(routed({ inside: `Re: [${one}] x` })).toEqual(caseOf(one));
    expect(routed({ thread: [two] })).toEqual(caseOf(two));
    expect(routed({ inside: `[${one}] x`, thread: [two] })).toEqual(caseOf(one, 'team'));
  });

  it('two cases in one Subject, or in one thread, are for the coordinators to tell apart', () => {
    expect(routed({ inside: `[${one}] [${two}]` })).toEqual({ kind: 'ambiguous', cases: [one, two] });
    expect(routed({ thread: [one, two, one] })).toEqual({ kind: 'ambiguous', cases: [one, two] });
    expect(routed({ subject: `[${one}] [${two}]` })).toEqual({ kind: 'ambiguous', cases: [one, two] });
  });

  it('a Subject in clear, which anyone can guess, reaches the coordinators and nobody else', () => {
    expect(routed({ subject: `Re: [${one}] x` })).toEqual({ ...caseOf(one, 'team'), guessed: true });
    expect(routed({ subject: `Re: [${two}] x`, thread: [one] })).toEqual(caseOf(one, 'team'));
    expect(routed({ subject: `Re: [${one}] x`, thread: [one] })).toEqual(caseOf(one));
  });

  it('a tag of a case that does not exist is only text', () => {
    expect(routed({ subject: '[EXM-2026-0999] x', inside: '[ABC-2026-0001] x' })).toEqual({ kind: 'report' });
  });
});

describe('nobody is left unheard', () => {
  const back = 'security+b-0123456789abcdef01234567@example.org';
  it.each<[string, Given, Route]>([
    ['a person who answers to the return path of a copy', { to: back, thread: [one] }, caseOf(one)],
    [
      'one who encrypts, at the address that gives our key',
      { to: 'security-sendkey@example.org', sealed: true },
      { kind: 'report' },
    ],
    ['but what comes back from nobody', { to: back, thread: [one], nullSender: true }, { kind: 'bounce', case: one }],
  ])('%s', (_name, given, expected) => {
    expect(routed(given)).toEqual(expected);
  });
});

describe('the kind of mail goes before all else', () => {
  const bounce: Traffic = { kind: 'bounce', bounce: { recipients: [], permanent: true, status: null } };
  it.each<[string, Given, Route]>([
    ['our own mail', { traffic: { kind: 'loop' }, to: 'security+EXM-2026-0001@example.org' }, { kind: 'loop' }],
    ['a bounce', { traffic: bounce, thread: [one] }, { kind: 'bounce', case: one }],
    [
      'a vacation notice to a case',
      { traffic: { kind: 'auto-reply', why: 'x' }, to: 'security+EXM-2026-0001@example.org' },
      { kind: 'auto-reply', case: one },
    ],
    [
      'a mail that a list sends to the team, for a coordinator to look at',
      { traffic: { kind: 'auto-reply', why: 'mailing list', doubtful: true } },
      { kind: 'auto-reply', case: null, aside: true },
    ],
    [
      'a vacation notice that goes to where our mail came from',
      { traffic: { kind: 'auto-reply', why: 'x' }, to: 'security+b-0123456789abcdef@example.org' },
      { kind: 'auto-reply', case: null },
    ],
    [
      'what goes there and may be a person’s',
      { traffic: { kind: 'auto-reply', why: 'x', doubtful: true }, to: 'security+b-0123456789abcdef@example.org' },
      { kind: 'auto-reply', case: null, aside: true },
    ],
    [
      'one that stayed closed, which would else be heard by nobody',
      { traffic: { kind: 'auto-reply', why: 'mailing list', doubtful: true }, closed: true },
      { kind: 'auto-reply', case: null, aside: true },
    ],
    [
      'a mail that a list sends in the thread of a case',
      { traffic: { kind: 'auto-reply', why: 'mailing list', doubtful: true }, thread: [one] },
      { kind: 'auto-reply', case: one, aside: true },
    ],
    [
      'a mail in our name without our mark, for a coordinator to look at',
      { traffic: { kind: 'loop', doubtful: true } },
      { kind: 'loop', aside: true },
    ],
    [
      'a mail in our name to where we have our key asked for',
      { traffic: { kind: 'loop', doubtful: true }, to: 'security-sendkey@example.org' },
      { kind: 'loop' },
    ],
    [
      'a vacation notice that asks for the key',
      { traffic: { kind: 'auto-reply', why: 'x' }, to: 'security-sendkey@example.org' },
      { kind: 'auto-reply', case: null },
    ],
  ])('%s', (_what, given, expected) => {
    expect(routed(given)).toEqual(expected);
  });
});
