/** `npm run bench`: from a report at the socket to the last of a hundred copies at the relay, against a loop of GnuPG on the same machine. */

import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAddress } from '../../src/core/identifiers.ts';
import { createKey, type CreatedKey } from '../../src/edges/keys/create.ts';
import { Daemon, freePort } from '../cast/daemon.ts';
import { Gnupg, gnupgIsHere } from '../cast/gnupg.ts';
import { encryptedMail } from '../cast/mails.ts';
import { NullRelay } from './null-relay.ts';

const readers = 100;
const team = 'security@example.org';
const sizes = [
  { name: '4 KB', bytes: 3000, times: 5 },
  { name: '1 MB', bytes: 1_000_000, times: 3 },
  { name: '10 MB', bytes: 10_000_000, times: 1 },
] as const;

interface Measured {
  readonly name: string;
  /** Milliseconds. */
  readonly ours: number;
  readonly gnupg: number;
  /** MB, of the daemon and its workers. */
  readonly peak: number;
  /** Milliseconds for which the event loop stood still. */
  readonly still: number;
}

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function created(name: string, address: string): Promise<CreatedKey> {
  const parsed = parseAddress(address);
  if (parsed === null) throw new Error(`${address} is no address`);
  const at = Temporal.Now.instant().subtract({ minutes: 1 });
  return createKey({ name, address: parsed, at, passphrase: null, expiresAfterDays: 365 });
}

function configuration(daemon: Daemon, people: readonly CreatedKey[], relayPort: number): string {
  const roster = people.map(
    ({ fingerprint }, index) => `    - { address: c${index}@readers.example, key: ${fingerprint} }`,
  );
  return `
team: { name: Bench, address: ${team}, prefix: { case: EXM, advisory: EXSA }, timezone: UTC }
storage: sqlite:${daemon.folder}/embargod.db
keys: { directory: ${daemon.keys}, passphrase: none }
roster:
  coordinators:
${roster.join('\n')}
intake:
  smtp: { listen: "127.0.0.1:${daemon.smtpPort}" }
delivery: { smtp: { host: 127.0.0.1, port: ${relayPort} } }
site: { directory: ${daemon.site}, url: "https://security.example.org", listen: "127.0.0.1:0" }
log: { level: warn }
`;
}

/** Everything that takes part, set up once. */
class Bench {
  readonly daemon = new Daemon();
  readonly relay = new NullRelay();
  readonly loop: Gnupg;
  readonly reporter: Gnupg;
  readonly #people: readonly CreatedKey[];
  readonly #team: CreatedKey;

  constructor(loop: Gnupg, reporter: Gnupg, own: CreatedKey, people: readonly CreatedKey[]) {
    this.loop = loop;
    this.reporter = reporter;
    this.#team = own;
    this.#people = people;
  }

  static async prepare(): Promise<Bench> {
    const own = await created('Bench', team);
    const people = await Promise.all(
      Array.from({ length: readers }, (_, index) => created(`Reader ${index}`, `c${index}@readers.example`)),
    );
    const loop = new Gnupg('Bench', team);
    await loop.import(own.secret, people.map((person) => person.public).join(''));
    const reporter = await Gnupg.create('Rita Reporter', 'rita@research.example');
    await reporter.import(own.public);
    const bench = new Bench(loop, reporter, own, people);
    await bench.#start();
    return bench;
  }

  async #start(): Promise<void> {
    const { daemon } = this;
    daemon.smtpPort = await freePort();
    daemon.key('team.asc', this.#team.secret);
    for (const person of this.#people) daemon.key(`${person.fingerprint}.asc`, person.public);
    daemon.configure(configuration(daemon, this.#people, await this.relay.listen()));
    process.env['NODE_OPTIONS'] = `--import=${join(import.meta.dirname, 'loop-watch.ts')}`;
    await daemon.start();
    delete process.env['NODE_OPTIONS'];
  }

  report(bytes: number): Promise<Buffer> {
    const content = randomBytes(bytes);
    const attachments = [{ filename: 'core', type: 'application/octet-stream', content }];
    const mail = {
      from: 'Rita <rita@research.example>',
      to: team,
      subject: 'A bug',
      text: 'See the file.',
      attachments,
    };
    return encryptedMail(mail, this.reporter, [this.#team.fingerprint], true);
  }

  /** From before the connection to the last copy. */
  async throughDaemon(report: Buffer): Promise<number> {
    return timed(async () => {
      const all = this.relay.until('c', readers);
      await this.daemon.submit('rita@research.example', team, report);
      await all;
    });
  }

  /** Decrypts the report, then signs and encrypts it to each reader; nothing is kept, checked or sent. */
  async throughGnupg(report: Buffer): Promise<number> {
    const text = report.toString('latin1');
    const armored = text.slice(text.indexOf('-----BEGIN'), text.indexOf('-----END PGP MESSAGE-----') + 25);
    return timed(async () => {
      const { content } = await this.loop.decrypt(armored);
      for (const { fingerprint } of this.#people) await this.loop.encrypt(content, [fingerprint], true);
    });
  }

  /** Forgets the peak so far. */
  async forget(): Promise<void> {
    writeFileSync(`/proc/${this.daemon.pid}/clear_refs`, '5');
    await this.stoodStill();
  }

  peak(): number {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${this.daemon.pid}/status`, 'utf8'))?.[1]) / 1024;
  }

  stoodStill(): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.daemon.saying = (text) => {
      const said = /stood still for (\d+) ms/.exec(text)?.[1];
      if (said !== undefined) resolve(Number(said));
    };
    process.kill(this.daemon.pid ?? 0, 'SIGUSR2');
    return promise;
  }

  async end(): Promise<void> {
    await this.daemon.remove();
    this.relay.close();
    await Promise.all([this.loop.leave(), this.reporter.leave()]);
  }
}

async function measured(bench: Bench, { name, bytes, times }: (typeof sizes)[number]): Promise<Measured> {
  const reports: Buffer[] = [];
  for (let each = 0; each < times; each += 1) reports.push(await bench.report(bytes));
  await bench.forget();
  const ours: number[] = [];
  for (const report of reports) ours.push(await bench.throughDaemon(report));
  const peak = bench.peak();
  const still = await bench.stoodStill();
  const gnupg = await bench.throughGnupg(reports[0] ?? Buffer.alloc(0));
  return { name, ours: median(ours), gnupg, peak, still };
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

function row({ name, ours, gnupg, peak, still }: Measured): string {
  const cells = [
    name,
    seconds(ours),
    seconds(gnupg),
    `${(gnupg / ours).toFixed(1)} ×`,
    `${Math.round(peak)} MB`,
    `${still} ms`,
  ];
  return `| ${cells.join(' | ')} |`;
}

if (!gnupgIsHere) throw new Error('the comparison needs GnuPG (apt install gnupg)');
const bench = await Bench.prepare();
try {
  await bench.throughDaemon(await bench.report(3000)); // warm, as a daemon is
  console.log(`| report | ${readers} copies | a loop of gpg | faster by | peak memory | loop stood still |`);
  console.log('|---|---|---|---|---|---|');
  for (const size of sizes) console.log(row(await measured(bench, size)));
} finally {
  await bench.end();
}
