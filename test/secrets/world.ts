/** The daemon without its edges: the flows as they are, on a store, a ring of keys and a clock that live in memory. */

import { createHash } from 'node:crypto';

import type { Advisory, Draft } from '../../src/core/advisories/model.ts';
import type { Deadline, Effect } from '../../src/core/cases/effects.ts';
import type { Recorded } from '../../src/core/cases/events.ts';
import { evolve } from '../../src/core/cases/evolve.ts';
import type { CaseState } from '../../src/core/cases/state.ts';
import {
  type Address,
  type CaseId,
  type Fingerprint,
  type MailId,
  type MessageId,
  parseMailId,
  parseMessageId,
  parseSha256,
  type Sha256,
} from '../../src/core/identifiers.ts';
import { isOfLists, listsAfter } from '../../src/core/lists/membership.ts';
import type { Envelope, OpenedMessage } from '../../src/core/message.ts';
import type { KeyFacts, Roster } from '../../src/core/roster/people.ts';
import { keepApart, nothingKept, quarantineId } from '../../src/core/noise/quarantine.ts';
import { keyEndsAfter, type KeyEnd, keysId } from '../../src/core/key-ends/told.ts';
import type { Commitment } from '../../src/core/commitments/commit.ts';
import type { Policy } from '../../src/core/policy.ts';
import { ok } from '../../src/core/result.ts';
import { shareArmor } from '../../src/mail/armor.ts';
import { runDue } from '../../src/flow/due.ts';
import { handle } from '../../src/flow/handle.ts';
import { likenessIn } from '../../src/flow/likeness.ts';
import type { Change, KeptMail, Keys, Log, Store } from '../../src/flow/ports.ts';
import type { Workings } from '../../src/flow/workings.ts';
import type { Templates } from '../../src/publication/templates.ts';
import { draft } from '../../src/publication/text.ts';
import { type Desk, keysOnRecord, policies, roster, sure, team } from './cast.ts';

/** What one change brought: its rows as recorded, and what is to be done because of them. */
export interface Committed {
  readonly change: Change;
  readonly rows: readonly Recorded[];
  readonly effects: readonly Effect[];
  /** The lists as they were before it. */
  readonly lists: Roster['lists'];
}

const absent = (): Promise<never> => Promise.reject(new Error('nothing is sent in this world'));
const numbered = (number: number): string => number.toString(16).padStart(64, '0');

/** Renders no words, only what they would be made of: as good for what is compared, and far quicker. */
export const bareTemplates: Templates = {
  text: (name, scope) => `${name} ${JSON.stringify(scope)}`,
  html: (name, scope) => `${name} ${JSON.stringify(scope)}`,
  source: (name) => name,
};

const judgedAt = (key: KeyFacts, at: Temporal.Instant): KeyFacts =>
  key.expiresAt === null || Temporal.Instant.compare(key.expiresAt, at) > 0
    ? key
    : { ...key, usable: false, problem: 'expired' };

/** Nobody opens it: what is sealed in a rehearsal goes nowhere. */
const packet = new Uint8Array([0xd2, 0x01, 0x02]);
const teamKey = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n';

export class World {
  now = Temporal.Instant.from('2026-03-02T09:00:00Z');
  roster: Roster = roster;
  readonly keys = new Map<Fingerprint, KeyFacts>(keysOnRecord.map((key) => [key.fingerprint, key]));
  readonly log: Recorded[] = [];
  readonly cases = new Map<CaseId, CaseState>();
  quarantine = nothingKept;
  /** What the owners of keys were told. */
  keyEnds: readonly KeyEnd[] = [];
  readonly commitments: Commitment[] = [];
  /** When the operator last changed anything. */
  changedAt = this.now;
  readonly deadlines = new Map<CaseId, readonly Deadline[]>();
  /** Message-IDs by case: of mails that came, and of letters that went out. */
  readonly threads = new Map<MessageId, Set<CaseId>>();
  /** Message-IDs of what went to each address, newest last. */
  readonly sent = new Map<Address, MessageId[]>();
  /** What the steps brought since it was last looked at. */
  readonly committed: Committed[] = [];
  /** What the program says of its own faults. */
  readonly faults: unknown[] = [];
  readonly policy: Policy;
  readonly #fixed: Omit<Workings, 'roster'>;
  readonly #mails = new Map<MailId, { readonly kept: KeptMail; readonly message: OpenedMessage }>();
  readonly #opened = new Map<Envelope, OpenedMessage>();
  readonly #waiting = new Set<MailId>();
  readonly #seen = new Set<Sha256>();
  readonly #enqueued = new Set<string>();
  #letters = 0;

  constructor(templates: Templates, desk: Desk = 'usual') {
    this.policy = policies[desk];
    const store = this.#store();
    const ring: Keys = {
      open: (envelope) => Promise.resolve(sure(this.#opened.get(envelope))),
      readKeys: () => Promise.resolve([]),
      refreshed: () => Promise.resolve([]),
      seal: (_payload, readers) =>
        Promise.resolve(ok({ armor: shareArmor(packet), packets: new Map(readers.map((key) => [key, packet])) })),
      sign: () => Promise.resolve('a signature'),
      signText: (text) => Promise.resolve(text),
      facts: (at, offered = []) => {
        const fresh = offered.filter(({ fingerprint }) => !this.keys.has(fingerprint));
        const facts = fresh.map((key): KeyFacts => ({ ...key, usable: true, problem: null, expiresAt: null }));
        const known = [...this.keys.values()].map((key) => judgedAt(key, at));
        return Promise.resolve(new Map([...known, ...facts].map((key) => [key.fingerprint, key] as const)));
      },
      remember: (learned) => {
        for (const { fingerprint, addresses } of learned)
          if (!this.keys.has(fingerprint))
            this.keys.set(fingerprint, { fingerprint, addresses, usable: true, problem: null, expiresAt: null });
        return Promise.resolve();
      },
      team: { fingerprint: sure(keysOnRecord[0]).fingerprint, armored: teamKey, expiresAt: null },
    };
    this.#fixed = {
      store,
      keys: ring,
      likeness: likenessIn(store, ring),
      clock: { now: () => this.now },
      log: this.#logBook(),
      site: { write: absent, list: absent, read: absent },
      templates,
      publishing: { publisher: 'vendor', products: new Map() },
      team,
      policy: this.policy,
    };
    this.deadlines.set(keysId, [{ case: keysId, at: this.now, command: 'remind' }]);
  }

  get workings(): Workings {
    return { ...this.#fixed, roster: this.roster };
  }

  /** A key on record, as it is now. */
  key(fingerprint: Fingerprint): KeyFacts | null {
    const known = this.keys.get(fingerprint);
    return known === undefined ? null : judgedAt(known, this.now);
  }

  /** A mail arrives, and is handled. */
  async receive(envelope: Envelope, message: OpenedMessage): Promise<MailId> {
    const id = sure(parseMailId(numbered(this.#mails.size + 1)));
    this.#mails.set(id, { kept: { id, envelope, bytes: new Uint8Array() }, message });
    this.#opened.set(envelope, message);
    this.#waiting.add(id);
    await handle(id, this.workings);
    for (const again of await this.workings.store.waiting()) await handle(again, this.workings);
    return id;
  }

  draft(advisory: Advisory): Draft {
    return draft(advisory, team, this.workings.templates);
  }

  /** The id that the next mail will have. */
  get nextMail(): MailId {
    return sure(parseMailId(numbered(this.#mails.size + 1)));
  }

  /** The tick of the clock. */
  tick(): Promise<void> {
    return runDue(this.workings);
  }

  /** Every mail that came, as opened. */
  get opened(): ReadonlyMap<MailId, OpenedMessage> {
    return new Map([...this.#mails].map(([id, { message }]) => [id, message]));
  }

  /** Deadlines that have come. */
  get overdue(): readonly Deadline[] {
    const all = [...this.deadlines.values()].flat();
    return all
      .filter(({ at }) => Temporal.Instant.compare(at, this.now) <= 0)
      .toSorted((one, other) => Temporal.Instant.compare(one.at, other.at));
  }

  #logBook(): Log {
    const silent = (): void => undefined;
    return { debug: silent, info: silent, warn: silent, error: (_what, fields) => this.faults.push(fields?.['error']) };
  }

  #store(): Store {
    return {
      keep: absent,
      waiting: () => Promise.resolve([...this.#waiting]),
      mail: (id) => Promise.resolve(this.#mails.get(id)?.kept ?? null),
      cases: () => Promise.resolve([...this.cases.values()]),
      quarantine: () => Promise.resolve(this.quarantine),
      keyEnds: () => Promise.resolve(this.keyEnds),
      casesOf: (ids, issuedTo) => {
        const theirs = issuedTo === undefined ? null : (this.sent.get(issuedTo) ?? []);
        const known = ids.filter((id) => theirs?.includes(id) ?? true);
        return Promise.resolve([...new Set(known.flatMap((id) => [...(this.threads.get(id) ?? [])]))]);
      },
      signatureSeen: (digest) => Promise.resolve(this.#seen.has(digest)),
      learnedKeys: () => Promise.resolve([]),
      nameOf: (key) => Promise.resolve(createHash('sha256').update(key).digest('hex')),
      enqueued: (key) => Promise.resolve(this.#enqueued.has(key)),
      lists: (configured) => Promise.resolve(configured),
      commitments: () => Promise.resolve(this.commitments),
      addCommitment: (line) => {
        this.commitments.push(line);
        return Promise.resolve(true);
      },
      salting: () => {
        const hash = (text: string) => sure(parseSha256(createHash('sha256').update(text).digest('hex')));
        return Promise.resolve({ hash, salt: (...names) => hash(JSON.stringify(names)) });
      },
      commit: (change) => Promise.resolve(this.#commit(change)),
      due: () => Promise.resolve(this.overdue),
      dueJobs: absent,
      prepared: absent,
      dueCopies: absent,
      copyDelivered: absent,
      copyOfToken: () => Promise.resolve(null),
      jobDone: absent,
      postpone: absent,
      giveUp: absent,
    };
  }

  #commit(change: Change): readonly Recorded[] {
    const { at, by, append, mail } = change;
    if (mail !== null && !this.#waiting.has(mail.id)) return [];
    const rows = append.map(({ case: id, event }, index): Recorded => {
      const sequence = this.log.length + index + 1;
      const hash = sure(parseSha256(numbered(sequence)));
      return { sequence, case: id, at, by, mail: mail?.id ?? null, event, hash };
    });
    const { effects, deadlines } = change.consequences(rows);
    const { lists } = this.roster;
    for (const row of rows)
      if (isOfLists(row)) this.roster = { ...this.roster, lists: listsAfter(this.roster.lists, row) };
      else if (row.case === keysId) this.keyEnds = keyEndsAfter(this.keyEnds, row);
      else if (row.case === quarantineId) this.quarantine = keepApart(this.quarantine, row);
      else this.cases.set(row.case, evolve(this.cases.get(row.case) ?? null, row));
    this.log.push(...rows);
    for (const [id, due] of deadlines) this.deadlines.set(id, due);
    for (const digest of change.signatures) this.#seen.add(digest);
    for (const { id, case: about } of change.messageIds) this.#belongs(id, about);
    for (const effect of effects) this.#send(effect);
    if (mail !== null) this.#waiting.delete(mail.id);
    for (const id of change.again ?? []) this.#waiting.add(id);
    this.committed.push({ change, rows, effects, lists });
    return rows;
  }

  #send(effect: Effect): void {
    this.#enqueued.add(effect.key);
    if (effect.kind !== 'letter') return;
    for (const { address } of effect.to) {
      this.#letters += 1;
      const id = sure(parseMessageId(`${this.#letters}.letter@example.org`));
      this.sent.set(address, [...(this.sent.get(address) ?? []), id]);
      if (effect.case !== null) this.#belongs(id, effect.case);
    }
  }

  #belongs(id: MessageId, to: CaseId): void {
    this.threads.set(id, new Set([...(this.threads.get(id) ?? []), to]));
  }
}
