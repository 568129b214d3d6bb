/** Opens the inline OpenPGP blocks of a text that is the root of a mail; what stands around them stays outside. */

import type { KeyId } from '../core/identifiers.ts';
import type { Layer, OpenedPart, OpenFailure, Signature } from '../core/message.ts';
import { asUtf8, decodeText } from './charset.ts';
import { cutInlineBlocks } from './inline-blocks.ts';
import type { Section } from './inline-blocks.ts';
import { contentOf, readMimeTree, saysWhatItIs } from './mime-tree.ts';
import { messageLayers } from './layers.ts';
import type { Entity } from './mime-tree.ts';
import { partOf, partsOf, pathBelow, sha256 } from './opened-part.ts';
import { protectsHeaders } from './protected-headers.ts';
import { reduceHtmlWithBlocks, unwrapped } from './readable-text.ts';
import type { Opener } from './unwrap.ts';

interface Inline {
  readonly parts: readonly OpenedPart[];
  readonly encryptedTo: readonly KeyId[];
  readonly failure: OpenFailure | null;
}

/** A text on its way: the text of a mail, or of a block in it. */
interface Text {
  readonly bytes: Buffer;
  readonly charset: string;
  readonly flow: ReadonlyMap<string, string>;
  /** `text/html` where it was reduced from HTML: it never holds commands. */
  readonly type: string;
  readonly path: string;
  readonly layers: readonly Layer[];
  /** OpenPGP layers that may still be taken off. */
  readonly left: number;
}

/** Null where the text holds no block. */
export async function openInline(
  entity: Entity,
  place: { readonly path: string; readonly layers: readonly Layer[] },
  opener: Opener,
): Promise<Inline | null> {
  const content = contentOf(entity);
  if (!content.includes('-----BEGIN PGP ')) return null;
  const charset = entity.parameters.get('charset') ?? '';
  const left = opener.limits.layers - place.layers.length;
  const base = { ...place, left, type: 'text/plain', flow: entity.parameters };
  if (entity.type !== 'text/html') return openText({ ...base, bytes: content, charset }, opener);
  const reduced = await reduceHtmlWithBlocks(decodeText(content, charset), opener.allowance);
  if (reduced === null) return null;
  const bytes = Buffer.from(reduced);
  return openText({ ...base, bytes, charset: 'utf-8', type: 'text/html', flow: new Map() }, opener);
}

async function openText(text: Text, opener: Opener): Promise<Inline | null> {
  const all = cutInlineBlocks(text.bytes, opener.limits.blocks);
  if (all.every(({ kind }) => kind === 'text')) return null;
  const sections = all.filter(({ kind, bytes }) => kind !== 'text' || bytes.toString('latin1').trim() !== '');
  const opened: Inline[] = [];
  for (const [index, section] of sections.entries()) {
    const path = sections.length === 1 ? text.path : pathBelow(text.path === '' ? '1' : text.path, index + 1);
    opened.push(await openSection(section, { ...text, path }, opener));
  }
  const parts = opened.flatMap((each) => each.parts);
  const encryptedTo = opened.flatMap((each) => each.encryptedTo);
  return { parts, encryptedTo, failure: opened.find((each) => each.failure !== null)?.failure ?? null };
}

async function openSection(section: Section, text: Text, opener: Opener): Promise<Inline> {
  switch (section.kind) {
    case 'text':
      return shown(section.bytes, text, opener);
    case 'key':
      return { ...shown(section.bytes, text, opener, 'control'), failure: null };
    case 'signed':
      return openSigned(section.bytes, text, opener);
    case 'message':
      return openMessage(section.bytes, text, opener);
  }
}

function shown(content: Buffer, text: Text, { limits }: Opener, role: OpenedPart['role'] = 'body'): Inline {
  const { type, path, layers, charset, flow } = text;
  const long = content.length > limits.textBytes;
  const read = long ? null : unwrapped(decodeText(content, charset), flow);
  const part = partOf(path, { type, role: long && role === 'body' ? 'attachment' : role, content, text: read, layers });
  return { parts: [part], encryptedTo: [], failure: null };
}

/** A block that is none is left as the text that it is. */
async function openSigned(block: Buffer, text: Text, opener: Opener): Promise<Inline> {
  const utf8 = Buffer.from(decodeText(block, text.charset));
  const attempts = [{ block, charset: text.charset }];
  if (asUtf8(block) === null) attempts.push({ block: utf8, charset: 'utf-8' });
  if (text.flow.get('format')?.toLowerCase() === 'flowed') {
    attempts.push({ block: unstuffed(block), charset: text.charset });
  }
  let first: { content: Buffer; charset: string; signatures: readonly Signature[] } | null = null;
  for (const attempt of attempts) {
    const verified = await opener.crypto.verifyCleartext(attempt.block);
    if (verified === null) continue;
    const { signatures } = verified;
    const candidate = { content: Buffer.from(verified.text), charset: attempt.charset, signatures };
    if (signatures.some(({ verdict }) => verdict !== 'bad')) {
      first = candidate;
      break;
    }
    first ??= candidate;
  }
  if (first === null || first.signatures.length === 0) return shown(block, text, opener);
  const { content, signatures } = first;
  const charset = saysItself(content) ? 'utf-8' : first.charset;
  const layer: Layer = { kind: 'signed', signatures, text: sha256(content) };
  const inner = { ...text, charset, flow: new Map<string, string>(), layers: [...text.layers, layer] };
  return (await shownEntity(content, inner, opener)) ?? shown(content, inner, opener);
}

/**
 * A cleartext signature is over UTF-8 (RFC 9580 §7.1), and the charset that the mail declares is outside of it: whoever sent
 * the text on could have it read as another. An escape (ISO-2022) or bytes that are no UTF-8 leave nothing but the charset.
 */
const saysItself = (content: Buffer): boolean => !content.includes(0x1b) && asUtf8(content) !== null;

/** What was signed or encrypted as a MIME entity and sent on as a text is read as the entity that it is. Null for a text. */
async function shownEntity(content: Buffer, { path, layers }: Text, opener: Opener): Promise<Inline | null> {
  const tree = readMimeTree(content, opener.limits, opener.allowance);
  if (!tree.ok) return sealed(content, { path, layers }, [], tree.problem);
  if (!saysWhatItIs(tree.value)) return null;
  const place = { path, layers, headersProtected: protectsHeaders(tree.value), whole: true };
  return { parts: await partsOf(tree.value, place, opener), encryptedTo: [], failure: null };
}

/** RFC 3676 §4.4: a flowed text puts a space before lines that begin with one, with `>` or with `From `. */
const unstuffed = (block: Buffer): Buffer => Buffer.from(block.toString('latin1').replaceAll(/^ /gm, ''), 'latin1');

async function openMessage(block: Buffer, text: Text, opener: Opener): Promise<Inline> {
  const { allowance } = opener;
  if (text.left <= 0) return sealed(block, text, [], 'too-deep');
  if (allowance.plainBytes <= 0) return sealed(block, text, [], 'too-large');
  const decrypted = await opener.crypto.decrypt(block);
  const { to } = decrypted;
  if (!decrypted.ok) {
    // What one block was too much for is not tried on the next.
    if (decrypted.failure === 'too-large') allowance.plainBytes = 0;
    return sealed(block, text, to, decrypted.failure);
  }
  const { plaintext } = decrypted;
  allowance.plainBytes -= plaintext.length;
  const bytes = Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength);
  const inner: Text = {
    ...text,
    bytes,
    charset: asUtf8(bytes) === null ? text.charset : 'utf-8',
    flow: new Map(),
    type: 'text/plain',
    layers: [...text.layers, ...messageLayers(decrypted)],
    left: text.left - 1,
  };
  const opened =
    (await shownEntity(bytes, inner, opener)) ?? (await openText(inner, opener)) ?? shown(bytes, inner, opener);
  return { ...opened, encryptedTo: [...to, ...opened.encryptedTo] };
}

const sealed = (
  content: Buffer,
  text: Pick<Text, 'path' | 'layers'>,
  to: readonly KeyId[],
  failure: OpenFailure,
): Inline => ({
  parts: [
    partOf(text.path, {
      type: 'application/octet-stream',
      role: 'attachment',
      content,
      text: null,
      layers: text.layers,
    }),
  ],
  encryptedTo: to,
  failure,
});
