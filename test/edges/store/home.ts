/** A folder with a database and the team key that seals it, as several processes may share it. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import type { Letter } from '../../../src/core/cases/effects.ts';
import {
  type Address,
  type CaseId,
  caseId,
  type MailId,
  type MessageId,
  parseAddress,
  parseMessageId,
} from '../../../src/core/identifiers.ts';
import type { Envelope } from '../../../src/core/message.ts';
import { createKey } from '../../../src/edges/keys/create.ts';
import { openStore } from '../../../src/edges/store/open-store.ts';
import type { KeptStore } from '../../../src/edges/store/operator.ts';
import { openVault, type Vault } from '../../../src/edges/vault.ts';
import { noChange } from '../../../src/flow/change.ts';
import type { Change, Prepared } from '../../../src/flow/ports.ts';

export const start = Temporal.Instant.from('2026-03-02T09:00:00Z');
export const later = (minutes: number): Temporal.Instant => start.add({ minutes });

/** A clock that stands still until a test turns it. */
export const clock = { at: start, now: (): Temporal.Instant => clock.at };

function must<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new Error('a value is missing');
  return value;
}

export const address = (text: string): Address => must(parseAddress(text));
export const messageId = (text: string): MessageId => must(parseMessageId(text));
export const exm = (number: number): CaseId => caseId('EXM', 2026, number);

export class Home {
  readonly folder: string;
  readonly #stores: KeptStore[] = [];

  constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Home> {
    const home = new Home(mkdtempSync(join(tmpdir(), 'embargod-store-')));
    const team = { name: 'Team', address: address('security@example.org') };
    const key = await createKey({
      ...team,
      at: start.subtract({ hours: 1 }),
      passphrase: null,
      expiresAfterDays: null,
    });
    writeFileSync(join(home.folder, 'secret.asc'), key.secret);
    writeFileSync(join(home.folder, 'public.asc'), key.public);
    return home;
  }

  get database(): string {
    return join(this.folder, 'data', 'embargod.db');
  }

  async vault(locked = false): Promise<Vault> {
    const read = (file: string): string => readFileSync(join(this.folder, file), 'utf8');
    const vault = await openVault({
      file: join(this.folder, 'data-key.asc'),
      team: read('public.asc'),
      secret: locked ? [] : [read('secret.asc')],
      clock,
    });
    if (!vault.ok) throw new Error(vault.problem.why);
    return vault.value;
  }

  async open(locked = false): Promise<KeptStore> {
    const store = await openStore({ location: `sqlite:${this.database}`, vault: await this.vault(locked), clock });
    this.#stores.push(store);
    return store;
  }

  /** Everything that stands in the files of the database. */
  bytes(): Buffer {
    const files = ['', '-wal'].map((end) => `${this.database}${end}`).filter((file) => existsSync(file));
    return Buffer.concat(files.map((file) => readFileSync(file)));
  }

  async remove(): Promise<void> {
    for (const store of this.#stores.splice(0)) await store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const envelope = (recipient = 'security@example.org'): Envelope => ({
  via: 'smtp',
  sender: address('rita@research.example'),
  nullSender: false,
  recipient: address(recipient),
  peer: '127.0.0.1',
  tls: true,
  receivedAt: Temporal.Instant.from('2026-03-02T08:59:59.123456789Z'),
});

export const reported = (id: CaseId, mail: MailId): CaseEvent => ({
  type: 'reported',
  case: id,
  reporter: address('rita@research.example'),
  reporterName: 'Rita Reporter',
  key: null,
  answerable: true,
  message: {
    mail,
    messageId: messageId(`${mail}@research.example`),
    from: address('rita@research.example'),
    fromName: 'Rita Reporter',
    subject: 'Overflow in frobnicate',
    encrypted: true,
    audience: 'case',
  },
});

export const letter = (key: string, id: CaseId | null): Letter => ({
  kind: 'letter',
  key,
  template: 'acknowledgement',
  case: id,
  to: [{ address: address('rita@research.example'), name: 'Rita', key: null, role: 'reporter' }],
  protection: 'sealed',
  subject: 'Overflow in frobnicate',
  facts: { case: id, deadline: '2026-05-31' },
  passesOn: null,
  attachments: [],
  inReplyTo: null,
  audience: 'case',
});

/** A change with all that it leaves out empty. */
export const change = (parts: Partial<Change>): Change => ({
  ...noChange({ kind: 'operator' }, clock.now()),
  ...parts,
});

/** What a report makes of itself: a case, an acknowledgement, a deadline. */
export const opening = (id: CaseId, mail: MailId): Change =>
  change({
    by: { kind: 'address', address: address('rita@research.example') },
    mail: { id: mail, outcome: 'handled', why: null },
    append: [{ case: id, event: reported(id, mail) }],
    consequences: (recorded) => ({
      effects: recorded.map((row) => letter(`acknowledgement:${row.case}`, row.case)),
      deadlines: new Map([[id, [{ case: id, at: later(60), command: 'ask-approval' }]]]),
    }),
    messageIds: [{ id: messageId(`${mail}@research.example`), case: id }],
  });

/** A report kept, and the case that it opened. */
export async function openCase(store: KeptStore, number: number): Promise<MailId> {
  const mail = await store.keep(envelope(), Buffer.from(`Subject: report ${number}\r\n\r\nOverflow.\r\n`));
  await store.commit(opening(exm(number), mail));
  return mail;
}

export const copies = (names: readonly string[], shared = 'SHARED'): Prepared => ({
  shared: Buffer.from(shared),
  copies: names.map((name) => ({
    from: address(`security+b-${name}@example.org`),
    to: address(`${name}@distro.example`),
    token: `token-${name}`,
    messageId: messageId(`letter.${name}@example.org`),
    head: Buffer.from(`head of ${name}|`),
    tail: Buffer.from(`|tail of ${name}`),
  })),
});
