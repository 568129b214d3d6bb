/** What a ready-made mail of ours is like to whoever is to take it: how large, how wide, under which Subject, of which parts. */

import type { Address } from '../core/identifiers.ts';
import type { MadeMail } from '../core/rehearsal/mails.ts';
import { decodeWords } from './header-fields.ts';
import { defaultLimits } from './limits.ts';
import { allowanceOf, type Entity, readMimeTree } from './mime-tree.ts';
import { filenameOf } from './root-structure.ts';

function treeOf(bytes: Uint8Array): Entity {
  const tree = readMimeTree(Buffer.from(bytes), defaultLimits, allowanceOf(defaultLimits));
  if (!tree.ok) throw new Error(`the mail cannot be read: ${tree.problem}`);
  return tree.value;
}

const leaves = (entity: Entity): readonly Entity[] =>
  entity.children.length === 0 ? [entity] : entity.children.flatMap(leaves);

const isSignature = ({ type }: Entity): boolean => type === 'application/pgp-signature';

function longestLine(bytes: Uint8Array): number {
  let [longest, start] = [0, 0];
  for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
    longest = Math.max(longest, end - start - (bytes[end - 1] === 0x0d ? 1 : 0));
    start = end + 1;
  }
  return Math.max(longest, bytes.length - start);
}

/** `payload`: what is encrypted in it; null where nothing is. Throws where it is no mail. */
export function measure(mail: Uint8Array, payload: Uint8Array | null, to: Address): MadeMail {
  const outside = treeOf(mail);
  const content = payload === null ? outside : treeOf(payload);
  const subject = decodeWords(outside.fields.first('subject'));
  return {
    to,
    bytes: mail.length,
    longestLine: Math.max(longestLine(mail), payload === null ? 0 : longestLine(payload)),
    subject,
    realSubject: payload === null ? subject : decodeWords(content.fields.first('subject')),
    parts: leaves(content)
      .filter((each) => !isSignature(each))
      .map((each) => ({ type: each.type, file: filenameOf(each) })),
  };
}
