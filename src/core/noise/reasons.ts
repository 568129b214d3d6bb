/** Why a report was kept apart, in words for the coordinators. */

import { never } from '../result.ts';
import type { NoiseReason } from './quarantine.ts';

/** Half a sentence: `its sender is blocked since ...`. */
export function tellReason(why: NoiseReason): string {
  switch (why.kind) {
    case 'automatic':
      return `it looks as if no person sent it to you (${why.why}); released, it is answered to nobody`;
    case 'blocked':
      return `the address that it claims is blocked, by #spam in ${why.case}`;
    case 'filter':
      return `your spam filter wrote "${why.mark}"`;
    case 'sender':
      return `${why.most} reports that claim this address came in clear within a day`;
    case 'domain':
      return `${why.most} reports that claim addresses at ${why.domain} came in clear within a day`;
    case 'unproven':
      return `${why.most} mails that claim this address, and do not prove it, were passed on to you within a day; released, it goes where it was sent`;
    case 'flood':
      return why.sealed
        ? `${why.most} encrypted or signed reports of unproven writers came within an hour`
        : `${why.most} reports in clear came within an hour`;
    default:
      return never(why);
  }
}
