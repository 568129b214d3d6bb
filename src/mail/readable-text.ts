/** What a person reads in a text part: its charset undone, flowed lines joined, HTML reduced to plain text. */

import libmime from 'libmime';
import { simpleParser } from 'mailparser';

import { decodeText } from './charset.ts';
import type { Limits } from './limits.ts';
import { contentOf } from './mime-tree.ts';
import type { Allowance, Entity } from './mime-tree.ts';

/** Text of a `text/…` leaf with `\n` line ends; null where it is no text, or beyond the limit. */
export async function readableText(entity: Entity, limits: Limits, allowance: Allowance): Promise<string | null> {
  if (!entity.type.startsWith('text/') || entity.children.length > 0) return null;
  const content = contentOf(entity);
  if (content.length > limits.textBytes) return null;
  const text = decodeText(content, charsetOf(entity, content));
  return entity.type === 'text/html' ? reduceHtml(text, allowance) : unwrapped(text, entity.parameters);
}

/** As the header declares it; where it says nothing, an HTML page may say it of itself. */
function charsetOf({ type, parameters }: Entity, content: Buffer): string {
  const declared = parameters.get('charset') ?? '';
  if (declared !== '' || type !== 'text/html') return declared;
  return (
    /<meta\b[^<>]{0,200}\bcharset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})/i.exec(content.toString('latin1', 0, 4096))?.[1] ??
    ''
  );
}

/** Line ends made one kind, and `format=flowed` undone (RFC 3676). */
export function unwrapped(text: string, parameters: ReadonlyMap<string, string>): string {
  const lines = text.replaceAll('\r\n', '\n');
  if (parameters.get('format')?.toLowerCase() !== 'flowed') return lines;
  return libmime.decodeFlowed(lines, parameters.get('delsp')?.toLowerCase() === 'yes');
}

/**
 * How much of the allowance a page takes: an element costs as much as so many characters, and each line is led in by all
 * the quotations and lists that it stands in, so that a little HTML may make a text of many megabytes.
 */
function costOf(html: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [, closes] of html.matchAll(/<(\/?)(?:blockquote|[uo]l)\b/gi)) {
    depth = Math.max(0, depth + (closes === '' ? 1 : -1));
    deepest = Math.max(deepest, depth);
  }
  return Math.max(html.length, 25 * (html.split('<').length - 1), (html.length * deepest) / 8);
}

/**
 * Plain text of an HTML page; null where it is too long for what is left, or too deep to be reduced. mailparser does it, because it puts
 * the guards around html-to-text that a hostile page needs (nesting that overflows its walk, quadratic parsing).
 */
export async function reduceHtml(html: string, allowance: Pick<Allowance, 'htmlBytes'>): Promise<string | null> {
  const cost = costOf(html);
  if (cost > allowance.htmlBytes) return null;
  allowance.htmlBytes -= cost;
  const page = Buffer.from(`Content-Type: text/html; charset=utf-8\r\n\r\n${html}`);
  try {
    const { text, textConversionError } = await simpleParser(page, {
      skipTextToHtml: true,
      skipImageLinks: true,
      maxHtmlLengthToParse: html.length,
    });
    return textConversionError === undefined ? (text ?? '') : null;
  } catch {
    return null;
  }
}

const blockStart = '-----BEGIN PGP ';
const blockEnd = '-----END PGP ';

/** Reduces HTML that may hold armor: a block whose lines are not marked up as lines is kept as lines. */
export async function reduceHtmlWithBlocks(html: string, allowance: Allowance): Promise<string | null> {
  const from = html.indexOf(blockStart);
  const last = html.lastIndexOf(blockEnd);
  if (from === -1 || last < from) return reduceHtml(html, allowance);
  const to = html.indexOf('-----', last + blockEnd.length) + 5;
  const block = html.slice(from, Math.max(to, last));
  const marked = /<(?:br|div|p|pre)\b/i.test(block);
  const rest = html.slice(Math.max(to, last));
  return reduceHtml(marked ? html : `${html.slice(0, from)}<pre>${block}</pre>${rest}`, allowance);
}
