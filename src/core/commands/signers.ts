/** Who counts where several have to agree: each person once, however many keys and roles they have. */

import type { Address } from '../identifiers.ts';
import type { Situation } from './verb.ts';

/** The coordinators whose good signatures are on the text, by the keys on record. */
export const coordinatorsSigning = ({ context, speakers }: Situation): readonly Address[] => [
  ...new Set(
    context.roster.coordinators
      .filter(({ key }) => speakers.some((each) => each.fingerprint === key))
      .map(({ address }) => address),
  ),
];
