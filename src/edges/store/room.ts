/** What every part of the store works with. */

import type { Kysely } from 'kysely';
import type { Clock } from '../../flow/ports.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { Sealing } from './sealing.ts';
import type { Tables } from './tables.ts';

export interface Room {
  readonly db: Kysely<Tables>;
  readonly sealing: Sealing;
  readonly pseudonym: Pseudonyms;
  readonly clock: Clock;
}
