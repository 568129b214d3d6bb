/** Every command, in the order in which a case needs them. Help, manual page and checks of who may come from this table. */

import { answering } from './answering.ts';
import { correcting } from './correcting.ts';
import { disclosing } from './disclosing.ts';
import { exceptions } from './exceptions.ts';
import { identifying } from './identifying.ts';
import { joining } from './joining.ts';
import { leading } from './leading.ts';
import { looking } from './looking.ts';
import { people } from './people.ts';
import { scheduling } from './scheduling.ts';
import { quarantining } from './quarantining.ts';
import { rating } from './rating.ts';
import { record } from './record.ts';
import { rekeying } from './rekeying.ts';
import { retracting } from './retracting.ts';
import { reviewing } from './reviewing.ts';
import { searching } from './searching.ts';
import { sources } from './sources.ts';
import { substance } from './substance.ts';
import { terms } from './terms.ts';
import { triage } from './triage.ts';
import { trusting } from './trusting.ts';
import type { Catalog } from './verb.ts';

export const catalog: Catalog = new Map(
  [
    ...looking,
    ...searching,
    ...triage,
    ...joining,
    ...leading,
    ...quarantining,
    ...people,
    ...trusting,
    ...substance,
    ...rating,
    ...sources,
    ...identifying,
    ...reviewing,
    ...retracting,
    ...scheduling,
    ...terms,
    ...disclosing,
    ...rekeying,
    ...correcting,
    ...exceptions,
    ...record,
    ...answering,
  ].map((verb) => [verb.verb, verb]),
);
