/** Whether everybody on record can be written to in confidence, today and for the weeks to come. */

import type { Fingerprint } from '../core/identifiers.ts';
import { everyone } from '../core/roster/audiences.ts';
import type { Policy } from '../core/policy.ts';
import type { KeyFacts, Roster } from '../core/roster/people.ts';
import type { Workings } from '../flow/workings.ts';
import { advice, type Finding, good, wrong } from './doctor-finding.ts';

const soonDays = 30;

/** Somebody, or a list of others, and the key that it is reached with. */
interface Reader {
  readonly name: string;
  readonly key: Fingerprint | null;
}

const readers = (roster: Roster, { cve }: Policy): readonly Reader[] => [
  ...(cve.kind === 'cna' ? [{ name: cve.address, key: cve.key }] : []),
  ...everyone(roster).map(({ address, key }) => ({ name: address, key })),
  ...roster.lists.flatMap((list) => (list.kind === 'external' ? [{ name: list.address, key: list.key }] : [])),
];

const day = (at: Temporal.Instant): string => at.toZonedDateTimeISO('UTC').toPlainDate().toString();

const endsSoon = (at: Temporal.Instant | null, now: Temporal.Instant): boolean =>
  at !== null && at.since(now).total('hours') < soonDays * 24;

function examineReader({ name, key }: Reader, known: KeyFacts | undefined, now: Temporal.Instant): Finding {
  if (key === null)
    return advice(
      `${name} has no key on record`,
      'nothing confidential reaches them: ask for a key, and put it in the configuration',
    );
  if (known === undefined) return wrong(`the key ${key} of ${name} is not there`, `embargod keys import FILE`);
  if (!known.usable)
    return wrong(
      `nothing can be encrypted to ${name}: ${known.problem ?? 'unusable'}`,
      'ask for a new key, then `embargod keys import FILE`',
    );
  return known.expiresAt !== null && endsSoon(known.expiresAt, now)
    ? advice(`the key of ${name} expires on ${day(known.expiresAt)}`, 'ask them to prolong it and to send it again')
    : good(`${name} can be encrypted to`);
}

function examineTeam({ keys: { team } }: Workings, now: Temporal.Instant): Finding {
  if (team.expiresAt === null || !endsSoon(team.expiresAt, now))
    return good(`the team key ${team.fingerprint} is valid`);
  return Temporal.Instant.compare(team.expiresAt, now) <= 0
    ? wrong(
        `the team key expired on ${day(team.expiresAt)}: reporters cannot encrypt to you`,
        'embargod keys expire 1y',
      )
    : advice(`the team key expires on ${day(team.expiresAt)}`, 'embargod keys expire 1y, and publish it again');
}

export async function examineKeys(workings: Workings): Promise<readonly Finding[]> {
  const now = workings.clock.now();
  const facts = await workings.keys.facts(now);
  const roster = { ...workings.roster, lists: await workings.store.lists(workings.roster.lists) };
  return [
    examineTeam(workings, now),
    ...readers(roster, workings.policy).map((reader) =>
      examineReader(reader, reader.key === null ? undefined : facts.get(reader.key), now),
    ),
  ];
}
