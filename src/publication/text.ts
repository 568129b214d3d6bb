/** The advisory and the advance notice as plain text, and the digest that approvals bind to. */

import { createHash } from 'node:crypto';

import type { Advisory, Draft } from '../core/advisories/model.ts';
import { tellEverywhere } from '../core/embargo/moments.ts';
import { parseSha256, type Sha256 } from '../core/identifiers.ts';
import type { Team } from '../core/policy.ts';
import { advisoryFacts, productsOf, publicationDate } from './advisory-facts.ts';
import type { Templates } from './templates.ts';

const advisoryWith = (advisory: Advisory, date: string, team: Team, templates: Templates): string =>
  templates.text('advisory.txt.liquid', advisoryFacts(advisory, date, team));

function noticeWith(advisory: Advisory, disclosure: string, team: Team, templates: Templates): string {
  return templates.text('advance-notice.txt.liquid', {
    ...advisoryFacts(advisory, '', team),
    heading: `Vulnerability in ${productsOf(advisory) ?? 'our software'}: ${advisory.title}`,
    disclosure,
  });
}

function digestOf(texts: readonly string[]): Sha256 {
  const digest = parseSha256(createHash('sha256').update(JSON.stringify(texts)).digest('hex'));
  if (digest === null) throw new Error('SHA-256 has 64 hexadecimal digits');
  return digest;
}

/** The advisory as it goes out when it is published at `publishedAt`: the approved text with its date written in. */
export function advisoryText(
  advisory: Advisory,
  publishedAt: Temporal.Instant,
  team: Team,
  templates: Templates,
): string {
  return advisoryWith(advisory, publicationDate(publishedAt, team), team, templates);
}

/**
 * Advisory and advance notice as they would go out on the planned day, and the digest that names them.
 *
 * The digest is the SHA-256 of both texts, rendered a second time with the date of publication and the moment of
 * disclosure left blank. So it covers every word that people approve and every byte that is sent but these two, which
 * the clock decides: moving the embargo, or disclosing a day late, voids no approval, while a changed comma does. A
 * changed template changes the texts, and so the digest: what was approved is what goes out.
 */
export function draft(advisory: Advisory, team: Team, templates: Templates): Draft {
  const planned = advisory.disclosure;
  // Each is rendered when it is read: most who ask want the digest alone.
  return {
    get advisory() {
      const date = planned === null ? '(on publication)' : publicationDate(planned.at, team);
      return advisoryWith(advisory, date, team, templates);
    },
    get notice() {
      const moment = planned === null ? '(not set yet)' : tellEverywhere(planned.at, planned.zone);
      return noticeWith(advisory, moment, team, templates);
    },
    digest: digestOf([advisoryWith(advisory, '', team, templates), noticeWith(advisory, '', team, templates)]),
  };
}
