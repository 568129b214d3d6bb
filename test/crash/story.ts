/** The story of a small embargo as a list of steps, each played through to its letters whether the daemon dies in it or not. */

import type { Gnupg } from '../cast/gnupg.ts';
import { plainMail } from '../cast/mails.ts';
import type { Relayed } from '../cast/relay.ts';
import type { Cast } from '../cast/team.ts';
import type { Killer, Moment } from './killer.ts';

const year = new Date().getUTCFullYear();
export const firstCase = `EXM-${year}-0001`;
export const secondCase = `EXM-${year}-0002`;
const team = 'security@example.org';
const caseAddress = `security+${firstCase}@example.org`;

export const steps = [
  'report',
  'plain report',
  'reply',
  'triage',
  'patch',
  'draft',
  'first approval',
  'second approval',
  'notice',
  'date',
  'disclosure',
] as const;
export type Step = (typeof steps)[number];

const triage = `#confirm
#title "Heap overflow in the parser"
#describe
A crafted header overflows the parser.
#end
#affects nova ">=27.0.0 <28.1.1"
#fixed nova 28.1.1
#link https://review.example/1 patch
#link https://bugs.example/1 bug
#credit "Rita Reporter" rita@research.example "Research Ltd"
#cve CVE-2026-12345
`;

export class Story {
  readonly cast: Cast;
  readonly #killer: Killer;
  /** Mails that were answered with 250. */
  accepted = 0;

  readonly #embargoSeconds: number;

  /** @param embargoSeconds from the mail that sets the embargo's end to that end: it must be handled before, after all kills */
  constructor(cast: Cast, killer: Killer, embargoSeconds: number) {
    this.cast = cast;
    this.#killer = killer;
    this.#embargoSeconds = embargoSeconds;
  }

  /** @param kills at most one for each step */
  async play(kills: ReadonlyMap<Step, Moment>): Promise<void> {
    for (const step of steps) {
      const kill = kills.get(step);
      if (kill !== undefined) this.#killer.arm(kill);
      await this.#step(step);
      await this.#killer.struck();
    }
  }

  /** As a mail server does: the same bytes again and again until they are taken. */
  async #submit(from: string, to: string, raw: Buffer): Promise<void> {
    for (;;) {
      const { up } = this.#killer;
      await up;
      const failure = await this.cast.daemon.submit(from, to, raw).then(
        () => null,
        (error: unknown) => error,
      );
      if (failure === null) {
        this.#killer.see('answered');
        this.accepted += 1;
        return;
      }
      await this.#killer.struck();
      if (up === this.#killer.up) throw failure;
    }
  }

  async #say(
    by: Gnupg,
    to: string,
    step: string,
    text: string,
    more: Parameters<Cast['write']>[4] = {},
  ): Promise<void> {
    const messageId = `${step.replaceAll(' ', '-')}@client.example`;
    const raw = await this.cast.write(by, to, `[${firstCase}] ${step}`, text, { messageId, ...more });
    await this.#submit(by.address, to, raw);
  }

  /** Resolves when each of these readers has a mail with these words. */
  async #read(readers: readonly Gnupg[], words: string | RegExp): Promise<void> {
    for (const reader of readers) await this.cast.read(reader, words);
  }

  async #step(step: Step): Promise<void> {
    const { rita, ada, ben, dora, dan } = this.cast;
    switch (step) {
      case 'report':
        return this.#report();
      case 'plain report':
        return this.#reportInClear();
      case 'reply':
        await this.#say(rita, caseAddress, step, 'It crashes 32-bit too.');
        return this.#read([ada, ben], 'It crashes 32-bit too.');
      case 'triage':
        await this.#say(ada, caseAddress, step, triage);
        await this.#read([rita], 'the draft of the advisory');
        return this.#read([ada, ben], 'CVE-2026-12345');
      case 'patch': {
        const attachments = [{ filename: 'fix.patch', type: 'text/x-patch', content: Buffer.from('-bug\n+fix\n') }];
        await this.#say(ada, caseAddress, step, '#patch main\n', { attachments });
        return this.#read([ada, ben], '#patch main');
      }
      case 'draft':
        await this.#say(ada, caseAddress, step, '#draft\n');
        return this.#read([ada, ben], /#approve [0-9a-f]{12,}/);
      case 'first approval':
        return this.#approve(ada, step);
      case 'second approval':
        return this.#approve(ben, step);
      case 'notice': {
        const notice = '#embargo +30d fixes are being prepared\n#notify distros@example.org\n';
        await this.#say(ada, caseAddress, step, notice);
        return this.#read([dora, dan], 'A crafted header overflows');
      }
      case 'date':
        return this.#date(step);
      case 'disclosure':
        for (const list of ['oss-security@lists.openwall.com', 'announce@lists.example.org'])
          await this.cast.relay.until((mail) => mail.to === list, `the advisory to ${list}`, 60_000);
        return this.#read([ada, ben, rita, dora, dan], /EXSA-\d{4}-\d{3,}/);
    }
  }

  async #report(): Promise<void> {
    const { rita, ada, ben } = this.cast;
    const content = Buffer.from(await rita.exportKey());
    const attachments = [{ filename: 'rita.asc', type: 'application/pgp-keys', content }];
    await this.#say(rita, team, 'a heap overflow', 'The parser overflows.\n\nRita', { attachments });
    await this.#read([rita], firstCase);
    return this.#read([ada, ben], 'The parser overflows.');
  }

  async #reportInClear(): Promise<void> {
    const pat = 'pat@plain.example';
    const text = 'Nothing works.';
    const messageId = 'plain@client.example';
    const mail = plainMail({ from: `Pat <${pat}>`, to: team, subject: 'Another bug', text, messageId });
    await this.#submit(pat, team, mail);
    await this.cast.relay.until(({ to }) => to === pat, 'an acknowledgement to Pat');
    return this.#read([this.cast.ada, this.cast.ben], text);
  }

  async #date(step: Step): Promise<void> {
    const until = Temporal.Now.instant()
      .add({ seconds: this.#embargoSeconds })
      .toZonedDateTimeISO('UTC')
      .round('second');
    const moment = `${until.toPlainDate().toString()} ${until.toPlainTime().toString()} UTC`;
    await this.#say(this.cast.ada, caseAddress, step, `#embargo ${moment} fixes are ready\n`);
    return this.#read([this.cast.ada, this.cast.ben], 'fixes are ready');
  }

  async #approve(by: Gnupg, step: Step): Promise<void> {
    const { text } = await this.cast.read(this.cast.ada, /#approve [0-9a-f]{12,}/);
    const digest = /#approve ([0-9a-f]{12,})/.exec(text)?.[1] ?? '';
    const before = new Set<Relayed>(this.cast.relay.mails);
    await this.#say(by, caseAddress, step, `#approve ${digest}\n`);
    await this.cast.read(this.cast.ada, digest, before);
    await this.cast.read(this.cast.ben, digest, before);
  }
}
