/** Every command, in the order in which a case needs them. Help, manual page and checks of who may come from this table. */

import { answering } from './answering.ts';
import { correcting } from './correcting.ts';
import { disclosing } from './disclosing.ts';
import { releasing } from './releasing.ts';
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
import { rehearsing } from './rehearsing.ts';
import { rekeying } from './rekeying.ts';
import { crediting } from './crediting.ts';
import { retracting } from './retracting.ts';
import { reviewing } from './reviewing.ts';
import { searching } from './searching.ts';
import { sources } from './sources.ts';
import { substance } from './substance.ts';
import { terms } from './terms.ts';
import { triage } from './triage.ts';
import { trusting } from './trusting.ts';
import { admitting } from './admitting.ts';
import { subscribing } from './subscribing.ts';
import { ownersVerbs } from './list-owners.ts';
import { memberVerbs, namesakes } from './list-members.ts';
import type { CaseState } from '../cases/state.ts';
import type { Address } from '../identifiers.ts';
import type { Catalog, Verb } from './verb.ts';

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
    ...crediting,
    ...identifying,
    ...reviewing,
    ...retracting,
    ...scheduling,
    ...terms,
    ...disclosing,
    ...releasing,
    ...subscribing,
    ...admitting,
    ...ownersVerbs,
    ...rehearsing,
    ...rekeying,
    ...memberVerbs,
    ...correcting,
    ...exceptions,
    ...record,
    ...answering,
  ].map((verb) => [verb.verb, verb]),
);

/** In a mail that is for a list, `#resume` is of the member's own pause, and `#accept` of the terms of the list. */
const listCatalog: Catalog = new Map([...catalog, ...namesakes.map((verb) => [verb.verb, verb] as const)]);

/** Every entry, for the manual page: those of one name stand in groups of their own. */
export const allVerbs: readonly Verb[] = [...catalog.values(), ...namesakes];

/** What the verbs of a mail mean: `list` is the one that it names or came to. */
export const catalogFor = (list: Address | null, state: CaseState | null): Catalog =>
  list !== null && state === null ? listCatalog : catalog;
