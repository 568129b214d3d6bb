/** The command that judges a proposed fix: review. */

import { ok } from '../result.ts';
import { missing, optionalProse, wrong } from './arguments.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Verb } from './verb.ts';
import { nearest } from './words.ts';

const manual = { usage: '#review BRANCH approve|reject [REASON]', example: '#review stable/2.4 approve' };
type Judgement = 'approve' | 'reject';
const judgements: readonly Judgement[] = ['approve', 'reject'];

interface Review {
  readonly branch: string;
  readonly judgement: Judgement;
  readonly reason: string | null;
}

const review = caseVerb<Review>({
  verb: 'review',
  group: 'Substance',
  ...manual,
  summary:
    'Says whether the proposed fix for a branch is acceptable there. Said again, it replaces what you said; a new patch for the branch voids it.',
  who: ['expert', 'coordinator'],
  prose: true,
  undoable: true,
  when: whileOpen('review'),
  parse: (line, state) => {
    const [word, verdict = ''] = line.arguments;
    if (word === undefined) return missing('The branch', manual);
    const branches = state.patches.map((each) => each.branch);
    const branch = branches.find((each) => each === word);
    if (branch === undefined) {
      const because = branches.length === 0 ? 'no patch is attached yet (#patch)' : `there are ${branches.join(', ')}`;
      const like = nearest(word, branches) ?? branches[0];
      return wrong(
        'a branch with a patch',
        word,
        because,
        like === undefined ? null : `#review ${like} ${verdict || 'approve'}`,
      );
    }
    const judgement = judgements.find((each) => each === verdict.toLowerCase());
    if (judgement === undefined)
      return wrong('a judgement', verdict, 'it is approve or reject', `#review ${word} approve`);
    const reason = optionalProse(line, 2);
    return reason.ok ? ok({ branch, judgement, reason: reason.value }) : reason;
  },
  decide: ({ branch, judgement, reason }, _state, { speakers }) => {
    const approves = judgement === 'approve';
    const says = `The fix for ${branch} is ${approves ? 'acceptable' : 'NOT acceptable'} to ${speakers.map((each) => each.address).join(' and ')}`;
    return ok({
      events: speakers.map(({ address }) => ({ type: 'reviewed', branch, reviewer: address, approves, reason })),
      says: [`${says}${reason === null ? '.' : `: ${reason}`}`],
    });
  },
});

export const reviewing: readonly Verb[] = [review];
