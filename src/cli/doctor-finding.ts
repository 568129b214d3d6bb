/** What an examination found: good, worth a thought, or wrong; and how to mend it. */

export interface Finding {
  readonly level: 'good' | 'advice' | 'wrong';
  readonly what: string;
  /** What to do; null where there is nothing to do. */
  readonly mend: string | null;
}

export const good = (what: string): Finding => ({ level: 'good', what, mend: null });
export const advice = (what: string, mend: string): Finding => ({ level: 'advice', what, mend });
export const wrong = (what: string, mend: string): Finding => ({ level: 'wrong', what, mend });
