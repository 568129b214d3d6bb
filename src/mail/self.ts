/** What opening a mail needs to know of us: enough to recognise our own mail when it comes back. */

import type { Address } from '../core/identifiers.ts';
import type { Limits } from './limits.ts';
import type { SpamFilter } from './spam-mark.ts';

export interface Self {
  /** The team's address and our lists', without detail. */
  readonly addresses: readonly Address[];
  /** Between local part and detail, `+` (RFC 5233). */
  readonly delimiter: string;
  readonly limits: Limits;
  /** Absent where no filter is believed. */
  readonly spamFilter?: SpamFilter;
}

/** Where one of our mails came from, as its envelope has it: bounces go there, and what answers without looking. */
export function isReturnPath(address: Address, { addresses, delimiter }: Self): boolean {
  return addresses.some((ours) => {
    const at = ours.lastIndexOf('@');
    return address.startsWith(`${ours.slice(0, at)}${delimiter}b-`) && address.endsWith(ours.slice(at));
  });
}

/** Is this one of our addresses: itself, with a detail, or a list's `-request`, `-owner`, `-bounces`, `-sendkey`? */
export function isOurs(address: Address, self: Self): boolean {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  return self.addresses.some((ours) => {
    const split = ours.lastIndexOf('@');
    if (ours.slice(split) !== address.slice(at)) return false;
    const name = ours.slice(0, split);
    if (local === name || (self.delimiter !== '' && local.startsWith(name + self.delimiter))) return true;
    return (
      local.startsWith(`${name}-`) && ['request', 'owner', 'bounces', 'sendkey'].includes(local.slice(name.length + 1))
    );
  });
}
