/** Is the case ready for its disclosure, as far as its facts and the keys of that moment tell? */

import { approvalOf } from '../advisories/approval.ts';
import { missing } from '../advisories/missing.ts';
import { readRange } from '../advisories/ranges.ts';
import { mayGoInClear } from '../cases/confidentiality.ts';
import type { Context } from '../cases/context.ts';
import type { CaseState } from '../cases/state.ts';
import { keyProblem, reachable, readers } from '../roster/audiences.ts';
import type { Finding } from './findings.ts';
import { faultyLinks, linksIn } from './links.ts';

/** What people have to decide first. */
function decisions(state: CaseState, context: Context): readonly Finding[] {
  const { complete, by, needed, digest } = approvalOf(state, context);
  return [
    ...missing(state).map((item) => ({ kind: 'missing', item }) as const),
    ...(state.embargo === null ? [{ kind: 'no-moment' } as const] : []),
    ...(state.held === null ? [] : [{ kind: 'held', reason: state.held.reason } as const]),
    ...(complete ? [] : [{ kind: 'unapproved', have: by.length, needed, digest } as const]),
    ...(context.roster.lists.some((list) => list.kind === 'announcement') ? [] : [{ kind: 'no-public-list' } as const]),
  ];
}

/** Readers whose key is of no use at the moment. A reporter who never had one is written to in clear, as before. */
function unreachable(disclosed: CaseState, { roster, keys }: Context): readonly Finding[] {
  return readers('public', disclosed, roster)
    .filter((each) => !reachable(each, keys) && (each.key !== null || each.role !== 'reporter'))
    .map((each) => ({
      kind: 'no-key',
      address: each.address,
      why: keyProblem(each, keys),
      inClear: mayGoInClear({ template: 'disclosed', audience: 'public' }, each.role, disclosed),
    }));
}

function links(state: CaseState): readonly Finding[] {
  const given = state.links.map(({ url }) => url);
  const prose = [state.description, state.workaround, ...state.notes].flatMap((text) => linksIn(text ?? ''));
  const written = [...new Set(prose)].filter((url) => !given.includes(url));
  const patched = state.links.some(({ kind }) => kind === 'patch');
  const waived = state.waivers.some(({ item }) => item === 'patch'); // else it is missing
  return [
    ...faultyLinks(given).map((each) => ({ kind: 'link', ...each }) as const),
    ...faultyLinks(written).flatMap(({ url, fault }) =>
      fault === 'internal' || fault === 'password' ? [{ kind: 'link', url, fault } as const] : [],
    ),
    ...(state.patches.length === 0 || patched || !waived
      ? []
      : [{ kind: 'unlinked-patch', branches: state.patches.map(({ branch }) => branch) } as const]),
  ];
}

function versions({ affected, fixed }: CaseState): readonly Finding[] {
  const words = [
    ...affected.flatMap(({ product, ranges }) => ranges.map((range) => ({ product, range }))),
    ...fixed.flatMap((entry) => entry.versions.map((range) => ({ product: entry.product, range }))),
  ].filter(({ range }) => readRange(range).kind === 'words');
  const unfixed = affected.filter(({ product }) => !fixed.some((each) => each.product === product));
  return [
    ...words.map((each) => ({ kind: 'range', ...each }) as const),
    ...unfixed.map(({ product }) => ({ kind: 'unfixed', product }) as const),
  ];
}

function cveId({ cve, cveRequestedAt, waivers }: CaseState): readonly Finding[] {
  if (cve !== null || waivers.some(({ item }) => item === 'cve')) return [];
  return [{ kind: 'no-cve', asked: cveRequestedAt !== null }];
}

/**
 * `disclosed`: the case as it would be then. `context`: as of that moment, so that keys are judged at it. `teamKeyEnd`: when
 * the team key ends, null where it never does.
 */
export function readiness(
  state: CaseState,
  disclosed: CaseState,
  context: Context,
  teamKeyEnd: Temporal.Instant | null,
): readonly Finding[] {
  const ended = teamKeyEnd !== null && Temporal.Instant.compare(teamKeyEnd, context.now) <= 0;
  return [
    ...decisions(state, context),
    ...(ended ? [{ kind: 'team-key', end: teamKeyEnd.toString() } as const] : []),
    ...unreachable(disclosed, context),
    ...links(state),
    ...versions(state),
    ...cveId(state),
  ];
}
