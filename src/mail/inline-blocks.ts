/** Cuts a text at its inline OpenPGP blocks (RFC 9580 §6.2, §7), so that what stands around a block is never taken for it. */

export interface Section {
  readonly kind: 'text' | 'message' | 'signed' | 'key';
  /** The exact bytes; of a block, from its first line through its last. */
  readonly bytes: Buffer;
}

const begin = '-----BEGIN PGP ';

/** First line of a block → its kind and the line that ends it. */
const blocks: ReadonlyMap<string, { readonly kind: Section['kind']; readonly end: string }> = new Map([
  ['MESSAGE', { kind: 'message', end: '-----END PGP MESSAGE-----' }],
  ['SIGNED MESSAGE', { kind: 'signed', end: '-----END PGP SIGNATURE-----' }],
  ['PUBLIC KEY BLOCK', { kind: 'key', end: '-----END PGP PUBLIC KEY BLOCK-----' }],
  ['PRIVATE KEY BLOCK', { kind: 'key', end: '-----END PGP PRIVATE KEY BLOCK-----' }],
]);

/** The sections in order, at most `most` of them blocks: what follows is one text. A block without its end is text. */
export function cutInlineBlocks(text: Buffer, most: number): readonly Section[] {
  const sections: Section[] = [];
  const unended = new Set<string>();
  let written = 0;
  let found = 0;
  let at = 0;
  while (found < most) {
    const start = lineStarting(text, begin, at);
    if (start === -1) break;
    const name = /^([A-Z ]{1,20})-----[ \t]*\r?$/.exec(lineAt(text, start + begin.length))?.[1] ?? '';
    const block = blocks.get(name);
    const stop = block === undefined || unended.has(block.end) ? -1 : lineStarting(text, block.end, start);
    if (block === undefined || stop === -1) {
      if (block !== undefined) unended.add(block.end);
      at = start + begin.length;
      continue;
    }
    at = endOfLine(text, stop);
    if (start > written) sections.push({ kind: 'text', bytes: text.subarray(written, start) });
    sections.push({ kind: block.kind, bytes: text.subarray(start, at) });
    written = at;
    found += 1;
  }
  if (written < text.length) sections.push({ kind: 'text', bytes: text.subarray(written) });
  return sections;
}

/** Offset of the next line that begins so, at or after `from`; -1 where there is none. */
function lineStarting(text: Buffer, with_: string, from: number): number {
  let at = text.indexOf(with_, from, 'latin1');
  while (at > 0 && text[at - 1] !== 0x0a) at = text.indexOf(with_, at + 1, 'latin1');
  return at;
}

const lineAt = (text: Buffer, from: number): string => {
  const feed = text.indexOf(0x0a, from);
  return text.toString('latin1', from, Math.min(feed === -1 ? text.length : feed, from + 200));
};

const endOfLine = (text: Buffer, from: number): number => {
  const feed = text.indexOf(0x0a, from);
  return feed === -1 ? text.length : feed + 1;
};
