/** Names for attached files that no mail client, list or shell can take for anything else. */

import { plainLine } from '../core/plain-text.ts';

const longest = 120;

/** Type by type, the ending of a file that came without a name. */
const endings: ReadonlyMap<string, string> = new Map([
  ['text/plain', '.txt'],
  ['text/html', '.html'],
  ['text/x-diff', '.diff'],
  ['text/x-patch', '.patch'],
  ['message/rfc822', '.eml'],
  ['application/pdf', '.pdf'],
  ['application/zip', '.zip'],
  ['application/pgp-keys', '.asc'],
  ['image/png', '.png'],
  ['image/jpeg', '.jpg'],
]);

/** Splits `report.tar.gz` into `report.tar` and `.gz`. */
function split(name: string): readonly [stem: string, ending: string] {
  const dot = name.lastIndexOf('.');
  return dot <= 0 || name.length - dot > 12 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
}

/**
 * `strict`: letters, digits, `.`, `-`, `_`, not starting with punctuation, as the linux-distros list demands. Otherwise any
 * script, but no path, no quoting, nothing hidden, nothing that begins like an option or a hidden file.
 */
function safeName(name: string, strict: boolean): string {
  const last = plainLine(name).split(/[/\\]/).at(-1) ?? '';
  const clean = strict
    ? last
        .normalize('NFKD')
        .replaceAll(/[^A-Za-z0-9._-]+/g, '_')
        .replace(/^[^A-Za-z0-9]+/, '')
    : last
        .replaceAll(/[\p{C}"'`<>|:*?;&$%]+/gu, '_')
        .replace(/^[\s.\-~_]+/, '')
        .trim();
  const [stem, ending] = split(clean);
  return [...stem].slice(0, longest).join('').trimEnd() + ending;
}

interface Named {
  readonly filename: string | null;
  readonly type: string;
}

/** A name for each file, in order, no two alike even where case does not count. */
export function fileNames(files: readonly Named[], strict: boolean): readonly string[] {
  const taken = new Set<string>();
  return files.map(({ filename, type }, index) => {
    const given = safeName(filename ?? '', strict);
    const name = given === '' ? `attachment-${index + 1}${endings.get(type) ?? '.bin'}` : given;
    const [stem, ending] = split(name);
    let unique = name;
    for (let number = 2; taken.has(unique.toLowerCase()); number++) unique = `${stem}-${number}${ending}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}
