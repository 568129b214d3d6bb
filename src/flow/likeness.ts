/** Which older cases a new report may be about: the open and the recent ones, compared in memory and nowhere else. */

import { titleOf } from '../core/cases/addressing.ts';
import type { Context } from '../core/cases/context.ts';
import { type Incoming, incomingOf, type Likely, withoutMarks } from '../core/cases/incoming.ts';
import { standsFor } from '../core/cases/merging.ts';
import type { CaseState } from '../core/cases/state.ts';
import type { CaseId } from '../core/identifiers.ts';
import type { Keys, Store } from './ports.ts';
import { wordIndex } from './word-index.ts';

export interface Likeness {
  /** Cases like this report, most alike first; each with the words that it has in common with it. */
  to(report: Incoming, context: Context): Promise<readonly Likely[]>;
}

/** After its last event, a case that is over counts as recent for so long. */
const recent = Temporal.Duration.from({ hours: 24 * 180 });
/** The newest so many cases are compared. */
const compared = 500;
/** Reports that one question may open at most; after a start, the newest cases are known first. */
const opened = 32;
/** Kept of a report, in characters. */
const kept = 8_000;

function isCompared({ closed, rejection, disclosed, history, receivedAt }: CaseState, now: Temporal.Instant): boolean {
  const over = closed || rejection !== null || disclosed !== null;
  const last = history.at(-1)?.at ?? receivedAt;
  return !over || Temporal.Instant.compare(last.add(recent), now) > 0;
}

/** Nothing is compared with noise. */
const candidates = ({ cases, now }: Context): readonly CaseState[] =>
  cases.filter((state) => state.quarantine === null && isCompared(state, now)).slice(-compared);

/** The case that goes on where this one was joined to another. */
function successor(id: CaseId, { cases }: Context): CaseId {
  const state = cases.find((each) => each.id === id);
  return state === undefined ? id : standsFor(state, cases).id;
}

/** The text of the mail that opened the case; empty where it cannot be read. */
async function reportOf(state: CaseState, context: Context, store: Reading, keys: Opening): Promise<string> {
  const [first] = state.messages;
  const mail = first === undefined ? null : await store.mail(first.mail);
  if (mail === null) return '';
  const message = await keys.open(mail.envelope, mail.bytes);
  const { text } = incomingOf(mail, message, [], state, context);
  return withoutMarks(text).slice(0, kept);
}

type Reading = Pick<Store, 'mail'>;
type Opening = Pick<Keys, 'open'>;

export function likenessIn(store: Reading, keys: Opening): Likeness {
  const index = wordIndex<CaseId>();
  const reports = new Map<CaseId, string>();
  const indexed = new Map<CaseId, string>();

  async function refresh(context: Context): Promise<void> {
    const cases = candidates(context);
    const ids = new Set(cases.map(({ id }) => id));
    index.keepOnly(ids);
    for (const id of indexed.keys()) if (!ids.has(id)) [reports, indexed].forEach((known) => known.delete(id));
    const unread = cases.filter(({ id }) => !reports.has(id)).slice(-opened);
    for (const state of unread) reports.set(state.id, await reportOf(state, context, store, keys));
    for (const state of cases) {
      const text = [titleOf(state), state.messages[0]?.subject, state.description, reports.get(state.id)].join('\n');
      if (indexed.get(state.id) === text) continue;
      index.put(state.id, text);
      indexed.set(state.id, text);
    }
  }

  return {
    to: async (report, context) => {
      await refresh(context);
      const found = index.like(`${report.subject ?? ''}\n${withoutMarks(report.text.slice(0, 4 * kept))}`);
      const byCase = new Map(found.toReversed().map(({ id, words }) => [successor(id, context), words]));
      return [...byCase].map(([id, words]) => ({ case: id, words })).toReversed();
    },
  };
}
