/** Who is in each circle of a case, and what an event tells whom: by the log and the roster, and nothing of the program. */

import type { CaseEvent } from '../../src/core/cases/events.ts';
import type { Address, Fingerprint, MailId } from '../../src/core/identifiers.ts';
import type { Roster } from '../../src/core/roster/people.ts';
import type { ByType, Dossier, OnCase } from './dossier.ts';

/**
 * Who may hear something of a case; each may hear what those after it may. `report`: of its first mail, which other reporters
 * who came to the case later did not write. `assigner`: of its CVE id, and nothing else.
 */
export type Circle = 'team' | 'report' | 'case' | 'told' | 'public' | 'assigner';

/** Who knows what a case comes to, ahead of everybody or with them. */
export const knowing: readonly Circle[] = ['told', 'public'];

/** A reader and the one key that the onlooker would use for them. */
export type Readers = ReadonlyMap<Address, Fingerprint | null>;

/** Everyone in a circle of the case, each with the key on record for them. */
export function readersIn(circle: Circle, { reporters, experts, told, removed }: Dossier, roster: Roster): Readers {
  const listed = roster.lists.flatMap((list) => (list.kind === 'stakeholders' ? list.members : []));
  const record = [...roster.coordinators, ...roster.experts, ...listed];
  const found = new Map<Address, Fingerprint | null>();
  const put = ({ address, key }: OnCase): void => void (found.has(address) || found.set(address, key));
  roster.coordinators.forEach(put);
  const there = ({ address }: OnCase): boolean => !removed.includes(address);
  if (circle === 'team') return found;
  const heard = circle === 'report' ? reporters.slice(0, 1) : reporters;
  for (const { address, key, accepted } of experts)
    if (accepted) put({ address, key: key ?? roster.experts.find((each) => each.address === address)?.key ?? null });
  for (const reporter of heard.filter(there))
    put(
      record.find(({ address }) => address === reporter.address) ??
        experts.find(({ address, key }) => key !== null && address === reporter.address) ??
        reporter,
    );
  if (circle === 'case' || circle === 'report') return found;
  for (const { list: name, members } of told) {
    const list = roster.lists.find(({ address }) => address === name);
    if (list?.kind === 'external' && there(list)) put(list);
    if (list?.kind === 'stakeholders')
      list.members
        .filter((each) => members.includes(each.address) && !each.suspended && each.paused !== true && there(each))
        .forEach(put);
  }
  return found;
}

/** A word or a file of a case, and the circle of that case that may have it. */
export interface Grant {
  readonly circle: Circle;
  readonly texts: readonly (string | null)[];
  readonly files?: readonly { readonly mail: MailId; readonly parts: readonly string[] }[];
}

type Texts = readonly (string | null)[];
const forCase = (...texts: Texts): readonly Grant[] => [{ circle: 'case', texts }];
const advisory = (...texts: Texts): readonly Grant[] => [{ circle: 'told', texts }];
const basics = (...texts: Texts): readonly Grant[] => [...advisory(...texts), { circle: 'assigner', texts }];

type Granting<Type extends CaseEvent['type']> = (event: ByType[Type]) => readonly Grant[];

/** What an event tells whom: where nothing is said here of an event, it is for the coordinators. */
const granting: { readonly [Type in CaseEvent['type']]?: Granting<Type> } = {
  reported: ({ message: { subject, mail, parts = [] } }) => [
    { circle: 'report', texts: [subject], files: [{ mail, parts }] },
  ],
  'message-received': ({ message: { audience: circle, subject } }) => [{ circle, texts: [subject] }],
  opened: ({ title }) => basics(title),
  'split-off': ({ title }) => basics(title),
  titled: ({ title }) => basics(title),
  described: ({ text }) => advisory(text),
  'workaround-given': ({ text }) => advisory(text),
  noted: ({ text }) => advisory(text),
  'erratum-drafted': ({ text }) => advisory(text),
  affected: ({ product, ranges }) => basics(product, ...ranges),
  fixed: ({ product, versions }) => basics(product, ...versions),
  'weakness-set': ({ cwe }) => basics(...cwe),
  rated: ({ cvss }) => advisory(cvss),
  linked: ({ url, label }) => advisory(url, label),
  credited: ({ name, affiliation }) => advisory(name, affiliation),
  'patch-attached': (patch) => [{ circle: 'told', texts: [patch.branch], files: [patch] }],
  leaked: ({ url }) => advisory(url),
  reviewed: ({ reason }) => forCase(reason),
  rejected: ({ reason }) => forCase(reason),
  absorbed: ({ joining: { links, patches, credits } }) => {
    const texts = [
      ...links.flatMap(({ url, label }) => [url, label]),
      ...credits.flatMap(({ name, affiliation }) => [name, affiliation]),
      ...patches.map(({ branch }) => branch),
    ];
    return [{ circle: 'told', texts, files: patches }];
  },
};

const granted = <Type extends CaseEvent['type']>(type: Type, event: ByType[Type]): readonly Grant[] =>
  granting[type]?.(event) ?? [];

export const grants = (event: CaseEvent): readonly Grant[] => granted(event.type, event);
