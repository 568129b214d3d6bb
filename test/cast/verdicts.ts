/** What became of a mail that proves less than its commands need, as those see it who hear of it. */

import { expect } from 'vitest';
import type { Answer } from './impostors.ts';

/** Stands in the mail, and in no refusal but to whoever signed it. */
export const words = 'Please-Believe-This';
export const readers = (answers: readonly Answer[]): readonly string[] => answers.map(({ to }) => to);
export const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');
export const coordinators = ['ada@example.org', 'ben@example.org'];

/** It reached the coordinators as words, under this mark, and nobody else heard anything. */
export function passedToTeam(answers: readonly Answer[], ...marks: readonly string[]): void {
  expect(readers(answers)).toEqual(coordinators);
  for (const { text } of answers) for (const mark of marks) expect(flat(text)).toContain(mark);
}

/** One letter to the signer alone, which gives the reason, and shows the lines `theirs` of what they have signed and no more. */
export function refusedTo(answers: readonly Answer[], signer: string, reason: string, theirs = ''): void {
  expect(readers(answers)).toEqual([signer]);
  expect(flat(answers[0]?.text ?? '')).toContain('Nothing is carried out because of it, and nothing has changed.');
  expect(flat(answers[0]?.text ?? '')).toContain(reason);
  expect(answers[0]?.text).toContain(theirs);
  if (theirs === '') expect(answers[0]?.text).not.toContain(words);
}
