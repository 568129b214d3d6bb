/** What may leave at all, and who may read it: the two questions that every effect must answer with yes before it is enqueued. */

import type { Address, Fingerprint } from '../identifiers.ts';
import { readers, told } from '../roster/audiences.ts';
import type { Role, Roster } from '../roster/people.ts';
import { never } from '../result.ts';
import { clearTemplates, type Effect, type Letter, type LetterTemplate, type Recipient } from './effects.ts';
import type { CaseState } from './state.ts';

/** Letters about the matter itself that may go in clear once the matter is no secret. All others stay sealed even then. */
const clearInTheOpen: ReadonlySet<LetterTemplate> = new Set(['message', 'stage', 'draft', 'disclosed']);

/** True where the matter is no secret: handled in the open, or disclosed. */
export const isOpen = (state: CaseState): boolean => state.openly || state.disclosed !== null;

/**
 * True where a letter of this kind may go in clear to a reader of this role. What the team says among itself never may,
 * nor a coordinator's copy of anything: its foot names everyone on the case.
 */
export function mayGoInClear(
  { template, audience }: Pick<Letter, 'template' | 'audience'>,
  role: Role,
  state: CaseState | null,
): boolean {
  if (clearTemplates.has(template)) return true;
  if (state === null || audience === 'team' || role === 'coordinator' || !clearInTheOpen.has(template)) return false;
  return template === 'message' ? state.openly : isOpen(state);
}

/**
 * True where this may leave now. Sealed: every reader has a key. In clear: a kind of letter that holds nothing of the
 * matter, with nothing passed on or attached, or a matter that is no secret. Announcements, pages and CVE
 * records: disclosed only. To reserve a CVE id, or to give it back, tells nothing of the matter.
 */
export function mayGoOut(effect: Effect, state: CaseState | null): boolean {
  switch (effect.kind) {
    case 'letter':
      return effect.protection === 'sealed' ? effect.to.every((each) => each.key !== null) : clearLetter(effect, state);
    case 'announcement':
    case 'publication':
      return state !== null && state.id === effect.case && state.disclosed !== null;
    case 'rehearsal':
      return state !== null && state.id === effect.case; // nothing of it leaves
    case 'cve':
      return state !== null && state.id === effect.case && (effect.task !== 'publish' || state.disclosed !== null);
    default:
      return never(effect);
  }
}

function clearLetter(letter: Letter, state: CaseState | null): boolean {
  if (state !== null && letter.case !== state.id) return false;
  if (!letter.to.every((each) => mayGoInClear(letter, each.role, state))) return false;
  return !clearTemplates.has(letter.template) || (letter.passesOn === null && letter.attachments.length === 0);
}

/** True where this recipient, with this key, is one of those whom the letter may go to. */
export function mayRead(letter: Letter, recipient: Recipient, state: CaseState, roster: Roster): boolean {
  const is = (people: readonly { readonly address: Address; readonly key: Fingerprint | null }[]): boolean =>
    people.some(
      (each) => each.address === recipient.address && (letter.protection === 'signed' || each.key === recipient.key),
    );
  if (letter.template === 'cve-request') return state.cveAsked?.kind === 'cna' && is([state.cveAsked]);
  if (letter.template === 'terms') return is(state.experts);
  if (letter.template === 'need-key') return is([...readers('case', state, roster), ...state.experts]);
  // Someone on two lists may have a key for each; `readers` names everyone once.
  if (letter.template === 'notice' || letter.template === 'plan-changed') return is(told(state, roster));
  return is(readers(letter.audience, state, roster));
}
