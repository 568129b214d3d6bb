/** Reads from a mailbox's mail what its SMTP envelope must have been: the delivering server writes it into the header section. */

import type { Address } from '../core/identifiers.ts';
import { parseAddress } from '../core/identifiers.ts';

/** Of the delivering server first, then of the author; RFC 5321 §4.4 for Return-Path, the others by custom. */
const recipientFields = ['delivered-to', 'x-original-to', 'envelope-to', 'to', 'cc'] as const;

/** Longest header section that is looked into, bytes. */
const headBytes = 256 * 1024;

/** Unfolded field bodies by lower-case name, in order. */
function readFields(bytes: Uint8Array): ReadonlyMap<string, readonly string[]> {
  const text = Buffer.from(bytes.subarray(0, headBytes)).toString('utf8');
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const fields = new Map<string, string[]>();
  for (const line of text
    .slice(0, end)
    .replaceAll(/\r?\n[ \t]/g, ' ')
    .split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const bodies = fields.get(name) ?? [];
    bodies.push(line.slice(colon + 1).trim());
    fields.set(name, bodies);
  }
  return fields;
}

const addressesIn = (text: string): readonly Address[] =>
  text
    .split(/[\s<>,;"()]+/)
    .map(parseAddress)
    .filter((address) => address !== null);

export interface ImapEnvelope {
  readonly recipient: Address;
  readonly sender: Address | null;
  readonly nullSender: boolean;
}

/**
 * Which of our addresses a mail came to: the first field that names one decides, and in it an address of more detail
 * than the team's own; the team's where none does.
 */
export function imapEnvelope(bytes: Uint8Array, accepts: (address: Address) => boolean, team: Address): ImapEnvelope {
  const fields = readFields(bytes);
  const ours = recipientFields
    .map((name) => (fields.get(name) ?? []).flatMap(addressesIn).filter((address) => accepts(address)))
    .find((addresses) => addresses.length > 0);
  const returnPath = fields.get('return-path')?.[0] ?? null;
  return {
    recipient: ours?.find((address) => address !== team) ?? team,
    sender: returnPath === null ? null : (addressesIn(returnPath)[0] ?? null),
    nullSender: returnPath === '<>',
  };
}
