/** The story that the sandbox plays: one embargo from encrypted report to signed advisories, told step by step. */

import { type Address, type CaseId, parseAddress, parseCaseId } from '../core/identifiers.ts';
import type { MailClient, ReadMail } from './client.ts';
import type { TurnableClock } from './clock.ts';
import type { Mailboxes } from './mailboxes.ts';

/** What the story is played on. */
export interface Stage {
  readonly clock: TurnableClock;
  readonly mailboxes: Mailboxes;
  readonly clients: ReadonlyMap<string, MailClient>;
  /** Lets the daemon look at what is due, as its tick would. */
  tick(): void;
}

export interface Step {
  readonly title: string;
  /** What happened, a sentence a line. */
  readonly told: readonly string[];
  /** The mail that shows it, as its reader sees it; null where there is none. */
  readonly shows: { readonly reader: string; readonly mail: ReadMail } | null;
}

const patience = 30;

const patch = `--- a/parser/header.c
+++ b/parser/header.c
@@ -118,2 +118,4 @@
+    if (length > sizeof(buffer))
+        return -EMSGSIZE;
     memcpy(buffer, header, length);
`;

class Player {
  readonly #stage: Stage;
  readonly #read = new Map<string, ReadMail>();
  #case: CaseId | null = null;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  client(id: string): MailClient {
    const client = this.#stage.clients.get(id);
    if (client === undefined) throw new Error(`${id} is not in the cast`);
    return client;
  }

  /** The first mail to this person that is not yet read by the story and matches. */
  async next(id: string, words: RegExp): Promise<{ readonly reader: string; readonly mail: ReadMail }> {
    const client = this.client(id);
    let found: ReadMail | null = null;
    await this.#stage.mailboxes.until(async (delivered) => {
      const name = `${id}/${delivered.number}`;
      if (delivered.to !== client.person.address || this.#read.has(name)) return false;
      const mail = await client.read(delivered);
      if (!words.test(`${mail.subject}\n${mail.text}`)) return false;
      this.#read.set(name, mail);
      found = mail;
      return true;
    }, patience);
    if (found === null) throw new Error('unreachable');
    return { reader: client.person.name, mail: found };
  }

  get case(): CaseId {
    if (this.#case === null) throw new Error('no case yet');
    return this.#case;
  }

  learnCase({ mail }: { readonly mail: ReadMail }): void {
    this.#case = parseCaseId(/[A-Z]+-\d{4}-\d{4,}/.exec(mail.text)?.[0] ?? '');
  }

  get address(): Address {
    const address = parseAddress(`security+${this.case}@example.org`);
    if (address === null) throw new Error('the case address is well-formed');
    return address;
  }

  async say(
    id: string,
    subject: string,
    text: string,
    file?: { readonly name: string; readonly content: string },
  ): Promise<void> {
    const attachments =
      file === undefined ? [] : [{ filename: file.name, type: 'text/x-patch', content: Buffer.from(file.content) }];
    await this.client(id).send({ to: this.address, subject: `[${this.case}] ${subject}`, text, attachments });
  }
}

/** The Tuesday of the week after next, 15:00 UTC: a day that the usual policy likes. */
function disclosureDay(now: Temporal.Instant): Temporal.ZonedDateTime {
  const today = now.toZonedDateTimeISO('UTC');
  const ahead = 14 - today.dayOfWeek + 2;
  return today.add({ days: ahead }).withPlainTime('15:00');
}

async function report(player: Player): Promise<Step> {
  const rita = player.client('rita');
  await rita.send({
    to: player.client('team').person.address,
    subject: 'Heap overflow in the header parser',
    text: 'Hello,\n\na header longer than 64 kB overflows a buffer in parser/header.c; proof attached.\nVersions 27.0.0 to 28.1.0 are affected.\n\nRita\n',
    attachments: [
      { filename: 'crash.bin', type: 'application/octet-stream', content: Buffer.alloc(70_000, 0x41) },
      { filename: 'rita.asc', type: 'application/pgp-keys', content: Buffer.from(rita.person.publicKey) },
    ],
  });
  const shows = await player.next('rita', /[A-Z]+-\d{4}-\d{4}/);
  player.learnCase(shows);
  return {
    title: 'An encrypted report arrives',
    told: [
      `Rita writes to security@example.org, encrypted. It becomes ${player.case}.`,
      'She is answered at once, signed, and encrypted to the key that she attached.',
    ],
    shows,
  };
}

async function copies(player: Player): Promise<Step> {
  const shows = await player.next('ada', /header parser/);
  await player.next('ben', /header parser/);
  return {
    title: 'The coordinators have it',
    told: [
      'Ada and Ben each get a copy, encrypted to them alone, attachments intact.',
      'Outside, the Subject is only the case tag.',
    ],
    shows,
  };
}

const triageText = `#confirm
#title "Heap overflow in the header parser"
#describe
A header longer than 64 kB overflows a buffer of the parser. Whoever can
send a request can crash the service, and may run code in it.
#end
#affects nova ">=27.0.0 <28.1.1"
#fixed nova 28.1.1
#link https://review.example.org/c/4711 patch master
#link https://bugs.example.org/4711 bug
#credit "Rita Reporter" rita@research.example "Example Research"
#cve CVE-2026-12345
`;

async function triage(player: Player): Promise<Step> {
  await player.say('ada', 'triage', triageText);
  const shows = await player.next('ada', /CVE-2026-12345/);
  return {
    title: 'Triage, by signed mail',
    told: [
      'Ada writes nine commands into one signed and encrypted mail. All of them run, or none.',
      'The answer says what was understood, and what would come next.',
    ],
    shows,
  };
}

async function expert(player: Player): Promise<Step> {
  await player.say('ada', 'an expert', '#invite eve@example.org\n');
  await player.next('eve', /#accept/);
  await player.say('eve', 'terms', '#accept\n');
  const shows = await player.next('eve', /header/i);
  await player.say('eve', 'the fix', '#patch master\n\nThis is the fix; it applies to 27 and 28.\n', {
    name: 'fix.patch',
    content: patch,
  });
  await player.next('ben', /it applies to 27 and 28/);
  return {
    title: 'An expert joins',
    told: [
      'Eve gets the terms first, and the case once she has accepted them by a signed mail.',
      'She sends the fix, which goes to everyone on the case.',
    ],
    shows,
  };
}

async function schedule(player: Player, day: Temporal.ZonedDateTime): Promise<Step> {
  await player.say(
    'ben',
    'date',
    `#embargo ${day.toPlainDate().toString()} 15:00 UTC fixes are ready, downstream needs a week\n`,
  );
  const shows = await player.next('ben', /Line 1: +#embargo/);
  return {
    title: 'The embargo gets its end',
    told: [`Ben sets ${day.toPlainDate().toString()}, 15:00 UTC. The answer names every clock that counts.`],
    shows,
  };
}

async function approve(player: Player): Promise<Step> {
  await player.say('ada', 'draft', '#draft\n');
  const drafted = await player.next('ada', /Line 1: +#draft/);
  const digest = /#approve ([0-9a-f]{12,})/.exec(drafted.mail.text)?.[1] ?? '';
  await player.say('ada', 'approved', `#approve ${digest}\n`);
  await player.next('ada', /Line 1: +#approve/);
  await player.say('ben', 'approved', `#approve ${digest}\n`);
  await player.next('ben', /Line 1: +#approve/);
  return {
    title: 'Two people approve the exact text',
    told: [
      'Ada asks for the draft; she and Ben each sign for its digest. Change a comma, and both approvals are void.',
    ],
    shows: drafted,
  };
}

async function notify(player: Player): Promise<Step> {
  await player.say('ada', 'downstream', '#notify distros@example.org\n');
  const shows = await player.next('dora', /header parser/);
  await player.next('dan', /header parser/);
  return {
    title: 'Distributors are told ahead',
    told: ['Dora and Dan each get the notice with the patch, encrypted to them alone. Neither learns of the other.'],
    shows,
  };
}

async function rehearse(player: Player): Promise<Step> {
  await player.say('ben', 'rehearsal', '#rehearse\n');
  const shows = await player.next('ben', /WAS REHEARSED/);
  return {
    title: 'The whole day, to nobody',
    told: [
      'Ben has disclosure day rehearsed: every mail and file of it is built, signed and encrypted, and none is sent.',
      'The report says what would fail on that day. A day ahead it comes by itself.',
    ],
    shows,
  };
}

async function disclose(player: Player, day: Temporal.ZonedDateTime, stage: Stage): Promise<Step> {
  stage.clock.turn(day.toInstant().add({ seconds: 1 }));
  stage.tick();
  const shows = await player.next('oss', /Heap overflow/);
  await player.next('announce', /Heap overflow/);
  await player.next('rita', /EXSA/);
  return {
    title: 'Disclosure day',
    told: [
      `The clock is turned to ${day.toPlainDate().toString()}, 15:00 UTC.`,
      'The approved advisory goes, signed, to oss-security and to the announcement list, and onto the public site. Everyone on the case is told.',
    ],
    shows,
  };
}

/** Plays the whole story; each step is told once its mails have arrived. Throws where one does not come. */
export async function* play(stage: Stage): AsyncGenerator<Step, void, void> {
  const player = new Player(stage);
  const day = disclosureDay(stage.clock.now());
  yield await report(player);
  yield await copies(player);
  yield await triage(player);
  yield await expert(player);
  yield await schedule(player, day);
  yield await notify(player);
  yield await approve(player);
  yield await rehearse(player);
  yield await disclose(player, day, stage);
}
