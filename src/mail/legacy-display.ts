/** Leaves out the copy of the protected headers that a mail shows to programs which know nothing of them. */

import type { Entity } from './mime-tree.ts';

/** Is this leaf nothing but such a copy (`protected-headers="v1"`, before RFC 9788)? */
export const isLegacyDisplay = (entity: Entity): boolean =>
  entity.children.length === 0 &&
  (entity.type === 'text/plain' || entity.type === 'text/rfc822-headers') &&
  entity.disposition.value !== 'attachment' &&
  entity.parameters.has('protected-headers');

/** Does the leaf begin with such a copy (RFC 9788 §2.1.2)? */
export const hasLegacyDisplay = (entity: Entity): boolean => entity.parameters.get('hp-legacy-display') === '1';

/** The text from behind its first empty line (RFC 9788 §4.10.2.1); all of it where the lines before are no header fields. */
export function withoutLegacyLines(text: string): string {
  const lines = text.split('\n');
  const blank = lines.findIndex((line) => line.trim() === '');
  const copied = lines.slice(0, Math.max(blank, 0));
  return copied.length > 0 && copied.every((line) => /^(?:[\x21-\x39\x3b-\x7e]+:|[ \t])/.test(line))
    ? lines.slice(blank + 1).join('\n')
    : text;
}
