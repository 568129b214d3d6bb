/** How values stand in columns in clear, and how they come back: moments, names, numbers in order. */

import { sql, type RawBuilder } from 'kysely';

/** UTC with nine digits of a second, so that moments sort as text in every database and come back exactly. */
export const momentText = (at: Temporal.Instant): string => at.toString({ fractionalSecondDigits: 9 });

export const momentOf = (text: string): Temporal.Instant => Temporal.Instant.from(text);

/** Reads a name back that a parser once made. Throws where the column holds anything else. */
export function known<Name extends string>(parse: (text: string) => Name | null, text: string): Name {
  const name = parse(text);
  if (name === null) throw new Error('a column holds a name that no parser makes');
  return name;
}

/** The number behind the highest of `table`; rows are told in the order in which they came, whatever the clock says. */
export const nextNumber = (table: 'mails' | 'jobs' | 'members'): RawBuilder<number> =>
  sql<number>`(select coalesce(max(number), 0) + 1 from ${sql.table(table)})`;
