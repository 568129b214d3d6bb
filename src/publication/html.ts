/** The advisory as HTML for announcement mails: made with MJML, so that mail clients show it; nothing in it is loaded from elsewhere. */

import type { Advisory } from '../core/advisories/model.ts';
import type { Team } from '../core/policy.ts';
import { advisoryFacts, publicationDate } from './advisory-facts.ts';
import type { Templates } from './templates.ts';

/**
 * A whole HTML document. Throws where `templates/advisory.mjml` is no good MJML: a bug in the template.
 * MJML is loaded at the first call; it is large, and most days nothing is announced.
 */
export async function advisoryHtml(
  advisory: Advisory,
  publishedAt: Temporal.Instant,
  team: Team,
  templates: Templates,
): Promise<string> {
  const { default: mjml2html } = await import('mjml');
  const source = templates.html('advisory.mjml', advisoryFacts(advisory, publicationDate(publishedAt, team), team));
  const { html, errors } = await mjml2html(source, { validationLevel: 'soft', fonts: {}, ignoreIncludes: true });
  const [first] = errors;
  if (first !== undefined) throw new Error(`templates/advisory.mjml: ${first.formattedMessage}`);
  return html;
}
