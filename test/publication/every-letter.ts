/** Every letter that we ever send, made by the code that sends it, by a name for each. */

import type { Letter } from '../../src/core/cases/effects.ts';
import { toCommands, toMails } from './answers-sent.ts';
import { likely, ofCases } from './case-letters.ts';
import { daily, noise, ofKeys } from './daily-letters.ts';
import { ofLists } from './list-letters.ts';

export type Named = readonly [name: string, letter: Letter];

export const everyLetter: readonly Named[] = [
  ...noise(),
  ...ofLists(),
  ...ofKeys(),
  ...ofCases(),
  ...likely(),
  ...daily(),
  ...toCommands(),
  ...toMails(),
];
