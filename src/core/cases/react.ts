/** What follows from events: letters, announcements and pages, each of which may leave and goes to those who may read it. */

import type { CaseId } from '../identifiers.ts';
import type { Occasion } from './addressing.ts';
import { isCase } from './chains.ts';
import { mayGoOut, mayRead } from './confidentiality.ts';
import type { Context } from './context.ts';
import { cveAsked, cveRecord, cveReserved, cveReturned } from './cve.ts';
import { digests } from './digest.ts';
import { approvalMissed, corrected, disclosed, recordChanged } from './disclosing.ts';
import { disclosureAsked } from './releasing.ts';
import type { Effect } from './effects.ts';
import { draftForKey, draftShown } from './draft-check.ts';
import { endReached, leaked } from './ending.ts';
import type { Recorded } from './events.ts';
import { evolve } from './evolve.ts';
import type { Incoming } from './incoming.ts';
import { accepted, invited, welcomed } from './joining.ts';
import { expertNews } from './expert-news.ts';
import { rehearsalAsked, rehearsed } from './rehearsing.ts';
import { keyEndLetters } from '../key-ends/warning.ts';
import { isOfLists } from '../lists/membership.ts';
import { listLetters } from '../lists/telling.ts';
import { quarantineId } from '../noise/quarantine.ts';
import { floodLetters } from '../noise/telling.ts';
import { notified } from './noticing.ts';
import { opened, received } from './receiving.ts';
import { keyOffered } from './key-offered.ts';
import { planChanged } from './plan-changed.ts';
import { news } from './reporter-news.ts';
import type { CaseExpert, CaseState } from './state.ts';

/**
 * All effects of what was recorded together, told by the cases as they are after it. `before`: the cases as they were;
 * `incoming`: the mail that caused it, null for the clock and the operator. The same rows make the same effects.
 *
 * Throws, so that nothing is committed, where an effect may not leave or a reader may not read it: that is a bug.
 */
export function react(
  before: ReadonlyMap<CaseId, CaseState>,
  recorded: readonly Recorded[],
  context: Context,
  incoming: Incoming | null,
): readonly Effect[] {
  const kept = recorded.filter((row) => row.case === quarantineId);
  const cases = new Set(recorded.map((row) => row.case).filter(isCase));
  const effects = [...cases].flatMap((id) => {
    const rows = recorded.filter((row) => row.case === id);
    return ofOneCase(before.get(id) ?? null, rows, context, incoming);
  });
  return once([
    ...effects,
    ...digests(before, recorded, context),
    ...floodLetters(kept, context),
    ...listLetters(recorded.filter(isOfLists), context),
    ...keyEndLetters(recorded, context),
  ]);
}

function ofOneCase(
  before: CaseState | null,
  rows: readonly Recorded[],
  context: Context,
  incoming: Incoming | null,
): readonly Effect[] {
  const state = rows.reduce(evolve, before);
  const last = rows.at(-1);
  if (state === null || last === undefined) return [];
  const occasions = rows.map((row): Occasion => ({ row, state, context, incoming }));
  const events = rows.map((row) => row.event);
  const whole: Occasion = { row: last, state, context, incoming };
  const effects = [
    ...occasions.flatMap(effectsOf),
    ...news(before, events, whole),
    ...expertNews(before, whole),
    ...planChanged(before, events, whole),
  ];
  effects.forEach((effect) => checked(effect, state, context));
  return effects;
}

function effectsOf(occasion: Occasion): readonly Effect[] {
  const { event } = occasion.row;
  switch (event.type) {
    case 'reported':
    case 'taken-up':
    case 'opened':
      return opened(event, occasion);
    case 'split-off':
      return [...opened(event, occasion), ...welcomed(event.inherited.experts, occasion)];
    case 'absorbed':
      return welcomed(newcomers(event.joining.experts, occasion), occasion);
    case 'message-received':
      return received(event.message, occasion);
    case 'invited':
      return invited(event, occasion);
    case 'accepted':
      return accepted(event, occasion);
    case 'notified':
      return notified(event, occasion);
    case 'disclosure-requested':
      return disclosureAsked(event, occasion);
    case 'approval-missed':
      return approvalMissed(occasion);
    case 'rehearsal-asked':
      return rehearsalAsked(occasion);
    case 'rehearsed':
      return rehearsed(event, occasion);
    case 'corrected':
      return [...corrected(event, occasion), ...cveRecord(occasion)];
    case 'leaked':
      return leaked(event, occasion);
    case 'end-reached':
      return endReached(occasion);
    case 'disclosed':
      return [...disclosed(event, occasion), ...cveRecord(occasion)];
    default:
      return [...recordChanged(occasion), ...ofReporters(occasion), ...ofCve(occasion)]; // `news` tells the reporter of the rest, exhaustively; the transcript tells the team
  }
}

function ofReporters(occasion: Occasion): readonly Effect[] {
  const { event } = occasion.row;
  switch (event.type) {
    case 'reporter-key-learned':
      return draftForKey(event, occasion);
    case 'reporter-key-offered':
      return keyOffered(event, occasion);
    case 'draft-shown':
      return draftShown(event, occasion);
    default:
      return [];
  }
}

function ofCve(occasion: Occasion): readonly Effect[] {
  const { event } = occasion.row;
  switch (event.type) {
    case 'cve-asked':
      return cveAsked(event, occasion);
    case 'cve-reserved':
      return cveReserved(event, occasion);
    case 'cve-returned':
      return cveReturned(event, occasion);
    default:
      return [];
  }
}

/** Who is not on the case since before: the others have had it. */
function newcomers(experts: readonly CaseExpert[], { row, state }: Occasion): readonly CaseExpert[] {
  const before = new Set(
    state.history
      .filter(({ sequence }) => sequence < row.sequence)
      .flatMap(({ event }) => (event.type === 'invited' ? [event.address] : [])),
  );
  return experts.filter((each) => !before.has(each.address));
}

function checked(effect: Effect, state: CaseState, { roster }: Context): void {
  const entitled = effect.kind !== 'letter' || effect.to.every((each) => mayRead(effect, each, state, roster));
  if (!entitled || !mayGoOut(effect, state)) throw new Error(`${effect.key} may not go out`);
}

/** An effect has a key: what two events ask for is done once. */
function once(effects: readonly Effect[]): readonly Effect[] {
  return [...new Map(effects.map((effect) => [effect.key, effect])).values()];
}
