/** Commands for what goes another way than planned: waive, leak. */

import { approvalOf } from '../advisories/approval.ts';
import { type Waivable, waivable } from '../advisories/missing.ts';
import type { CaseEvent } from '../cases/events.ts';
import type { CaseState } from '../cases/state.ts';
import { ok } from '../result.ts';
import { missing, noMore, notNow, prose, wrong } from './arguments.ts';
import { coordinatorsSigning } from './signers.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Situation, type Verb } from './verb.ts';
import { nearest } from './words.ts';

const group = 'Embargo and disclosure';
const waiveManual = { usage: `#waive ${waivable.join('|')} REASON`, example: '#waive credit the reporter wants none' };

const waive = caseVerb<{ readonly item: Waivable; readonly reason: string }>({
  verb: 'waive',
  group,
  ...waiveManual,
  summary: 'Lets the advisory go out without that item; the reason is kept.',
  who: ['coordinator'],
  prose: true,
  undoable: true,
  when: whileOpen('waive'),
  parse: (line) => {
    const [word] = line.arguments;
    if (word === undefined) return missing('The item', waiveManual);
    const item = waivable.find((each) => each === word.toLowerCase());
    if (item === undefined)
      return wrong(
        'an item that can be waived',
        word,
        `those are ${waivable.join(', ')}`,
        `#waive ${nearest(word, waivable) ?? 'patch'} REASON`,
      );
    const reason = prose(line, 1, 'The reason', waiveManual);
    return reason.ok ? ok({ item, reason: reason.value }) : reason;
  },
  decide: ({ item, reason }) =>
    ok({ events: [{ type: 'waived', item, reason }], says: [`The advisory may go out without ${item}: ${reason}`] }),
});

const leakManual = { usage: '#leak [URL]', example: '#leak https://forum.example/t/42' };

const leak = caseVerb<string | null>({
  verb: 'leak',
  group,
  ...leakManual,
  summary:
    'The matter has become public. Tells everyone who was told, and ends the embargo: the advisory goes out at once if it is approved (or, where the policy asks for two, once another coordinator says #disclose); else its approval is asked for again and again.',
  who: ['coordinator'],
  when: (state) =>
    whileOpen('leak')(state) ??
    (state.openly ? notNow('leak', 'the case is in the open already.', '#status') : null) ??
    (state.leaked === null ? null : notNow('leak', 'everyone has been told so.', '#status')),
  parse: (line) => {
    const [word] = line.arguments;
    if (word === undefined) return ok(null);
    const url = URL.canParse(word) ? new URL(word) : null;
    return url === null || !/^https?:$/.test(url.protocol)
      ? wrong('a link', word, 'links begin with https:// or http://', '#leak')
      : noMore(line, 1, leakManual, url.href);
  },
  decide: (url, state, situation) =>
    ok({ events: leakedBy(url, state, situation), says: whatFollows(state, situation) }),
});

/** Who says that it has leaked wants it out: that is one of the words that the policy asks for. */
function leakedBy(url: string | null, state: CaseState, situation: Situation): readonly CaseEvent[] {
  const { context } = situation;
  const { digest } = approvalOf(state, context);
  const words = context.policy.disclosure.leakNeeds > 1 ? coordinatorsSigning(situation) : [];
  return [
    { type: 'leaked', url },
    ...words.map((coordinator) => ({ type: 'disclosure-requested', coordinator, digest }) as const),
  ];
}

function whatFollows(state: CaseState, situation: Situation): readonly string[] {
  const { context } = situation;
  const { digest, by, needed, complete } = approvalOf(state, context);
  const again = context.policy.reminders.overdueHours;
  const waits = coordinatorsSigning(situation).length < context.policy.disclosure.leakNeeds;
  return [
    'THE EMBARGO IS OVER. Everyone who was told hears of it now.',
    ...(state.held === null ? [] : ['The hold is over with it.']),
    ...(complete
      ? [`The advisory is approved, and goes out ${waits ? 'once another coordinator says so too:' : 'at once.'}`]
      : [
          `The advisory has ${by.length} of ${needed} approvals. It goes out with the last one${waits ? " and another coordinator's #disclose" : ''}; until then it is asked for ${again === 1 ? 'every hour' : `every ${again} hours`}.`,
          state.confirmed ? `    #approve ${digest.slice(0, 32)}` : '    #confirm',
        ]),
    ...(complete && waits ? ['    #disclose'] : []),
  ];
}

export const exceptions: readonly Verb[] = [waive, leak];
