/** The addresses that hang on a stakeholder list: `distros-request@example.org`, where it takes commands, and `distros-owner@`. */

import type { Address } from '../identifiers.ts';

/** In lower case, like every address. */
export function listDetail(list: Address, detail: 'request' | 'owner'): string {
  const at = list.lastIndexOf('@');
  return `${list.slice(0, at)}-${detail}${list.slice(at)}`;
}
