/** A case as a story: who says what, and, letter by letter, who hears of it. What nobody is said to hear is a mistake. */

import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Gnupg } from '../cast/gnupg.ts';
import { type Mail, plainMail } from '../cast/mails.ts';
import type { Received } from '../cast/received.ts';
import type { Relayed } from '../cast/relay.ts';
import type { Cast } from '../cast/team.ts';

export const team = 'security@example.org';
export const lists = ['oss-security@lists.openwall.com', 'announce@lists.example.org'] as const;

/** Someone who writes without OpenPGP, and so reads only what comes in clear. */
export interface Keyless {
  readonly name: string;
  readonly address: string;
}
type Person = Gnupg | Keyless;
const hasKey = (person: Person): person is Gnupg => 'fingerprint' in person;

const idIn = (text: string): string => /\bEXM-\d{4}-\d{4,}\b/.exec(text)?.[0] ?? 'no case';

/** What a letter never holds, whoever reads it: what a template left over, and lines that a terminal would break. */
const odd = /\{\{|\{%|\bundefined\b|\bnull\b|\bNaN\b|\[object |\n{4}|^(?!\[embargod: |.*(?:https?:|#approve)).{79,}$/m;

export class Story {
  readonly #cast: Cast;
  /** A word that stands in all that is secret about the case, and nowhere else. */
  readonly secret: string;
  id = 'no case';
  readonly #told = new Set<Relayed>();
  #public = false;

  constructor(cast: Cast, secret: string) {
    this.#cast = cast;
    this.secret = secret;
  }

  get address(): string {
    return `security+${this.id}@example.org`;
  }

  /** A new report by `by`; resolves with the first answer to it, as they read it. */
  async reports(by: Person, subject: string, text: string): Promise<Received> {
    const messageId = `${randomUUID()}@client.example`;
    await this.#send(by, team, { subject: `${this.secret}: ${subject}`, text, messageId });
    const answer = await this.#answer(by, messageId, 'an acknowledgement');
    this.id = idIn(`${answer.subject}\n${answer.text}`);
    return answer;
  }

  /** A mail to the case; nobody is said to have heard it yet. */
  async writes(by: Person, text: string, more: Partial<Mail> = {}): Promise<void> {
    await this.#send(by, this.address, { subject: `[${this.id}] more`, text, ...more });
  }

  /** Commands to the case; resolves with the answer, which each coordinator has heard as well. */
  async orders(by: Gnupg, commands: string): Promise<Received> {
    const messageId = `${randomUUID()}@client.example`;
    // The same words twice in one second would be the same signature, and so a replay.
    await this.writes(by, `${commands}\n`, { messageId, subject: `[${this.id}] ${messageId}` });
    const answer = await this.#answer(by, messageId, `an answer on ${commands}`);
    const { ada, ben } = this.#cast;
    for (const other of [ada, ben].filter((each) => each !== by)) await this.hears(other, messageId);
    return answer;
  }

  /** The same, where the commands have to be carried out. */
  async does(by: Gnupg, commands: string): Promise<Received> {
    const answer = await this.orders(by, commands);
    expect(answer.text).toContain('These commands were carried out.');
    return answer;
  }

  /** Ahead of the moment: the first word asks, and the second publishes. */
  async publishEarly(first: Gnupg, second: Gnupg): Promise<void> {
    const { text } = await this.does(first, '#disclose');
    expect(text).toContain('NOTHING GOES OUT YET: 1 of 2');
    await this.hear([second], 'PUBLISH NOW?', /asks for it[^]*#disclose/);
    await this.does(second, '#disclose');
  }

  /** `#approve` by each of them, of the draft as it stands. */
  async approve(...people: readonly Gnupg[]): Promise<void> {
    const { text } = await this.does(this.#cast.ada, '#draft');
    const digest = /#approve ([0-9a-f]{12,})/.exec(text)?.[1] ?? 'nothing';
    for (const person of people) await this.does(person, `#approve ${digest}`);
  }

  /** Resolves with the next letter to `person` on this case that holds all these words; sealed, unless they have no key. */
  async hears(person: Person, ...words: readonly (string | RegExp)[]): Promise<Received> {
    const holds = ({ subject, text }: Received): boolean =>
      words.every((word) =>
        typeof word === 'string' ? `${subject}\n${text}`.includes(word) : word.test(`${subject}\n${text}`),
      );
    return this.#hear(person, holds, words.join(' … '));
  }

  /** The same for several, each in a letter of their own. */
  async hear(people: readonly Person[], ...words: readonly (string | RegExp)[]): Promise<readonly Received[]> {
    return Promise.all(people.map((person) => this.hears(person, ...words)));
  }

  /** The advisory as each public list gets it: signed, once. */
  async goesPublic(...words: readonly (string | RegExp)[]): Promise<void> {
    this.#public = true;
    for (const list of lists) {
      const mail = await this.#cast.relay.until(
        ({ to, raw }) => to === list && raw.includes(this.secret),
        `the advisory of ${this.secret} to ${list}`,
      );
      this.#told.add(mail);
      const read = await this.#cast.open(mail, this.#cast.rita);
      expect(read.goodBy).toEqual([this.#cast.team.fingerprint]);
      for (const word of words) expect(read.text).toMatch(word);
    }
  }

  /** From here on its reporter may be written to in clear. */
  isOpen(): void {
    this.#public = true;
  }

  /** Nobody has heard more than was told, and nothing secret stands in clear in what they heard. */
  async ends(...of: readonly Story[]): Promise<void> {
    const { text } = await this.orders(this.#cast.ada, '#status');
    expect(text).toContain(this.id);
    await this.isToldWhole(...of);
  }

  /** @param others stories of the same case */
  async isToldWhole(...others: readonly Story[]): Promise<void> {
    const told = new Set([this, ...others].flatMap((story) => [...story.#told]));
    const untold = (await this.#about()).filter(({ mail }) => !told.has(mail));
    expect(untold.map(({ mail, read }) => `${mail.to}: ${read.subject}\n${read.text}`)).toEqual([]);
    for (const { mail, read } of await this.#about()) this.#keepsSecret(mail, read);
  }

  #keepsSecret(mail: Relayed, read: Received): void {
    if (this.#public) return;
    expect(mail.raw.toString('latin1')).not.toContain(this.secret);
    if (read.protection !== 'sealed') expect(`${read.subject}\n${read.text}`).not.toContain(this.secret);
  }

  /** All mail of this case that went out, as its readers open it. */
  async #about(): Promise<readonly { readonly mail: Relayed; readonly read: Received }[]> {
    const all = await Promise.all(
      this.#cast.relay.mails.map(async (mail) => ({ mail, read: await this.#cast.open(mail, this.#reader(mail.to)) })),
    );
    return all.filter(({ read }) => this.#isMine(read));
  }

  #isMine({ subject, text }: Received): boolean {
    return subject.includes(this.id) || subject.includes(this.secret) || text.includes(`Case ${this.id},`);
  }

  #reader(address: string): Gnupg {
    return this.#cast.everyone.find((person) => person.address === address) ?? this.#cast.rita;
  }

  async #hear(person: Person, holds: (read: Received) => boolean, what: string): Promise<Received> {
    const mail = await this.#cast.relay.until(
      async (each) => {
        if (each.to !== person.address || this.#told.has(each)) return false;
        const read = await this.#cast.open(each, this.#reader(each.to));
        return this.#isMine(read) && holds(read);
      },
      `to ${person.address} on ${this.id}: ${what}`,
      20_000,
    );
    this.#told.add(mail);
    const read = await this.#cast.open(mail, this.#reader(mail.to));
    expect(read).toMatchObject({ protection: hasKey(person) ? 'sealed' : 'signed', exitCode: 0 });
    expect(read.goodBy).toEqual([this.#cast.team.fingerprint]);
    expect(read.text).not.toMatch(odd);
    this.#keepsSecret(mail, read);
    return read;
  }

  async #answer(by: Person, messageId: string, what: string): Promise<Received> {
    const mail = await this.#cast.relay.until(
      async (each) =>
        each.to === by.address && (await this.#cast.open(each, this.#reader(each.to))).inReplyTo === `<${messageId}>`,
      `to ${by.address}: ${what}`,
      20_000,
    );
    if (this.id === 'no case') {
      const { subject, text } = await this.#cast.open(mail, this.#reader(mail.to));
      this.id = idIn(`${subject}\n${text}`);
    }
    return this.#hear(by, ({ inReplyTo }) => inReplyTo === `<${messageId}>`, what);
  }

  async #send(by: Person, to: string, mail: Pick<Mail, 'subject' | 'text'> & Partial<Mail>): Promise<void> {
    const { subject, text, ...more } = mail;
    if (!hasKey(by)) {
      const raw = plainMail({ from: `${by.name} <${by.address}>`, to, ...mail });
      return this.#cast.daemon.submit(by.address, to, raw);
    }
    const attached = to === team && !this.#cast.people.slice(1, 4).includes(by) ? [await keyOf(by)] : [];
    return this.#cast.say(by, to, subject, text, { attachments: attached, ...more });
  }
}

const keyOf = async (person: Gnupg) => ({
  filename: 'key.asc',
  type: 'application/pgp-keys',
  content: Buffer.from(await person.exportKey()),
});
