/** Commands that say what an advisory refers to: link, patch. */

import type { CaseEvent, LinkKind, Recorded } from '../cases/events.ts';
import { inForce } from '../cases/evolve.ts';
import type { CaseState } from '../cases/state.ts';
import { ok } from '../result.ts';
import { missing, noMore, notNow, optionalProse, wrong } from './arguments.ts';
import { consequences } from './consequences.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Situation, type Verb } from './verb.ts';

const group = 'Substance';
const done = (says: readonly string[], ...events: readonly CaseEvent[]) => ok({ events, says });

interface Link {
  readonly url: string;
  readonly kind: LinkKind;
  readonly label: string | null;
}

const linkKinds: readonly LinkKind[] = ['patch', 'report', 'bug', 'advisory', 'other'];
const linkManual = {
  usage: '#link URL [patch|report|bug|advisory] [LABEL]',
  example: '#link https://git.example.org/commit/1a2b3c patch main',
};

const link = caseVerb<Link>({
  verb: 'link',
  group,
  ...linkManual,
  summary: 'Adds a link: to a patch (the label names its branch), to the report or bug, or to an advisory of others.',
  who: ['coordinator', 'expert'],
  prose: true,
  undoable: true,
  when: whileOpen('link'),
  parse: (line) => {
    const [word, second] = line.arguments;
    if (word === undefined) return missing('The URL', linkManual);
    const url = webAddress(word);
    if (url === null)
      return wrong('a link', word, 'links begin with https:// or http://, and hold no password', linkManual.example);
    const kind = linkKinds.find((each) => each === second?.toLowerCase()) ?? null;
    const label = optionalProse(line, kind === null ? 1 : 2);
    return label.ok ? ok({ url, kind: kind ?? 'other', label: label.value }) : label;
  },
  decide: ({ url, kind, label }, state) =>
    done([`Link (${kind}): ${url}${label === null ? '' : ` – ${label}`}`, ...consequences(state)], {
      type: 'linked',
      url,
      kind,
      label,
    }),
});

/** The URL in its standard spelling; null for anything but a plain web address. */
function webAddress(word: string): string | null {
  if (word.length > 2000 || !URL.canParse(word)) return null;
  const url = new URL(word);
  const plain = url.username === '' && url.password === '' && url.hostname !== '';
  return plain && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null;
}

const patchManual = { usage: '#patch BRANCH', example: '#patch stable/2.4' };

const patch = caseVerb<string>({
  verb: 'patch',
  group,
  ...patchManual,
  summary:
    'Keeps the attachments of this mail, which the same signature has to cover, as the proposed fix for a branch.',
  who: ['coordinator', 'expert', 'reporter'],
  undoable: true,
  when: whileOpen('patch'),
  parse: (line) => {
    const [branch] = line.arguments;
    if (branch === undefined) return missing('The branch', patchManual);
    if (!/^[\p{L}\p{N}][\p{L}\p{N}._/+-]{0,99}$/u.test(branch))
      return wrong('the name of a branch', branch, 'it has letters, digits and ._/+-', patchManual.example);
    return noMore(line, 1, patchManual, branch);
  },
  decide: (branch, state, situation) => attach(branch, state, situation),
});

/** Distributors get what stands here as the team's proposal: a reporter replaces none but their own. */
const mayReplace = ({ by }: Recorded, { roles, speakers }: Situation): boolean =>
  roles.has('coordinator') ||
  roles.has('expert') ||
  (by.kind === 'key' && speakers.some((each) => each.fingerprint === by.fingerprint));

function attach(branch: string, state: CaseState, situation: Situation) {
  const { signedAttachments: parts, incoming } = situation;
  if (parts.length === 0) {
    const items =
      incoming.attachments.length === 0
        ? ['an attachment']
        : ['an attachment under the signature of the commands (sign the whole mail, PGP/MIME)'];
    return { ok: false, problem: { reason: 'lacking', verb: 'patch', items, instead: null } } as const;
  }
  const before = inForce(state.history).findLast(
    ({ event }) => event.type === 'patch-attached' && event.branch === branch,
  );
  if (before !== undefined && !mayReplace(before, situation))
    return { ok: false, problem: notNow('patch', `there is a fix for ${branch} by somebody else already.`) } as const;
  const again = before === undefined ? '' : ', in place of the one before';
  const says = [`Fix for ${branch}: ${parts.length} ${parts.length === 1 ? 'attachment' : 'attachments'}${again}`];
  return done(says, { type: 'patch-attached', branch, mail: incoming.mail, parts });
}

export const sources: readonly Verb[] = [link, patch];
