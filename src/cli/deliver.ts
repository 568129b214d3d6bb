/** `deliver`: takes one mail as from an MTA's pipe; says yes only once it is kept, and otherwise that it be tried later. */

import type { Readable } from 'node:stream';
import { type Address, parseAddress } from '../core/identifiers.ts';
import type { Configuration } from '../edges/config/configuration.ts';
import type { Envelope } from '../core/message.ts';
import { receiver } from '../flow/receive.ts';
import type { Assembly, ExitCode } from './assembly.ts';
import { type Call, type Subcommand, withAssembly } from './call.ts';

interface DeliverOptions {
  readonly sender?: string;
  readonly recipient?: string;
}

const usualBytes = 52_428_800;

const mostBytes = ({ intake }: Configuration): number =>
  intake.smtp?.maxMessageBytes ?? intake.lmtp?.maxMessageBytes ?? intake.imap?.maxMessageBytes ?? usualBytes;

/** All of standard input, or null once it is longer than `most` bytes. */
async function readMail(stdin: NodeJS.ReadableStream, most: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin as Readable) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > most) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Some MTAs put an mbox line in front and end lines with a bare LF; a mail as kept has neither. RFC 5322 §2.1. */
function asSent(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replace(/^From [^\n]*\n/, '');
  return Buffer.from(text.replaceAll(/\r?\n/g, '\r\n'), 'latin1');
}

/** From options, else from what Postfix and Exim put into the environment; null for what is no address. */
function envelopeOf(options: DeliverOptions, call: Call, { configuration, workings }: Assembly): Envelope | null {
  const { environment } = call.terminal;
  const written = options.recipient ?? environment['ORIGINAL_RECIPIENT'] ?? environment['RECIPIENT'];
  const recipient: Address | null = written === undefined ? configuration.team.address : parseAddress(written);
  const sender = options.sender ?? environment['SENDER'];
  if (recipient === null) return null;
  return {
    via: 'stdin',
    sender: sender === undefined ? null : parseAddress(sender),
    nullSender: sender === '' || sender === '<>' || sender === 'MAILER-DAEMON',
    recipient,
    peer: null,
    tls: false,
    receivedAt: workings.clock.now(),
  };
}

async function keep(options: DeliverOptions, call: Call, assembly: Assembly): Promise<ExitCode> {
  const envelope = envelopeOf(options, call, assembly);
  if (envelope === null) {
    call.terminal.say('embargod: the recipient is not a mail address');
    return 2;
  }
  const most = mostBytes(assembly.configuration);
  const mail = await readMail(call.terminal.stdin, most);
  if (mail === null) {
    call.terminal.say(`embargod: the mail is larger than ${most} bytes (intake: maxMessageBytes)`);
    return 1;
  }
  if (mail.length === 0) {
    call.terminal.say('embargod: there is no mail on standard input');
    return 1;
  }
  const receive = receiver(assembly.store, assembly.workings.log, () => undefined);
  const kept = await receive(envelope, asSent(mail));
  if (kept.ok) return 0;
  call.terminal.say(`embargod: ${kept.problem.why}; try again later`);
  return 75;
}

export const deliver: Subcommand = (program, call) =>
  program
    .command('deliver')
    .summary("take one mail from an MTA's pipe")
    .description(
      'Takes one mail on standard input. Exits 0 only once it is kept on disk, 75 where it should be tried later\n' +
        '(also where the configuration is wrong: a report must not bounce for that), 1 where it is too large or empty.\n' +
        'The running daemon handles it within a second; otherwise the next one that starts.',
    )
    .option('--sender <address>', 'envelope sender, empty for a bounce (default: $SENDER)')
    .option(
      '--recipient <address>',
      "which of our addresses it came to (default: $ORIGINAL_RECIPIENT, $RECIPIENT, the team's)",
    )
    .addHelpText(
      'after',
      '\nExample, in Postfix master.cf:\n' +
        '  embargod unix - n n - 4 pipe flags=q user=embargod\n' +
        '    argv=/usr/local/bin/embargod deliver --sender ${sender} --recipient ${original_recipient}',
    )
    .action(async (options: DeliverOptions) => {
      const code = await withAssembly(call, (assembly) => keep(options, call, assembly), {
        unlocked: false,
        otherwise: 75,
      }).catch((error: unknown) => {
        // An MTA takes any other status for a verdict on the mail, and a report would bounce for a fault of this machine.
        call.terminal.say(`embargod: ${error instanceof Error ? error.message : String(error)}; try again later`);
        return 75 as const;
      });
      return call.finish(code);
    });
