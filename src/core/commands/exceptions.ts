/** Commands for what goes another way than planned: waive, leak. */

import { approvalOf } from '../advisories/approval.ts';
import { type Waivable, waivable } from '../advisories/missing.ts';
import type { CaseState } from '../cases/state.ts';
import { ok } from '../result.ts';
import { missing, noMore, notNow, prose, wrong } from './arguments.ts';
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
    'The matter has become public. Tells everyone who was told, and ends the embargo: the advisory goes out at once if it is approved; else its approval is asked for every hour.',
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
  decide: (url, state, situation) => ok({ events: [{ type: 'leaked', url }], says: whatFollows(state, situation) }),
});

function whatFollows(state: CaseState, { context }: Situation): readonly string[] {
  const { digest, by, needed, complete } = approvalOf(state, context);
  return [
    'THE EMBARGO IS OVER. Everyone who was told hears of it now.',
    ...(state.held === null ? [] : ['The hold is over with it.']),
    ...(complete
      ? ['The advisory is approved, and goes out at once.']
      : [
          `The advisory has ${by.length} of ${needed} approvals. It goes out with the last one; until then it is asked for every hour.`,
          state.confirmed ? `    #approve ${digest.slice(0, 32)}` : '    #confirm',
        ]),
  ];
}

export const exceptions: readonly Verb[] = [waive, leak];
