/** What the spam filter of one trusted host wrote into a header: only what stands where nobody before that host could write. */

import { plainLine } from '../core/plain-text.ts';
import type { Fields } from './header-fields.ts';

/** The host whose filter is believed. */
export interface SpamFilter {
  /** As it names itself behind `by` in its Received lines, in lower case. */
  readonly host: string;
  /**
   * `above`: what stands above the line with which it took the mail from outside. `below`: what stands right under that
   * line counts too, where Postfix puts what a milter adds; the sender can write there as well, and condemn themselves.
   */
  readonly marks: 'above' | 'below';
}

/** Verdicts of the filters that are met most; that a mail is none proves nothing, and is not looked for. */
const verdicts: ReadonlyMap<string, RegExp> = new Map([
  ['x-spam-flag', /^yes\b/i], // SpamAssassin, amavis
  ['x-spam-status', /^yes\b/i], // SpamAssassin, rspamd
  ['x-spam', /^(yes|true|1)\b/i], // rspamd
  ['x-spamd-result', /^\w+: true\b/i], // rspamd
  ['x-rspamd-action', /^(add header|rewrite subject|quarantine|reject)\b/i],
  ['x-gm-spam', /^1\b/], // Google Workspace
  ['x-gm-phishy', /^1\b/],
  ['x-ms-exchange-organization-scl', /^[5-9]\b/],
  ['x-forefront-antispam-report', /\bSFV:(SPM|SKB|SKS)\b/i],
  ['x-barracuda-spam-flag', /^yes\b/i],
]);

const longest = 80;

/** The first such field in the order of the header, `X-Spam-Flag: YES`; null where the trusted host wrote none. */
export function spamMarkOf({ ordered }: Fields, filter: SpamFilter): string | null {
  const end = trustedEnd(ordered, filter);
  const found = ordered.slice(0, end).find(([name, value]) => verdicts.get(name)?.test(value) === true);
  if (found === undefined) return null;
  const [name, value] = found;
  return plainLine(`${titled(name)}: ${value}`).slice(0, longest);
}

const titled = (name: string): string => name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

/**
 * How many fields from the top are of the trusted host or of relays behind it. Each relay puts its Received line on top
 * (RFC 5321 §4.4), so the first line of that host in which it has taken the mail from outside is its own. Lines in which
 * it took the mail from itself, as from a filter on the same machine, stand above that one.
 */
function trustedEnd(ordered: Fields['ordered'], { host, marks }: SpamFilter): number {
  const lines = ordered.flatMap(([name, value], index) =>
    name === 'received' && takenBy(value) === host ? [index] : [],
  );
  const line = lines.find((index) => !isFromItself(ordered[index]?.[1] ?? '')) ?? lines.at(-1);
  if (line === undefined) return 0;
  if (marks === 'above') return line;
  const next = ordered.findIndex(([name], index) => index > line && name === 'received');
  return next === -1 ? ordered.length : next;
}

/** What stands in parentheses is words for people (RFC 5322 §3.2.2). */
function withoutComments(value: string): string {
  let depth = 0;
  let rest = '';
  for (const letter of value) {
    if (letter === '(') depth += 1;
    else if (letter === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) rest += letter;
  }
  return rest;
}

/** The host behind `by`, which comes first or right after `from NAME`; null where there is none. */
function takenBy(value: string): string | null {
  const [, host] = /^\s*(?:from\s+\S+\s+)?by\s+([^\s;]+)/i.exec(withoutComments(value)) ?? [];
  return host?.toLowerCase().replace(/\.$/, '') ?? null;
}

/** True where the line names addresses of the machine itself and no other before `by`. */
function isFromItself(value: string): boolean {
  const from = value.slice(0, Math.max(0, value.search(/\bby\s/i)));
  const four = from.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [];
  const six = from.match(/\[(?:ipv6:)?[0-9a-f]*:[0-9a-f:.]+\]/gi) ?? [];
  return four.length + six.length > 0 && four.every((each) => each.startsWith('127.')) && six.every(isLoopback);
}

const isLoopback = (address: string): boolean => /^\[(?:ipv6:)?(?:::1|::ffff:127\.[\d.]+)\]$/i.test(address);
