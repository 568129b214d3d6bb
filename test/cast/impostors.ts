/** The cast with those who may not command, or are not who they say, and what became of each mail that they sent. */

import { Cast } from './team.ts';
import { Gnupg } from './gnupg.ts';
import { encryptedMail, type Mail, plainMail, sealedMail } from './mails.ts';

const year = new Date().getUTCFullYear();
export const caseNumber = (number: number): string => `EXM-${year}-000${number}`;
export const addressOf = (id: string, detail = ''): string => `security+${id}${detail}@example.org`;
/** Rita's, and Mallory's. */
export const [id1, id2] = [caseNumber(1), caseNumber(2)];
export const [case1, case2] = [addressOf(id1), addressOf(id2)];

export const fromOf = ({ name, address }: Gnupg): string => `${name} <${address}>`;

/** Of `by` to the first case, its tag in the Subject. */
export const mailOf = (by: Gnupg, text: string, more: Partial<Mail> = {}): Mail => ({
  from: fromOf(by),
  to: case1,
  subject: `[${id1}] triage`,
  text,
  ...more,
});

/** GnuPG's clock, so long ago. */
export const ago = (duration: Temporal.DurationLike): readonly string[] => {
  const at = Temporal.Now.plainDateTimeISO('UTC').subtract(duration).toString({ smallestUnit: 'second' });
  return ['--faked-system-time', `${at.replaceAll(/[-:]/g, '')}!`];
};

export interface Answer {
  readonly to: string;
  readonly text: string;
}

export interface Row {
  readonly event: { readonly type: string };
  readonly by: { readonly kind: string };
}

interface Extras {
  /** A coordinator whose key ran out yesterday. */
  readonly carl: Gnupg;
  /** A coordinator whose key is revoked. */
  readonly cleo: Gnupg;
  /** The reporter of the second case; nobody to the first. */
  readonly mallory: Gnupg;
  /** Nobody to anyone. */
  readonly sam: Gnupg;
}

export class Impostors {
  readonly cast: Cast;
  readonly carl: Gnupg;
  readonly cleo: Gnupg;
  readonly mallory: Gnupg;
  readonly sam: Gnupg;
  #watches = 0;

  constructor(cast: Cast, { carl, cleo, mallory, sam }: Extras) {
    this.cast = cast;
    this.carl = carl;
    this.cleo = cleo;
    this.mallory = mallory;
    this.sam = sam;
  }

  /** The daemon runs, with a case that Rita reported and one that Mallory did. */
  static async gather(): Promise<Impostors> {
    const born = ago({ days: 30 });
    const carl = await Gnupg.create('Carl Coordinator', 'carl@example.org', '29d', born);
    const cleo = await Gnupg.create('Cleo Coordinator', 'cleo@example.org');
    const mallory = await Gnupg.create('Mallory Malicious', 'mallory@elsewhere.example');
    const sam = await Gnupg.create('Sam Stranger', 'sam@nowhere.example');
    const cast = await Cast.gather({ coordinators: [carl, cleo], born });
    for (const person of [mallory, sam]) await person.import(await cast.team.exportKey());
    cast.daemon.key(`${cleo.fingerprint}.asc`, await cleo.revokedKey());
    const all = new Impostors(cast, { carl, cleo, mallory, sam });
    await cast.daemon.start();
    await all.#report(cast.rita, id1);
    await all.#report(mallory, id2);
    await all.settled();
    return all;
  }

  async #report(by: Gnupg, id: string): Promise<void> {
    const content = Buffer.from(await by.exportKey());
    const key = { filename: 'key.asc', type: 'application/pgp-keys', content };
    await this.cast.say(by, 'security@example.org', 'A flaw', `A flaw of ${by.name}.`, { attachments: [key] });
    await this.cast.read(by, id);
  }

  get team(): readonly string[] {
    return [this.cast.team.fingerprint];
  }

  signedBy(by: Gnupg, text: string, more: Partial<Mail> = {}): Promise<Buffer> {
    return encryptedMail(mailOf(by, text, more), by, this.team, true);
  }

  /** Anyone can encrypt to the team: `content` as it is, within a new mail. */
  async wrapped(content: string, mail: Mail): Promise<Buffer> {
    return sealedMail(mail, await this.sam.encrypt(content, this.team, false));
  }

  /** Resolves when all that came in before is dealt with, and all that follows from it has gone out. */
  async settled(): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      this.#watches += 1;
      const watch = `watch-${this.#watches}@watch.example`;
      const mail = { from: watch, to: 'security-sendkey@example.org', subject: 'key', text: 'key' };
      await this.cast.daemon.submit(watch, mail.to, plainMail(mail));
      await this.cast.relay.until((each) => each.to === watch, watch);
    }
  }

  /** Coordinators to whom nothing can be encrypted are asked for a key, once a case. */
  isUnreachable(address: string): boolean {
    return address === this.carl.address || address === this.cleo.address;
  }

  /** All that goes out because of one mail to those who can read it, in the order of their addresses. */
  async answersTo(raw: Buffer, to = case1, from = 'sender@elsewhere.example'): Promise<readonly Answer[]> {
    const before = this.cast.relay.mails.length;
    await this.cast.daemon.submit(from, to, raw);
    await this.settled();
    const since = this.cast.relay.mails.slice(before);
    const mails = since.filter((mail) => !mail.to.endsWith('@watch.example') && !this.isUnreachable(mail.to));
    const people = [...this.cast.people, this.mallory, this.sam];
    const answers = mails.map(async (mail) => {
      const reader = people.find((each) => each.address === mail.to) ?? this.sam;
      return { to: mail.to, text: (await this.cast.open(mail, reader)).text };
    });
    return (await Promise.all(answers)).toSorted((one, other) => one.to.localeCompare(other.to));
  }

  async logOf(id: string): Promise<readonly Row[]> {
    const { stdout } = await this.cast.daemon.run(['log', id, '--json']);
    const log: readonly Row[] = JSON.parse(stdout);
    return log;
  }

  /** Types of the events of a case, but for the mails that were passed on. */
  async eventsOf(id: string): Promise<readonly string[]> {
    return (await this.logOf(id)).map(({ event }) => event.type).filter((type) => type !== 'message-received');
  }

  async leave(): Promise<void> {
    await this.cast.leave();
    await Promise.all([this.carl, this.cleo, this.mallory, this.sam].map((each) => each.leave()));
  }
}
