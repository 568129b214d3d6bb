/** Mails as they come out of the opening, and the truth about each: who wrote it, to whom, and what it says of itself. */

import type { Address, CaseId, MailId, MessageId, Sha256 } from '../../src/core/identifiers.ts';
import { caseAddress } from '../../src/core/cases/addressing.ts';
import { parseAddress, parseMessageId, parseSha256 } from '../../src/core/identifiers.ts';
import type {
  Envelope,
  Layer,
  OfferedKey,
  OpenedMessage,
  OpenedPart,
  Signature,
  Verdict,
} from '../../src/core/message.ts';
import { lists, ownKey, type Player, sure, team } from './cast.ts';
import type { MailMove } from './moves.ts';
import type { World } from './world.ts';

/** What a mail is to be; `move` says how it is sent. */
export interface Plan {
  readonly move: Omit<MailMove, 'writer' | 'pretends' | 'about' | 'lines' | 'cosigner' | 'words'>;
  readonly writer: Player;
  readonly from: Player;
  readonly cosigner: Player | null;
  readonly about: CaseId | null;
  /** A second case, for mails that contradict themselves. */
  readonly other: CaseId | null;
  readonly text: string;
  readonly subject: string;
  /** The latest mail of the thread that the writer has; null for none. */
  readonly answers: MessageId | null;
  /** An earlier signature of the writer. */
  readonly spent: Sha256 | null;
  /** The list whose door it goes to; the first one where it says nothing. */
  readonly list?: Address;
  /** A key that is enclosed under the signatures. */
  readonly encloses?: OfferedKey;
}

/** The truth about a mail, which the program does not have. */
export interface Written {
  readonly id: MailId;
  readonly messageId: MessageId;
  readonly writer: Player;
  readonly from: Address;
  /** Whose good signatures are on its text. */
  readonly signed: readonly Player[];
  /** The same, but nobody where anything about the signatures is wrong. */
  readonly signers: readonly Player[];
  /** True where they are on its attachments too. */
  readonly whole: boolean;
  readonly encrypted: boolean;
  /** To the coordinators only, by its address or by what it says. */
  readonly narrow: boolean;
  /** The stakeholder list whose door it came to. */
  readonly list: Address | null;
  /** Cases that the address, the protected Subject and the thread name. */
  readonly cases: ReadonlySet<CaseId>;
  readonly commands: boolean;
  readonly text: string;
  /** What of it is said beside commands: all below the first blank line. */
  readonly words: string;
  readonly subject: string;
  /** Numbers of cases in its Subjects, and in its first line. */
  readonly tags: string;
  readonly signature: Sha256;
}

const covered = (number: number): Sha256 => sure(parseSha256(number.toString(16).padStart(64, 'a')));
const digestOf = (mail: MailId): Sha256 => sure(parseSha256(mail.replace(/^00/, 'bb')));

const verdicts: { readonly [Each in MailMove['signature']]?: Verdict } = {
  bad: 'bad',
  weak: 'weak',
  unknown: 'unknown-key',
};

/** What comes there is for those whom its signature names: a person's words to a return path are read, and what is encrypted to the address that gives the key. */
const likeTeam: ReadonlySet<string> = new Set(['team', 'case', 'bounces', 'send-key']);

function signatureBy(who: Player, plan: Plan, world: World, digest: Sha256): Signature {
  const { signature } = plan.move;
  const key = world.key(who.own);
  const verdict = verdicts[signature] ?? (key === null ? 'unknown-key' : key.usable ? 'good' : 'expired');
  const at = world.now.subtract({ minutes: signature === 'old' ? 6000 : signature === 'early' ? -100 : 3 });
  return {
    verdict,
    key: verdict === 'unknown-key' ? null : who.own,
    at,
    digest: signature === 'replayed' && plan.spent !== null ? plan.spent : digest,
  };
}

const listOf = ({ list = lists.distros }: Plan): Address => list;

function recipientOf(plan: Plan): Address {
  const { move, about } = plan;
  const home = team.address.replace('@', '+X@');
  switch (move.door) {
    case 'case':
    case 'case-team': {
      const to = about === null ? team.address : caseAddress(about, team);
      return sure(parseAddress(move.door === 'case' || about === null ? to : to.replace('@', '-team@')));
    }
    case 'list':
      return listOf(plan);
    case 'list-request':
      return sure(parseAddress(listOf(plan).replace('@', '-request@')));
    case 'send-key':
      return sure(parseAddress(team.address.replace('@', '-sendkey@')));
    case 'bounces':
      return sure(parseAddress(home.replace('X', 'b-deadbeef')));
    case 'team':
      return team.address;
  }
}

function tagged(plan: Plan, inside: boolean): string {
  const { about, other, subject, move } = plan;
  const tag = (id: CaseId | null): string => (id === null ? '' : `[${id}] `);
  if (move.named === 'both') return `${tag(about)}${tag(other)}${subject}`;
  if (move.named === 'other') return `${tag(other)}${subject}`;
  return (move.named === 'subject' && inside) || (move.named === 'outside' && !inside)
    ? `${tag(about)}${subject}`
    : subject;
}

/** The key in somebody's hands. `claims`: an address that it names beside theirs. */
export const offered = (who: Player, claims: Address = who.address): OfferedKey => ({
  fingerprint: who.own,
  addresses: [...new Set([...ownKey(who).addresses, claims])],
  armored: 'the key',
  source: 'attachment',
});

function partsOf(plan: Plan, layers: readonly Layer[], outer: readonly Layer[]): readonly OpenedPart[] {
  const part = (path: string, over: Partial<OpenedPart>): OpenedPart => ({
    path,
    type: 'text/plain',
    filename: null,
    contentId: null,
    role: 'body',
    content: new Uint8Array(),
    sha256: covered(3),
    text: null,
    layers,
    ...over,
  });
  const text = `${plan.move.named === 'line' && plan.about !== null ? `#case ${plan.about}\n` : ''}${plan.text}`;
  const enclosed = plan.encloses === undefined ? [] : [part('9', { type: 'application/pgp-keys', role: 'control' })];
  const files = Array.from({ length: plan.move.attachments }, (_, index) =>
    part(String(index + 2), {
      type: 'application/octet-stream',
      role: 'attachment',
      filename: `file-${index}.patch`,
      layers: plan.move.signature === 'partly' ? outer : layers,
    }),
  );
  return [part('1', { text }), ...files, ...enclosed];
}

/** The mail as `plan` says, and the truth about it. */
export function written(plan: Plan, world: World): { envelope: Envelope; message: OpenedMessage; truth: Written } {
  const { move, writer, from, cosigner } = plan;
  const id = world.nextMail;
  const messageId = sure(parseMessageId(`${id.slice(-8)}@${from.address.replace(/^.*@/, '')}`));
  const encrypting: readonly Layer[] = move.encrypted ? [{ kind: 'encrypted', to: [] }] : [];
  const signing = move.signature === 'none' ? [] : [writer, ...(cosigner === null ? [] : [cosigner])];
  const signatures = [...new Set(signing)].map((who, index) =>
    signatureBy(who, plan, world, index === 0 ? digestOf(id) : covered(1000 + Number(`0x${id.slice(-8)}`))),
  );
  const layers =
    signatures.length === 0 ? encrypting : [...encrypting, { kind: 'signed', signatures, text: covered(1) } as const];
  const parts = partsOf(plan, layers, encrypting);
  const made = { id, messageId, signatures, parts, layers, isProtected: layers.length > 0 };
  const message = openedOf(plan, world, made);
  const envelope: Envelope = {
    via: 'smtp',
    sender: writer.address,
    nullSender: move.traffic === 'bounce',
    recipient: recipientOf(plan),
    peer: null,
    tls: true,
    receivedAt: world.now,
  };
  return { envelope, message, truth: truthOf(plan, world, made) };
}

/** The mail as it is when opened. */
function openedOf(plan: Plan, { now }: World, { messageId, layers, parts, isProtected }: Made): OpenedMessage {
  const { move, writer, from, about, answers } = plan;
  const outside = move.named === 'outside' && about !== null ? `[${about}] ...` : '...';
  return {
    claims: {
      from: [{ name: from.name, address: from.address }],
      replyTo: [],
      to: [],
      cc: [],
      messageId,
      inReplyTo: answers === null ? [] : [answers],
      references: [],
      date: now,
      subject: isProtected ? outside : tagged(plan, false),
    },
    protectedHeaders: isProtected ? { subject: tagged(plan, true), from: [], layers } : null,
    traffic: trafficOf(plan),
    opened: move.traffic !== 'closed',
    failure: move.traffic === 'closed' ? 'no-key' : null,
    encryptedTo: [],
    parts: move.traffic === 'closed' ? [] : parts,
    offeredKeys: [
      ...(move.offersKey ? [offered(writer)] : []),
      ...(plan.encloses === undefined ? [] : [{ ...plan.encloses, part: '9' }]),
    ],
    ...(move.traffic === 'spam' ? { spamMark: 'X-Spam-Flag: YES' } : {}),
  };
}

function trafficOf({ move, writer, from }: Plan): OpenedMessage['traffic'] {
  if (move.traffic === 'doubtful') return { kind: 'auto-reply', why: 'mailing list', doubtful: true };
  if (move.traffic === 'loop') return { kind: 'loop', doubtful: true };
  if (move.traffic === 'auto-reply' || !writer.human)
    return move.traffic === 'auto-reply'
      ? { kind: 'auto-reply', why: 'vacation' }
      : { kind: 'person', quiet: 'a program' };
  if (move.traffic === 'bounce')
    return { kind: 'bounce', bounce: { recipients: [from.address], permanent: true, status: '5.1.1' } };
  return move.traffic === 'quiet' ? { kind: 'person', quiet: 'a list' } : { kind: 'person' };
}

interface Made {
  readonly id: MailId;
  readonly messageId: MessageId;
  readonly signatures: readonly Signature[];
  readonly parts: readonly OpenedPart[];
  readonly layers: readonly Layer[];
  readonly isProtected: boolean;
}

function truthOf(plan: Plan, world: World, { id, messageId, signatures, parts, isProtected }: Made): Written {
  const { move, writer, from, cosigner, about, other, answers, text, subject } = plan;
  const signing = [writer, ...(cosigner === null ? [] : [cosigner])];
  const signed = signing.filter(({ own }) => signatures.some(({ verdict, key }) => verdict === 'good' && key === own));
  const signers = signatures.every(({ verdict }) => verdict === 'good') ? signed : [];
  const whole = move.signature !== 'partly' || parts.length === 1;
  const named = [
    ...(move.door === 'case' || move.door === 'case-team' ? [about] : []),
    ...(move.named === 'line' && signers.length > 0 && whole ? [about] : []),
    ...(isProtected && (move.named === 'subject' || move.named === 'both') ? [about] : []),
    ...(isProtected && (move.named === 'other' || move.named === 'both') ? [other] : []),
  ].filter((each) => each !== null);
  const widened = text.match(/^#(internal|reply)\b/gm)?.at(-1);
  const commands = /^#(?!case|dry|stop|end)\p{L}/mu.test(text);
  const answered = answers === null ? [] : [...(world.threads.get(answers) ?? [])];
  return {
    id,
    messageId,
    writer,
    from: from.address,
    signed,
    signers,
    whole,
    encrypted: move.encrypted,
    list: move.door === 'list' || move.door === 'list-request' ? listOf(plan) : null,
    narrow: widened === undefined ? !likeTeam.has(move.door) : widened !== '#reply',
    cases: new Set([...named, ...answered]),
    commands,
    text,
    words: commands ? text.slice(text.indexOf('\n\n') < 0 ? text.length : text.indexOf('\n\n')) : text,
    subject,
    tags: [isProtected ? tagged(plan, true) : '', tagged(plan, false), move.named === 'line' ? (about ?? '') : ''].join(
      ' ',
    ),
    signature: digestOf(id),
  };
}
