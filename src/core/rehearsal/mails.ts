/** Would relays and the list that a ready-made mail is for take it? */

import type { Address } from '../identifiers.ts';
import type { List } from '../roster/people.ts';
import type { Finding } from './findings.ts';

/** A mail as it would go out, measured. */
export interface MadeMail {
  readonly to: Address;
  readonly bytes: number;
  /** In bytes, without its end. */
  readonly longestLine: number;
  /** The Subject in the clear, decoded. */
  readonly subject: string;
  /** The real one, which may be inside the encryption. */
  readonly realSubject: string;
  /** Of what readers find in it, without what only carries signatures: `text/plain`. */
  readonly parts: readonly { readonly type: string; readonly file: string | null }[];
}

/** RFC 5322 §2.1.1. */
const mostInLine = 998;
/** More is cut in many archives and mail clients. */
const mostInSubject = 150;

/** What linux-distros takes; names that begin otherwise are held back there. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** `list`: the one that the address is of; null for a person. */
export function checkMail(mail: MadeMail, list: List | null, maximumBytes: number): readonly Finding[] {
  const { to, bytes, longestLine } = mail;
  const length = [...mail.realSubject].length;
  return [
    ...(bytes > maximumBytes ? [{ kind: 'large', to, bytes, most: maximumBytes } as const] : []),
    ...(longestLine > mostInLine ? [{ kind: 'long-line', to, length: longestLine, most: mostInLine } as const] : []),
    ...(length > mostInSubject ? [{ kind: 'long-subject', to, length, most: mostInSubject } as const] : []),
    ...(list === null ? [] : byPreset(mail, list)),
  ];
}

function byPreset({ parts, subject, to }: MadeMail, list: List): readonly Finding[] {
  if (list.kind === 'announcement' && list.preset === 'oss-security')
    return parts.flatMap(({ type, file }): readonly Finding[] => {
      if (file !== null) return [{ kind: 'attached', list: to, file }];
      return type === 'text/plain' ? [] : [{ kind: 'not-plain', list: to, type }];
    });
  if (list.kind !== 'external') return [];
  const { subjectPrefix: prefix } = list;
  const names = parts.flatMap(({ file }) => (file === null || plainName.test(file) ? [] : [file]));
  return [
    ...(subject.startsWith(prefix) ? [] : [{ kind: 'no-prefix', list: to, prefix } as const]),
    ...(list.preset === 'linux-distros' ? names.map((file) => ({ kind: 'file-name', list: to, file }) as const) : []),
  ];
}

/** What is left of the description without its links says next to nothing. */
const fewest = 40;

/** Lists for which the description itself has to stand in the mail. */
export function checkDetail(description: string, lists: readonly List[]): readonly Finding[] {
  const words = description.replaceAll(/\bhttps?:\/\/\S+/gi, '').trim();
  if (words.length >= fewest) return [];
  return lists.flatMap((list) =>
    list.kind === 'announcement' && list.preset === 'oss-security'
      ? [{ kind: 'no-detail', list: list.address } as const]
      : [],
  );
}
