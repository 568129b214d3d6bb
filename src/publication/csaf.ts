/** An advisory as a CSAF 2.0 document: what a machine needs to tell whether its software is affected, and what to do then. */

import { type Published, revisedAt } from '../core/advisories/published.ts';
import type { Advisory } from '../core/advisories/model.ts';
import type { AdvisoryId } from '../core/identifiers.ts';
import { plainLine, plainText } from '../core/plain-text.ts';
import type { Team } from '../core/policy.ts';
import { advisoryFacts } from './advisory-facts.ts';
import { idsOf, type Leaf, leavesOf, productTree } from './csaf-products.ts';
import { given, type JsonObject, stamp, webAddress } from './json.ts';
import { ratingOf, weaknessName } from './rating.ts';
import type { SiteFacts } from './site.ts';

export const csafFolder = '.well-known/csaf';

/** `2026/exsa-2026-001.json`, below `csafFolder`: the year of the first release, the id as §5.1 writes file names. */
export function csafName({ id, publishedAt }: Pick<Published, 'id' | 'publishedAt'>): string {
  const { year } = publishedAt.toZonedDateTimeISO('UTC');
  return `${year}/${fileName(id)}`;
}

const fileName = (id: AdvisoryId): string => `${id.toLowerCase().replaceAll(/[^+\-a-z0-9]+/g, '_')}.json`;

export const csafUrl = (published: Pick<Published, 'id' | 'publishedAt'>, { siteUrl }: Team): string =>
  `${siteUrl}/${csafFolder}/${csafName(published)}`;

/** §3.1.8 */
export const csafPublisher = ({ team, publisher }: Pick<SiteFacts, 'team' | 'publisher'>): JsonObject => ({
  category: publisher,
  contact_details: team.address,
  name: plainLine(team.name),
  namespace: team.siteUrl,
});

const note = (category: string, title: string, text: string): readonly JsonObject[] => {
  const plain = plainText(text).trim();
  return plain === '' ? [] : [{ category, title, text: plain }];
};

/** Every revision is an integer version (§3.1.11.1): the first publication, then one for each correction. */
function tracking(published: Published): JsonObject {
  const { id, advisory, publishedAt, correctedAt } = published;
  const errata = advisory.errata ?? [];
  const revisions = [
    { date: stamp(publishedAt), number: '1', summary: 'First publication' },
    ...correctedAt.map((at, index) => ({
      date: stamp(at),
      number: String(index + 2),
      summary: plainText(errata[index] ?? '').trim() || 'Correction',
    })),
  ];
  return {
    ...given('aliases', advisory.cve === null ? [] : [advisory.cve]),
    current_release_date: stamp(revisedAt(published)),
    generator: { engine: { name: 'embargod' } },
    id,
    initial_release_date: stamp(publishedAt),
    revision_history: revisions,
    status: 'final',
    version: String(revisions.length),
  };
}

function documentOf(published: Published, facts: SiteFacts, category: string): JsonObject {
  const { id, advisory } = published;
  const { team } = facts;
  const notes = [
    ...(advisory.errata ?? []).flatMap((text, index) => note('general', `Erratum ${index + 1}`, text)),
    ...(advisory.notes ?? []).flatMap((text) => note('general', 'Note', text)),
  ];
  return {
    category,
    csaf_version: '2.0',
    distribution: { tlp: { label: 'WHITE', url: 'https://www.first.org/tlp/' } },
    lang: 'en',
    ...given('notes', notes),
    publisher: csafPublisher(facts),
    references: [
      { category: 'self', summary: 'This document', url: csafUrl(published, team) },
      { category: 'self', summary: 'The advisory for people', url: `${team.siteUrl}/advisories/${id}.html` },
    ],
    title: advisoryFacts(advisory, '', team).title || id,
    tracking: tracking(published),
  };
}

/** What helps the owner of an affected product: an update, a patch, a workaround, or word that there is none yet (§3.2.3.12). */
function remediations(advisory: Advisory, leaves: readonly Leaf[]): readonly JsonObject[] {
  const affected = idsOf(leaves, 'affected');
  if (affected.length === 0) return [];
  const fixed = [
    ...Map.groupBy(
      leaves.filter(({ status }) => status === 'fixed'),
      ({ product }) => product,
    ),
  ];
  const updates = fixed.map(([product, of]) => {
    const own = idsOf(leaves, 'affected', product);
    return {
      category: 'vendor_fix',
      details: `Fixed in ${of.map(({ title }) => title).join(', ')}`,
      product_ids: own.length === 0 ? affected : own,
    };
  });
  const patches = advisory.patches.flatMap(({ url, label }) => {
    const address = webAddress(url);
    const branch = plainLine(label ?? '');
    const details = branch === '' ? 'Patch' : `Patch for ${branch}`;
    return address === null ? [] : [{ category: 'vendor_fix', details, product_ids: affected, url: address }];
  });
  const workaround = plainText(advisory.workaround ?? '').trim();
  const all = [
    ...updates,
    ...patches,
    ...(workaround === '' ? [] : [{ category: 'workaround', details: workaround, product_ids: affected }]),
  ];
  const helped = new Set(all.flatMap(({ product_ids }) => product_ids));
  const left = affected.filter((id) => !helped.has(id));
  return left.length === 0
    ? all
    : [...all, { category: 'none_available', details: 'No fix is known yet', product_ids: left }];
}

/** A rating in CVSS 3.1 is a score of the affected products; CSAF 2.0 has no place for 4.0 but a note. */
function rated(
  cvss: string | null,
  affected: readonly string[],
): { scores: readonly JsonObject[]; notes: readonly JsonObject[] } {
  if (cvss === null) return { scores: [], notes: [] };
  const rating = ratingOf(cvss);
  if (rating.version === '3.1' && affected.length > 0)
    return { scores: [{ cvss_v3: { ...rating }, products: affected }], notes: [] };
  return {
    scores: [],
    notes: note('other', `CVSS ${rating.version}`, `${cvss} (${rating.baseScore}, ${rating.baseSeverity})`),
  };
}

/** One weakness has a member of its own (§3.2.3.3), under its official name; the others are told in words. */
function weaknesses(cwe: readonly string[]): { first: JsonObject; notes: readonly JsonObject[] } {
  const named = cwe.flatMap((id) => {
    const name = weaknessName(id);
    return name === null ? [] : [{ id, name }];
  });
  const [first] = named;
  const others = cwe.filter((id) => id !== first?.id);
  return { first: first === undefined ? {} : { cwe: first }, notes: note('other', 'Weaknesses', others.join(', ')) };
}

function referencesOf(advisory: Advisory, team: Team): readonly JsonObject[] {
  return advisoryFacts(advisory, '', team).references.flatMap(({ url, label }) => {
    const address = webAddress(url);
    return address === null ? [] : [{ category: 'external', summary: label || address, url: address }];
  });
}

const acknowledgments = ({ credits }: Advisory): readonly JsonObject[] =>
  credits.flatMap(({ name, affiliation }) => {
    const who = {
      ...given(
        'names',
        [plainLine(name)].filter((each) => each !== ''),
      ),
      ...given('organization', plainLine(affiliation ?? '')),
    };
    return Object.keys(who).length === 0 ? [] : [who];
  });

function vulnerability({ advisory, publishedAt }: Published, leaves: readonly Leaf[], { team }: SiteFacts): JsonObject {
  const affected = idsOf(leaves, 'affected');
  const { scores, notes: ratings } = rated(advisory.cvss ?? null, affected);
  const { first, notes: others } = weaknesses(advisory.cwe ?? []);
  const status = { ...given('fixed', idsOf(leaves, 'fixed')), ...given('known_affected', affected) };
  return {
    ...given('acknowledgments', acknowledgments(advisory)),
    ...given('cve', advisory.cve),
    ...first,
    ...given('notes', [...note('description', 'Description', advisory.description), ...ratings, ...others]),
    ...(leaves.length === 0 ? {} : { product_status: status }),
    ...given('references', referencesOf(advisory, team)),
    release_date: stamp(publishedAt),
    ...given('remediations', remediations(advisory, leaves)),
    ...given('scores', scores),
    ...given('title', plainLine(advisory.title)),
  };
}

/** Of the profile Security Advisory where it has what that asks for (§4.4: products, their status, a note), else CSAF Base (§4.1). */
export function csafDocument(published: Published, facts: SiteFacts): JsonObject {
  const { advisory } = published;
  const leaves = leavesOf(advisory, facts.products, plainLine(facts.team.name));
  const whole = leaves.length > 0 && plainText(advisory.description).trim() !== '';
  return {
    document: documentOf(published, facts, whole ? 'csaf_security_advisory' : 'csaf_base'),
    ...(leaves.length === 0 ? {} : { product_tree: productTree(leaves) }),
    vulnerabilities: [vulnerability(published, leaves, facts)],
  };
}
