/** What every published form of an advisory prints, in the order and the words in which it is printed. */

import type { Advisory } from '../core/advisories/model.ts';
import type { CaseLink } from '../core/cases/state.ts';
import { plainLine } from '../core/plain-text.ts';
import type { Team } from '../core/policy.ts';

interface Link {
  readonly url: string;
  readonly label: string | null;
}

/** The values of the advisory templates; nothing in them depends on anything but the arguments of `advisoryFacts`. */
export interface AdvisoryFacts {
  readonly id: string;
  /** `nova: Title`, or the bare title where no product is named. */
  readonly title: string;
  readonly heading: string;
  readonly date: string;
  readonly cve: string | null;
  /** `nova: >=27.0.0 <28.1.1` */
  readonly affected: readonly string[];
  readonly fixed: readonly string[];
  readonly description: string;
  readonly workaround: string | null;
  readonly cwe: readonly string[];
  readonly cvss: string | null;
  readonly errata: readonly string[];
  readonly patches: readonly Link[];
  readonly credits: readonly string[];
  readonly references: readonly Link[];
  readonly notes: readonly string[];
  readonly team: Pick<Team, 'name' | 'address' | 'siteUrl'>;
}

/** `nova, glance`; null where the advisory names no product. */
export function productsOf(advisory: Advisory): string | null {
  const names = new Set([...advisory.affected, ...advisory.fixed].map((entry) => plainLine(entry.product)));
  const [first, second, third, ...more] = names;
  if (first === undefined) return null;
  const shown = [first, second, third].filter((name) => name !== undefined).join(', ');
  return more.length === 0 ? shown : `${shown} and ${more.length} more`;
}

function titleOf(advisory: Advisory): string {
  const title = plainLine(advisory.title);
  const products = productsOf(advisory);
  return products === null || title.toLowerCase().startsWith(`${products.toLowerCase()}:`)
    ? title
    : `${products}: ${title}`;
}

/** `[EXSA-2026-001] nova: Title (CVE-2026-1234)`: the Subject of the advisory, with `ERRATA 1` after its first correction. One line, without markup. */
export function advisorySubject(advisory: Advisory): string {
  const cve = advisory.cve === null ? '' : ` (${advisory.cve})`;
  const revision = advisory.errata?.length ?? 0;
  return `[${advisory.id ?? 'draft'}] ${titleOf(advisory)}${cve}${revision === 0 ? '' : ` ERRATA ${revision}`}`;
}

const versions = (product: string, of: readonly string[]): string =>
  of.length === 0 ? plainLine(product) : `${plainLine(product)}: ${of.map(plainLine).join(', ')}`;

const link = ({ url, label }: CaseLink): Link => ({
  url: plainLine(url),
  label: label === null ? null : plainLine(label),
});

function referencesOf(advisory: Advisory): readonly Link[] {
  const record = advisory.cve === null ? [] : [`https://www.cve.org/CVERecord?id=${advisory.cve}`];
  const links = advisory.references.map(link);
  const missing = record.filter((url) => !links.some((known) => known.url === url));
  return [...links, ...missing.map((url) => ({ url, label: null }))];
}

/** `date`: of publication, as it is to be printed. */
export function advisoryFacts(advisory: Advisory, date: string, team: Team): AdvisoryFacts {
  const id = advisory.id ?? 'draft';
  const title = titleOf(advisory);
  return {
    id,
    title,
    heading: `${id}: ${title}`,
    date,
    cve: advisory.cve,
    affected: advisory.affected.map((entry) => versions(entry.product, entry.ranges)),
    fixed: advisory.fixed.map((entry) => versions(entry.product, entry.versions)),
    description: advisory.description,
    workaround: advisory.workaround ?? null,
    cwe: advisory.cwe ?? [],
    cvss: advisory.cvss ?? null,
    errata: advisory.errata ?? [],
    patches: advisory.patches.map(link),
    credits: advisory.credits.map(({ name, affiliation }) =>
      plainLine(affiliation === null ? name : `${name} (${affiliation})`),
    ),
    references: referencesOf(advisory),
    notes: advisory.notes ?? [],
    team: { name: team.name, address: team.address, siteUrl: team.siteUrl },
  };
}

/** The date on which something is published, in the team's zone: `2026-11-03`. */
export function publicationDate(at: Temporal.Instant, team: Team): string {
  return at.toZonedDateTimeISO(team.timezone).toPlainDate().toString();
}
