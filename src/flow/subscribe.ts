/** A stranger's request for a place on a stakeholder list: challenged, proven and put to the owners, or answered with how to ask. */

import type { Context } from '../core/cases/context.ts';
import { authorise } from '../core/commands/authority.ts';
import { refused } from '../core/commands/transcript.ts';
import type { Sha256 } from '../core/identifiers.ts';
import { asking, proving, type Request, requestIn, rosterOf } from '../core/lists/applying.ts';
import { listsId } from '../core/lists/membership.ts';
import { astray, listHelp } from './answers.ts';
import type { Outcome, Told } from './new-report.ts';
import type { Workings } from './workings.ts';

const nothing: Outcome = { append: [], letters: [] };

/**
 * What comes of a mail that may ask for a place on a list; null where it does not, and means something else. Whoever proves
 * nothing is told the same, whatever is true of the list; nobody who only claims an address gets more than that.
 */
export async function subscribe(told: Told, seen: ReadonlySet<Sha256>, workings: Workings): Promise<Outcome | null> {
  const { spoken, context, incoming, where } = told;
  if (spoken === null || spoken.refusal === null || spoken.knownSigner !== null) return null;
  const request = requestIn(spoken, context);
  if (request === null)
    return where.kind === 'list-request'
      ? { append: [], letters: [...astray(told), ...(await help(where.list, told, workings))] }
      : null;
  if (incoming.again === true) return nothing;
  return request.asked.token === null ? first(request, told, workings) : answered(request, told, seen, workings);
}

const help = (list: Parameters<typeof listHelp>[0], { incoming, context }: Told, workings: Workings) =>
  listHelp(list, incoming, context, workings);

async function first(request: Request, told: Told, workings: Workings): Promise<Outcome> {
  const { incoming, message, context } = told;
  // Nobody can guess it, and the same mail makes the same one.
  const word = (await workings.store.nameOf(`challenge/${incoming.mail}`)).slice(0, 32);
  const event = incoming.answerAllowed ? asking(request, incoming, message, context, word) : null;
  return event === null
    ? { append: [], letters: await help(request.list.address, told, workings) }
    : { append: [{ case: listsId, event }], letters: [] };
}

/** The signature over the word has to be one by the key that it was encrypted to, and as good as that of any command. */
async function answered(request: Request, told: Told, seen: ReadonlySet<Sha256>, workings: Workings): Promise<Outcome> {
  const { message, incoming } = told;
  const { now, policy, team } = told.context;
  const roster = rosterOf(request);
  const facts = { roster, state: null, policy, now, seen, addressed: null, team, addressedList: request.list.address };
  const [spoken] = authorise(message, facts);
  const event = spoken?.refusal === null ? proving(request, told.context) : null;
  if (event !== null) return { append: [{ case: listsId, event }], letters: [] };
  const asApplicant: Context = { ...told.context, roster };
  return {
    append: [],
    letters:
      spoken?.refusal !== null && spoken?.knownSigner !== null && spoken !== undefined
        ? refused(spoken, incoming, asApplicant)
        : await help(request.list.address, told, workings),
  };
}
