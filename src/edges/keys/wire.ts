/** What goes between the daemon and a key worker: plain data, since a moment in time cannot be cloned across threads. */

import type { Fingerprint } from '../../core/identifiers.ts';
import type { Envelope, Layer, OfferedKey, OpenedMessage, OpenedPart, Signature } from '../../core/message.ts';
import type { Result } from '../../core/result.ts';
import type { KeyFacts } from '../../core/roster/people.ts';
import type { Sealed, Trouble } from '../../flow/ports.ts';
import type { Self } from '../../mail/self.ts';

/* Below, milliseconds since 1970 stand in place of each moment. */

export type PlainEnvelope = Omit<Envelope, 'receivedAt'> & { readonly receivedAt: number };
type PlainSignature = Omit<Signature, 'at'> & { readonly at: number | null };
type Signed = Extract<Layer, { kind: 'signed' }>;
type PlainLayer =
  Exclude<Layer, Signed> | (Omit<Signed, 'signatures'> & { readonly signatures: readonly PlainSignature[] });
type PlainPart = Omit<OpenedPart, 'layers'> & { readonly layers: readonly PlainLayer[] };
type Headers = NonNullable<OpenedMessage['protectedHeaders']>;
type PlainHeaders = Omit<Headers, 'layers'> & { readonly layers?: readonly PlainLayer[] };
export type PlainMessage = Omit<OpenedMessage, 'claims' | 'parts' | 'protectedHeaders'> & {
  readonly protectedHeaders: PlainHeaders | null;
  readonly claims: Omit<OpenedMessage['claims'], 'date'> & { readonly date: number | null };
  readonly parts: readonly PlainPart[];
};
export type PlainFacts = Omit<KeyFacts, 'expiresAt'> & { readonly expiresAt: number | null };

/** Given to each worker when it starts. */
export interface Setup {
  /** ASCII-armored, unlocked; the first is the team's. */
  readonly secret: readonly string[];
  /** ASCII-armored. */
  readonly known: readonly string[];
  readonly self: Self;
  readonly at: number;
}

export type Operation =
  /** `closed`: without decryption, for a mail that was too much for a worker. */
  | { readonly kind: 'open'; readonly envelope: PlainEnvelope; readonly bytes: Uint8Array; readonly closed: boolean }
  | { readonly kind: 'seal'; readonly payload: Uint8Array; readonly readers: readonly Fingerprint[] }
  | { readonly kind: 'sign'; readonly bytes: Uint8Array }
  | { readonly kind: 'sign-text'; readonly text: string }
  /** Of all keys on record, or of these armored ones. */
  | { readonly kind: 'facts'; readonly of: 'record' | readonly string[] }
  | { readonly kind: 'read-keys'; readonly block: Uint8Array; readonly source: OfferedKey['source'] }
  | { readonly kind: 'refresh'; readonly offered: readonly OfferedKey[] };

export interface Task {
  readonly operation: Operation;
  readonly at: number;
  /** Keys learned since the start, from the `from`th on: a worker that lacks earlier ones answers `behind`. */
  readonly learned: { readonly from: number; readonly keys: readonly OfferedKey[] };
}

export type Reply =
  | { readonly kind: 'behind'; readonly taken: number }
  | { readonly kind: 'opened'; readonly message: PlainMessage }
  | { readonly kind: 'sealed'; readonly result: Result<Sealed, Trouble> }
  | { readonly kind: 'signed'; readonly text: string }
  | { readonly kind: 'keys'; readonly keys: readonly OfferedKey[] }
  /** Holds between `from` and `until`. */
  | { readonly kind: 'facts'; readonly facts: readonly PlainFacts[]; readonly from: number; readonly until: number };

const milliseconds = (instant: Temporal.Instant | null): number | null => instant?.epochMilliseconds ?? null;
const instantOf = (at: number): Temporal.Instant => Temporal.Instant.fromEpochMilliseconds(at);
const instantOrNull = (at: number | null): Temporal.Instant | null => (at === null ? null : instantOf(at));

export const plainEnvelope = (envelope: Envelope): PlainEnvelope => ({
  ...envelope,
  receivedAt: envelope.receivedAt.epochMilliseconds,
});

export const envelopeFrom = (plain: PlainEnvelope): Envelope => ({ ...plain, receivedAt: instantOf(plain.receivedAt) });

const plainLayer = (layer: Layer): PlainLayer =>
  layer.kind === 'encrypted'
    ? layer
    : { ...layer, signatures: layer.signatures.map((one) => ({ ...one, at: milliseconds(one.at) })) };

const layerFrom = (layer: PlainLayer): Layer =>
  layer.kind === 'encrypted'
    ? layer
    : { ...layer, signatures: layer.signatures.map((one) => ({ ...one, at: instantOrNull(one.at) })) };

const plainHeaders = ({ layers, ...headers }: Headers): PlainHeaders =>
  layers === undefined ? headers : { ...headers, layers: layers.map(plainLayer) };

const headersFrom = ({ layers, ...headers }: PlainHeaders): Headers =>
  layers === undefined ? headers : { ...headers, layers: layers.map(layerFrom) };

export const plainMessage = (message: OpenedMessage): PlainMessage => ({
  ...message,
  protectedHeaders: message.protectedHeaders === null ? null : plainHeaders(message.protectedHeaders),
  claims: { ...message.claims, date: milliseconds(message.claims.date) },
  parts: message.parts.map((part) => ({ ...part, layers: part.layers.map(plainLayer) })),
});

export const messageFrom = (plain: PlainMessage): OpenedMessage => ({
  ...plain,
  protectedHeaders: plain.protectedHeaders === null ? null : headersFrom(plain.protectedHeaders),
  claims: { ...plain.claims, date: instantOrNull(plain.claims.date) },
  parts: plain.parts.map((part) => ({ ...part, layers: part.layers.map(layerFrom) })),
});

export const plainFacts = (facts: KeyFacts): PlainFacts => ({ ...facts, expiresAt: milliseconds(facts.expiresAt) });
export const factsFrom = (plain: PlainFacts): KeyFacts => ({ ...plain, expiresAt: instantOrNull(plain.expiresAt) });
