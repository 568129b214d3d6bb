/** Says a text in a mail to the team, as the flow would hear it, and tells what came of it. */

import type { Context } from '../../../src/core/cases/context.ts';
import type { Letter } from '../../../src/core/cases/effects.ts';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import { incomingOf } from '../../../src/core/cases/incoming.ts';
import type { CaseState } from '../../../src/core/cases/state.ts';
import { authorise, type AuthorityFacts, type Spoken } from '../../../src/core/commands/authority.ts';
import { decide, type Decision } from '../../../src/core/commands/decide.ts';
import { situationOf } from '../../../src/core/commands/situation.ts';
import type { Situation } from '../../../src/core/commands/verb.ts';
import { refused, transcript } from '../../../src/core/commands/transcript.ts';
import { type Address, parseKeyId, parseMailId, parseMessageId, type Sha256 } from '../../../src/core/identifiers.ts';
import type { Layer, OfferedKey, OpenedMessage, OpenedPart, Signature } from '../../../src/core/message.ts';
import { sure, hex, now, theCase, type Name, keyOf, addressOf, team, context, ready } from './desk.ts';

export interface Mail {
  readonly by?: readonly Name[];
  readonly from?: readonly Address[];
  readonly subject?: string | null;
  readonly encrypted?: boolean;
  readonly signatures?: readonly Partial<Signature>[];
  readonly addressed?: boolean;
  /** The list whose `LIST-request@` it came to. */
  readonly list?: Address;
  readonly protectedTo?: readonly Address[];
  readonly seen?: readonly Sha256[];
  readonly context?: Partial<Context>;
  readonly parts?: (good: OpenedPart) => readonly OpenedPart[];
  readonly headersSigned?: boolean;
  readonly offered?: readonly OfferedKey[];
}

export const signed = (by: Name, more: Partial<Signature> = {}): Signature => ({
  verdict: 'good',
  key: keyOf(by),
  at: now.subtract({ minutes: 5 }),
  digest: hex(`signature of ${by}`),
  ...more,
});

export const part = (text: string, layers: readonly Layer[], more: Partial<OpenedPart> = {}): OpenedPart => ({
  path: '1',
  type: 'text/plain',
  filename: null,
  contentId: null,
  role: 'body',
  content: new Uint8Array(),
  sha256: hex('part'),
  text,
  layers,
  ...more,
});

export const encryptedLayer: Layer = { kind: 'encrypted', to: [sure(parseKeyId('00000000000000AA'))] };

/** A mail as it comes out of the opening: by default encrypted, signed by Ada, the case in the protected Subject. */
export function opened(text: string, mail: Mail = {}): OpenedMessage {
  const by = mail.by ?? ['ada'];
  const signatures = mail.signatures?.map((each) => signed(by[0] ?? 'ada', each)) ?? by.map((name) => signed(name));
  const protects: readonly Layer[] = mail.encrypted === false ? [] : [encryptedLayer];
  const layer: Layer = { kind: 'signed', signatures, text: hex('covered') };
  const layers = signatures.length === 0 ? protects : [...protects, layer];
  const good = part(text, layers);
  const subject = mail.subject === undefined ? `[${theCase}] Crash` : mail.subject;
  return {
    claims: {
      from: (mail.from ?? [addressOf(by[0] ?? 'ada')]).map((each) => ({ name: null, address: each })),
      replyTo: [],
      to: [],
      cc: [],
      messageId: parseMessageId('mail@example.org'),
      inReplyTo: [],
      references: [],
      date: now,
      subject: '...',
    },
    protectedHeaders: {
      subject,
      from: [],
      to: (mail.protectedTo ?? []).map((each) => ({ name: null, address: each })),
      layers: mail.headersSigned === false ? protects : layers,
    },
    traffic: { kind: 'person' },
    opened: true,
    failure: null,
    encryptedTo: [],
    parts: mail.parts?.(good) ?? [good],
    offeredKeys: mail.offered ?? [],
  };
}

export interface Heard {
  readonly spoken: readonly Spoken[];
  /** Null where nothing was obeyed. */
  readonly decision: Decision | null;
  readonly letters: readonly Letter[];
  /** Everything that was answered, as one text. */
  readonly answer: string;
  readonly events: readonly CaseEvent[];
  /** Who spoke, as a command would be told; null where nobody was heard. */
  readonly situation: Situation | null;
}

/** A mail with this text is judged and decided as the flow does it. */
export function say(text: string, state: CaseState | null, mail: Mail = {}): Heard {
  const message = opened(text, { ...(state === null ? { subject: null } : {}), ...mail });
  const told: Context = { ...context, cases: state === null ? [] : [state], ...mail.context };
  const judged: AuthorityFacts = {
    ...told,
    state,
    seen: new Set(mail.seen ?? []),
    addressed: mail.addressed === false ? null : (state?.id ?? null),
    addressedList: mail.list ?? null,
  };
  const spoken = authorise(message, judged);
  const envelope = {
    via: 'smtp',
    sender: null,
    nullSender: false,
    recipient: team.address,
    peer: null,
    tls: true,
    receivedAt: now,
  } as const;
  const incoming = incomingOf({ id: sure(parseMailId(hex('this mail'))), envelope }, message, spoken, state, told);
  const [first] = spoken;
  const decision = first === undefined || first.refusal !== null ? null : decide(first, incoming, state, told);
  const letters =
    first === undefined
      ? []
      : decision === null
        ? refused(first, incoming, told)
        : transcript(decision, first, incoming, told);
  const answer =
    decision?.results.flatMap((each) => [...each.says, each.instead ?? '']).join('\n') ??
    JSON.stringify(letters[0]?.facts ?? null);
  const situation = first === undefined ? null : situationOf(first, incoming, state, told);
  return { spoken, decision, letters, answer, events: decision?.events.map(({ event }) => event) ?? [], situation };
}

/** The kinds of the events that a text brings about. */
export const types = (text: string, state: CaseState = ready, mail: Mail = {}) =>
  say(text, state, mail).events.map(({ type }) => type);
