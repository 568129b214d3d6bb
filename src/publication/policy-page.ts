/** The policy page: what the team promises, from the very settings that the program keeps. */

import type { Fingerprint } from '../core/identifiers.ts';
import type { CveSource, Policy, Team } from '../core/policy.ts';
import { never } from '../core/result.ts';
import type { List } from '../core/roster/people.ts';
import { file, type SiteFile } from './site-file.ts';
import type { Templates } from './templates.ts';

export const policyPath = 'policy.html';

/** Groups of four, for people to compare. */
export const readableFingerprint = (key: Fingerprint): string => key.replaceAll(/(.{4})(?=.)/g, '$1 ');

const weekdays = {
  Mon: 'Monday',
  Tue: 'Tuesday',
  Wed: 'Wednesday',
  Thu: 'Thursday',
  Fri: 'Friday',
  Sat: 'Saturday',
  Sun: 'Sunday',
} as const;

const orOf = (words: readonly string[]): string => words.join(', ').replace(/, ([^,]+)$/, ' or $1');
const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`);

function cveSource(source: CveSource): string | null {
  switch (source.kind) {
    case 'hand':
      return null;
    case 'cna':
      return source.name;
    case 'services':
      return 'ourselves, a CVE Numbering Authority';
    default:
      return never(source);
  }
}

/** Private lists and their members are not named; that there are some, and by what rules, is. */
function noticeFacts(lists: readonly List[], [least, most]: Policy['embargo']['noticeBusinessDays']) {
  const own = lists.filter((list) => list.kind === 'stakeholders');
  const external = lists.filter((list) => list.kind === 'external');
  if (own.length + external.length === 0) return null;
  return {
    least,
    most,
    own: own.length > 0,
    terms: own.every(({ requireTerms }) => requireTerms),
    countries: [...new Set(own.flatMap(({ withholdCountries }) => withholdCountries))].toSorted(),
    external: external
      .filter(({ preset }) => preset !== null)
      .map(({ preset, maximumDays }) => ({ name: preset, days: maximumDays === null ? null : days(maximumDays) })),
  };
}

/** What the team has set, for all to read. `lists`: as configured. */
export interface Rules {
  readonly team: Team;
  readonly policy: Policy;
  readonly lists: readonly List[];
}

/** The same settings make the same page. */
export function policyPage({ team, policy, lists }: Rules, key: Fingerprint, templates: Templates): SiteFile {
  const { embargo, reminders, archive, approvals, cve } = policy;
  const announcements = lists.filter((list) => list.kind === 'announcement');
  const page = templates.html('site/policy.html.liquid', {
    team,
    canonical: `${team.siteUrl}/${policyPath}`,
    mailto: `mailto:${team.address}`,
    fingerprint: readableFingerprint(key),
    answer_days: days(Math.max(1, reminders.acknowledgementDays)),
    maximum_days: days(embargo.maximumDays),
    weekdays: orOf(embargo.preferredDays.map((day) => weekdays[day])),
    time: embargo.preferredTime,
    blackout: embargo.blackout.map((date) => date.toString()),
    approvals,
    notice: noticeFacts(lists, embargo.noticeBusinessDays),
    cve: cveSource(cve),
    lists: announcements.map(({ address }) => address),
    record_days: archive.publishAfterDays === 0 ? null : days(archive.publishAfterDays),
  });
  return file(policyPath, page);
}
