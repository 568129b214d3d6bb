/** Can the public follow the links of an advisory? */

import type { Weight } from './findings.ts';

export type LinkFault = 'malformed' | 'password' | 'internal' | 'insecure' | 'twice';

export const namesOfLinkFaults: {
  readonly [Fault in LinkFault]: { readonly weight: Weight; readonly says: string };
} = {
  malformed: { weight: 'fails', says: 'it is no web address' },
  password: { weight: 'fails', says: 'it names a user or a password, which would be public' },
  internal: { weight: 'fails', says: 'its host is not on the public Internet, and its name would be public' },
  insecure: { weight: 'beware', says: 'it is not https' },
  twice: { weight: 'beware', says: 'the same page is linked twice' },
};

/** Names that no public name server answers for (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
const inHouse = /(^|\.)(localhost|local|internal|intranet|lan|corp|home|private|test|invalid|home\.arpa)$/;

/** Of private use, of this host or of this link (RFC 1918, RFC 6598, RFC 3927; RFC 4193, RFC 4291, where IPv4 addresses are none to link to). */
const privateAddress =
  /^(0|10|127)\.|^192\.168\.|^172\.(1[6-9]|2[0-9]|3[01])\.|^169\.254\.|^100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.|^\[(::1?|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*|::ffff:.*)\]$/;

function isInternal(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return privateAddress.test(name) || inHouse.test(name) || !/[.:]/.test(name);
}

/** The first fault of a link that stands alone; null where the public can follow it. */
export function faultOf(url: string): LinkFault | null {
  if (!URL.canParse(url)) return 'malformed';
  const { protocol, hostname, username, password } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return 'malformed';
  if (username !== '' || password !== '') return 'password';
  if (isInternal(hostname)) return 'internal';
  return protocol === 'https:' ? null : 'insecure';
}

/** The page, whatever way it is written. */
const pageOf = (url: string): string => (URL.canParse(url) ? new URL(url).href.replace(/\/$/, '') : url);

/** Each link with its fault, in their order; those without one are left out. */
export function faultyLinks(urls: readonly string[]): readonly { readonly url: string; readonly fault: LinkFault }[] {
  const pages = urls.map(pageOf);
  return urls.flatMap((url, index) => {
    const twice = pages.indexOf(pages[index] ?? '') < index;
    const fault = faultOf(url) ?? (twice ? 'twice' : null);
    return fault === null ? [] : [{ url, fault }];
  });
}

/** Web addresses that stand in prose, without the punctuation behind them. */
export const linksIn = (prose: string): readonly string[] =>
  [...prose.matchAll(/\bhttps?:\/\/[^\s<>"'`]+/gi)].map(([url]) => url.replace(/[.,;:!?)\]}]+$/, ''));
