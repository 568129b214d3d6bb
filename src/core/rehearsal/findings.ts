/** What a rehearsal can find, in words for a coordinator: what would go wrong, and what to send to mend it. */

import { asArgument } from '../commands/words.ts';
import { namesOfLinkFaults, type LinkFault } from './links.ts';

/** Would it keep something from going out as it should, or is it only to be known? */
export type Weight = 'fails' | 'beware';

export type Finding =
  | { readonly kind: 'no-moment' }
  | { readonly kind: 'held'; readonly reason: string }
  | { readonly kind: 'missing'; readonly item: string }
  | { readonly kind: 'unapproved'; readonly have: number; readonly needed: number; readonly digest: string }
  | { readonly kind: 'no-public-list' }
  /** A reader's key, at the moment of disclosure. `inClear`: they get it all the same, unencrypted. */
  | { readonly kind: 'no-key'; readonly address: string; readonly why: string; readonly inClear: boolean }
  | { readonly kind: 'team-key'; readonly end: string }
  | { readonly kind: 'not-made'; readonly what: string; readonly why: string }
  | { readonly kind: 'not-plain'; readonly list: string; readonly type: string }
  | { readonly kind: 'attached'; readonly list: string; readonly file: string }
  | { readonly kind: 'file-name'; readonly list: string; readonly file: string }
  | { readonly kind: 'no-detail'; readonly list: string }
  | { readonly kind: 'no-prefix'; readonly list: string; readonly prefix: string }
  | { readonly kind: 'large'; readonly to: string; readonly bytes: number; readonly most: number }
  | { readonly kind: 'long-subject'; readonly to: string; readonly length: number; readonly most: number }
  | { readonly kind: 'long-line'; readonly to: string; readonly length: number; readonly most: number }
  | { readonly kind: 'link'; readonly url: string; readonly fault: LinkFault }
  | { readonly kind: 'unlinked-patch'; readonly branches: readonly string[] }
  | { readonly kind: 'range'; readonly product: string; readonly range: string }
  | { readonly kind: 'unfixed'; readonly product: string }
  | { readonly kind: 'no-cve'; readonly asked: boolean }
  | { readonly kind: 'cve'; readonly cve: string; readonly standing: 'rejected' | 'published' | 'not ours' }
  | { readonly kind: 'cve-unasked'; readonly why: string }
  | { readonly kind: 'bad-file'; readonly path: string; readonly why: string };

interface Told {
  readonly weight: Weight;
  readonly says: string;
  /** What to do, a line each; what begins with `#` is a command, ready to copy. */
  readonly mend: readonly string[];
}

type ByKind = { readonly [Each in Finding as Each['kind']]: Each };

const fails = (says: string, ...mend: readonly string[]): Told => ({ weight: 'fails', says, mend });
const beware = (says: string, ...mend: readonly string[]): Told => ({ weight: 'beware', says, mend });
const operator = 'Tell the operator: no command mends it.';

const tellings: { readonly [Kind in Finding['kind']]: (finding: ByKind[Kind]) => Told } = {
  'no-moment': () =>
    fails('No moment is set: nothing goes out by itself. It was rehearsed as of now.', '#plan', '#embargo DATE'),
  held: ({ reason }) => fails(`Disclosure is on hold: ${reason}.`, '#resume'),
  missing: ({ item }) => fails(`The advisory lacks ${item}.`, ...commandIn(item)),
  unapproved: ({ have, needed, digest }) =>
    fails(`The advisory is not approved: ${have} of ${needed}.`, `#approve ${digest.slice(0, 32)}`),
  'no-public-list': () => beware('No public list is configured: the advisory is only on the site.', operator),
  'no-key': ({ address, why, inClear }) =>
    (inClear ? beware : fails)(
      `${address} cannot be written to encrypted that day: ${why}.${inClear ? ' The word of the disclosure goes there in clear.' : ' The word of the disclosure does not reach them.'}`,
      'Ask for a key that lasts: it comes by a mail with the key attached.',
    ),
  'team-key': ({ end }) => fails(`The team key has ended by then (${end}): nothing can be signed.`, renewKey),
  'not-made': ({ what, why }) => fails(`${what} could not be made: ${why}.`, operator),
  'not-plain': ({ list, type }) =>
    fails(
      `${list} takes plain text only, and would get ${type}.`,
      `Set "format: text" for ${list} in the configuration.`,
    ),
  attached: ({ list, file }) => fails(`${list} takes no attachments, and would get ${file}.`, operator),
  'file-name': ({ list, file }) =>
    fails(
      `${list} refuses the file name ${file}: letters, digits and ".-_" are taken, and none of the last three first.`,
      '#patch BRANCH',
    ),
  'no-detail': ({ list }) =>
    fails(
      `${list} wants the matter described in the mail itself, and there is next to nothing but links.`,
      ...commandIn('(#describe)'),
    ),
  'no-prefix': ({ list, prefix }) => fails(`${list} wants Subjects that begin with "${prefix.trim()}".`, operator),
  large: ({ to, bytes, most }) =>
    fails(
      `The mail to ${to} has ${bytes} bytes, more than ${most} (policy.rehearsal.maximumBytes).`,
      'Shorten the description, or ask the operator what the relay takes.',
    ),
  'long-subject': ({ to, length, most }) =>
    beware(
      `The Subject to ${to} has ${length} characters; beyond ${most} it is cut by many.`,
      '#title "SHORTER TITLE"',
    ),
  'long-line': ({ to, length, most }) =>
    fails(`The mail to ${to} has a line of ${length} bytes; mail takes ${most} (RFC 5322).`, operator),
  link: ({ url, fault }) => {
    const { weight, says } = namesOfLinkFaults[fault];
    return { weight, says: `${url}: ${says}.`, mend: [`#unlink ${url}`] };
  },
  'unlinked-patch': ({ branches }) =>
    beware(
      `There are patches (${branches.join(', ')}), and the advisory links none: it was waived.`,
      '#link URL patch BRANCH',
    ),
  range: ({ product, range }) =>
    beware(
      `Machines cannot compare the versions "${range}" of ${product}: OSV and CSAF say them in words only.`,
      `#affects ${asArgument(product)} ">=1.0 <1.2"`,
    ),
  unfixed: ({ product }) => beware(`No fixed version of ${product} is named.`, `#fixed ${asArgument(product)} VERSION`),
  'no-cve': ({ asked }) =>
    asked
      ? beware('A CVE id was asked for, and has not come.', '#cve CVE-ID')
      : beware('It has no CVE id.', '#cve request', '#waive cve REASON'),
  cve: ({ cve, standing }) =>
    standing === 'published'
      ? beware(`The record of ${cve} is public at CVE Services already.`, operator)
      : standing === 'rejected'
        ? fails(`${cve} was rejected at CVE Services: its record cannot be published.`, '#cve drop')
        : beware(`The record of ${cve} is not ours to publish: whoever assigned it has to.`, 'Tell them the moment.'),
  'cve-unasked': ({ why }) =>
    beware(`CVE Services could not be asked about the CVE id: ${why}.`, 'Nothing, if it passes: #rehearse'),
  'bad-file': ({ path, why }) => fails(`The file ${path} of the site is broken: ${why}.`, operator),
};

const renewKey = 'The operator prolongs it: embargod keys expire 1y';

/** Commands as they are written, where the verb is not all of it. */
const supplied: ReadonlyMap<string, readonly string[]> = new Map([
  ['#title', ['#title TITLE']],
  ['#describe', ['#describe', 'TEXT', '#end']],
  ['#affects', ['#affects PRODUCT RANGE']],
  ['#credit', ['#credit "NAME"']],
]);

/** `a title (#title)` names the command that supplies it. */
function commandIn(item: string): readonly string[] {
  const command = /\((#[^)]*)\)/.exec(item)?.[1]?.replace('…', 'URL') ?? '#draft';
  return supplied.get(command) ?? [command];
}

const tellOf = <Kind extends Finding['kind']>(kind: Kind, finding: ByKind[Kind]): Told => tellings[kind](finding);

export const tellFinding = (finding: Finding): Told => tellOf(finding.kind, finding);

/** How many of them would keep something from going out as it should. */
export const failuresIn = (findings: readonly Finding[]): number =>
  findings.filter((finding) => tellFinding(finding).weight === 'fails').length;
