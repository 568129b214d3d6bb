/** One case as the people of a cast bring it forward by mail, for tests that are about one turn of its story. */

import { randomUUID } from 'node:crypto';
import type { Gnupg } from './gnupg.ts';
import type { Received } from './received.ts';
import type { Relayed } from './relay.ts';
import type { Cast } from './team.ts';

const team = 'security@example.org';

/** All that an advisory must hold. */
const triage = (title: string): string => `#confirm
#title "${title}"
#describe
A crafted header overflows the parser: ${title}.
#end
#affects nova ">=27.0.0 <28.1.1"
#fixed nova 28.1.1
#link https://review.example/1 patch
#link https://bugs.example/1 bug
#credit "Rita Reporter"
`;

export class Case {
  readonly #cast: Cast;
  readonly id: string;
  readonly title: string;

  constructor(cast: Cast, id: string, title: string) {
    this.#cast = cast;
    this.id = id;
    this.title = title;
  }

  get address(): string {
    return `security+${this.id}@example.org`;
  }

  /** Rita's report; resolves once she has its id. */
  static async reported(cast: Cast, title: string): Promise<Case> {
    const { rita } = cast;
    const before = new Set<Relayed>(cast.relay.mails);
    const content = Buffer.from(await rita.exportKey());
    const attachments = [{ filename: 'rita.asc', type: 'application/pgp-keys', content }];
    await cast.say(rita, team, title, `${title}: it overflows.`, { attachments });
    const thanks = /thank you for your report[^]*?\bEXM-\d{4}-\d{4}\b/;
    const { text } = await cast.read(rita, thanks, before);
    return new Case(cast, /\bEXM-\d{4}-\d{4}\b/.exec(text)?.[0] ?? '', title);
  }

  /** A report that is confirmed and described: nothing is missing in its advisory. */
  static async triaged(cast: Cast, title: string): Promise<Case> {
    const made = await Case.reported(cast, title);
    await made.order(cast.ada, triage(title));
    return made;
  }

  /** Commands of a coordinator; resolves with the answer to them. */
  async order(by: Gnupg, commands: string): Promise<Received> {
    const messageId = `${randomUUID()}@client.example`;
    // The same words twice in one second would be the same signature, and so a replay.
    await this.#cast.say(by, this.address, `[${this.id}] ${messageId}`, commands, { messageId });
    const answer = await this.#cast.relay.until(
      async (mail) => mail.to === by.address && (await this.#cast.open(mail, by)).inReplyTo === `<${messageId}>`,
      `an answer to ${by.address} on ${commands}`,
    );
    return this.#cast.open(answer, by);
  }

  /** `#approve` with the digest that the draft has now. */
  async approve(...people: readonly Gnupg[]): Promise<void> {
    const { text } = await this.order(this.#cast.ada, '#draft\n');
    const digest = /#approve ([0-9a-f]{12,})/.exec(text)?.[1] ?? 'nothing';
    for (const person of people) await this.order(person, `#approve ${digest}\n`);
  }

  /** The line that sets the embargo's end to `at`. */
  until(at: Temporal.Instant): string {
    const { year, month, day, hour, minute, second } = at.toZonedDateTimeISO('UTC');
    const two = (number: number): string => String(number).padStart(2, '0');
    return `#embargo ${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)} UTC fixes are ready\n`;
  }

  /** What went to public lists about this case. */
  get published(): readonly Relayed[] {
    return this.#cast.relay.mails.filter(({ to, raw }) => /@lists\./.test(to) && raw.includes(this.title));
  }

  /** Resolves once every public list has its advisory. */
  async disclosed(timeout?: number): Promise<void> {
    for (const list of ['oss-security@lists.openwall.com', 'announce@lists.example.org'])
      await this.#cast.relay.until(
        ({ to, raw }) => to === list && raw.includes(this.title),
        `the advisory of ${this.title} to ${list}`,
        timeout,
      );
  }
}
