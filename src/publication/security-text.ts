/** security.txt (RFC 9116): whom to write to, and until when that is sure to hold. */

import type { Team } from '../core/policy.ts';
import { signedText, type SiteFile } from './site-file.ts';
import type { Templates } from './templates.ts';

export const securityTextPath = '.well-known/security.txt';

/** A year at most is recommended (§2.5.5); half of one leaves time to notice. */
const validHours = 24 * 183;
/** Written anew when less is left: nobody finds it about to expire, not even after weeks without the daemon. */
const leastHours = 24 * 60;

/** To be signed, with one Expires. The paths are below the site's folder; `provider` is null before the first advisory. */
export function securityText(
  paths: { readonly policy: string; readonly provider: string | null },
  now: Temporal.Instant,
  team: Team,
  templates: Templates,
): SiteFile {
  const text = templates.text('site/security.txt.liquid', {
    mailto: `mailto:${team.address}`,
    expires: now.add({ hours: validHours }).round({ smallestUnit: 'second' }).toString(),
    site_url: team.siteUrl,
    ...paths,
  });
  return signedText(securityTextPath, text);
}

const isExpires = (line: string): boolean => line.startsWith('Expires:');

/** Does the signed text that is there say what `fresh` says, and for long enough? Null: there is none. */
export function isFresh(there: string | null, fresh: string, now: Temporal.Instant): boolean {
  const lines = (there ?? '').split(/\r?\n/);
  const until = momentIn(lines.find(isExpires)?.slice('Expires:'.length).trim() ?? '');
  const enough = until !== null && Temporal.Instant.compare(until, now.add({ hours: leastHours })) > 0;
  return enough && fieldsIn(lines) === fieldsIn(fresh.split('\n'));
}

function momentIn(text: string): Temporal.Instant | null {
  try {
    return Temporal.Instant.from(text);
  } catch {
    return null;
  }
}

/** But for the moment, and for what the signature brings. */
const fieldsIn = (lines: readonly string[]): string =>
  lines.filter((line) => /^[A-Z][A-Za-z-]+: \S/.test(line) && !/^(Expires|Hash):/.test(line)).join('\n');
