/** The proposed fixes as attachments, under names that every list accepts. */

import type { Letter } from './effects.ts';
import type { CaseState } from './state.ts';

/**
 * `stable-2.0.patch`, `main-1.patch`: letters, digits, `.`, `-` and `_` only and a letter or digit first, as
 * linux-distros asks for. Two branches that would be named alike are numbered.
 */
export function patches(state: CaseState): Letter['attachments'] {
  const named = state.patches.flatMap(({ branch, mail, parts }) =>
    parts.map((part, index) => ({ mail, part, base: baseOf(branch, parts.length > 1 ? index + 1 : null) })),
  );
  return named.map(({ mail, part, base }, index) => {
    const same = named.slice(0, index).filter((each) => each.base === base).length;
    return { mail, part, name: same === 0 ? `${base}.patch` : `${base}_${same + 1}.patch` };
  });
}

function baseOf(branch: string, number: number | null): string {
  const plain = branch.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return `${(plain === '' ? 'branch' : plain).slice(0, 80)}${number === null ? '' : `-${number}`}`;
}
