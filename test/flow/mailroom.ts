/** A team at work without its daemon: the real store and keys, a clock that is turned by hand, and a relay that keeps what goes out. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { assemble, selfOf } from '../../src/cli/assemble.ts';
import type { Assembly } from '../../src/cli/assembly.ts';
import { readConfiguration } from '../../src/edges/config/load.ts';
import { listenSmtp, type SmtpListener } from '../../src/edges/smtp-listener.ts';
import type { CreatedKey } from '../../src/edges/keys/create.ts';
import { deliverDue } from '../../src/flow/deliver.ts';
import { handle } from '../../src/flow/handle.ts';
import type { Log, Relay } from '../../src/flow/ports.ts';
import { receiver } from '../../src/flow/receive.ts';
import { isOurs } from '../../src/mail/self.ts';
import { today } from '../edges/keys/people.ts';
import { Wire } from '../edges/wire.ts';
import { crlf } from '../mail/incoming.ts';

export interface Sent {
  readonly from: string | null;
  readonly to: string;
  readonly raw: Buffer;
}

interface Door {
  readonly folder: string;
  readonly listener: SmtpListener;
  readonly wire: Wire;
}

async function doorOf({ configuration, workings, store }: Assembly): Promise<Omit<Door, 'folder'>> {
  const self = selfOf(configuration);
  const listening = await listenSmtp({
    listen: { kind: 'port', host: '127.0.0.1', port: 0 },
    lmtp: false,
    maxMessageBytes: 2 ** 20,
    tls: null,
    accepts: (address) => isOurs(address, self),
    receive: receiver(store, workings.log, silent),
    clock: workings.clock,
    log: workings.log,
  });
  if (!listening.ok) throw new Error(listening.problem.why);
  const wire = await (await Wire.to(listening.value.address)).greeted();
  return { listener: listening.value, wire };
}

const silent = (): void => undefined;

export class Mailroom {
  now = today;
  /** All that went out. */
  readonly sent: Sent[] = [];
  /** What the program says of its own faults. */
  readonly faults: unknown[] = [];
  /** Says of a mail that it cannot be taken, and why. */
  refuse: (to: string) => string | null = () => null;
  readonly #assembly: Assembly;
  readonly #folder: string;
  readonly #listener: SmtpListener;
  readonly #wire: Wire;

  private constructor(assembly: Assembly, { folder, listener, wire }: Door) {
    this.#assembly = assembly;
    this.#folder = folder;
    this.#listener = listener;
    this.#wire = wire;
  }

  /** `yaml`: more of the configuration, beside names, keys and storage. */
  static async open(team: CreatedKey, people: readonly CreatedKey[], yaml: string): Promise<Mailroom> {
    const folder = mkdtempSync(join(tmpdir(), 'embargod-mailroom-'));
    writeFileSync(join(folder, 'team.asc'), team.secret, { mode: 0o600 });
    for (const [index, { public: key }] of people.entries()) writeFileSync(join(folder, `person${index}.asc`), key);
    const configuration = readConfiguration(
      `
team: { name: Example VMT, address: security@example.org, prefix: { case: EXM, advisory: EXSA }, timezone: UTC }
storage: sqlite:${folder}/embargod.db
keys: { directory: ${folder}, passphrase: none }
intake: { smtp: { listen: "127.0.0.1:2525" } }
${yaml}`,
      'the test',
    );
    if (!configuration.ok) throw new Error(JSON.stringify(configuration.problem));
    const clock = { now: () => room?.now ?? today };
    const log: Log = {
      debug: silent,
      info: silent,
      warn: silent,
      error: (...what) => void room?.faults.push(what),
    };
    let room: Mailroom | null = null;
    const assembled = await assemble(configuration.value, { unlocked: true, log }, clock);
    if (!assembled.ok) throw new Error(assembled.problem);
    room = new Mailroom(assembled.value, { folder, ...(await doorOf(assembled.value)) });
    return room;
  }

  get workings(): Assembly['workings'] {
    return this.#assembly.workings;
  }

  get store(): Assembly['store'] {
    return this.#assembly.store;
  }

  async close(): Promise<void> {
    this.#wire.hangUp();
    await this.#listener.stop();
    await this.#assembly.close();
    await rm(this.#folder, { recursive: true });
  }

  /** A mail comes over SMTP, is handled, and all that follows goes out: to whom, and what. Sender null: `<>`. */
  async arrives(mail: string | Buffer, sender: string | null, to = 'security@example.org'): Promise<readonly Sent[]> {
    this.now = this.now.add({ seconds: 1 });
    const bytes = typeof mail === 'string' ? Buffer.from(crlf(mail)) : mail;
    const replies = await this.#wire.asks(`MAIL FROM:<${sender ?? ''}>`, `RCPT TO:<${to}>`, 'DATA');
    const text = bytes.toString('latin1').replaceAll(/^\./gm, '..');
    this.#wire.say(Buffer.from(`${text}${text.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1'));
    const kept = await this.#wire.reply();
    if (!kept.startsWith('250 ')) throw new Error([...replies, kept].join('; '));
    return this.handles();
  }

  /** What waits is handled, and what is due goes out. */
  async handles(): Promise<readonly Sent[]> {
    for (const id of await this.store.waiting()) await handle(id, this.workings);
    return this.delivers();
  }

  /** What is due goes out. */
  async delivers(): Promise<readonly Sent[]> {
    const before = this.sent.length;
    const retry = { firstSeconds: 1, longestSeconds: 1, giveUpHours: 1 };
    const relay: Relay = { send: ({ from, to, pieces }) => Promise.resolve(this.#take(from, to, pieces)) };
    await deliverDue({ ...this.workings, relay, retry, cveServices: null, chance: () => 0 });
    return this.sent.slice(before);
  }

  #take(from: string | null, to: string, pieces: readonly Uint8Array[]): Awaited<ReturnType<Relay['send']>> {
    const why = this.refuse(to);
    if (why !== null) return { ok: false, problem: { retry: false, why } };
    this.sent.push({ from, to, raw: Buffer.concat(pieces) });
    return { ok: true };
  }
}
