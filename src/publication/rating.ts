/** What a CVSS vector amounts to, and what a CWE id is called: asked for by formats that do not take the bare word. */

import cvss from 'ae-cvss-calculator';
// Names of the Common Weakness Enumeration 4.17, © The MITRE Corporation, by its terms of use; without those it has deprecated.
import names from './cwe-names.json' with { type: 'json' };

export interface Rating {
  readonly version: '3.1' | '4.0';
  readonly vectorString: string;
  readonly baseScore: number;
  readonly baseSeverity: 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
}

/** The qualitative scale is the same in both versions (3.1 §5, 4.0 §6). */
function severityOf(score: number): Rating['baseSeverity'] {
  if (score === 0) return 'NONE';
  if (score < 4) return 'LOW';
  if (score < 7) return 'MEDIUM';
  return score < 9 ? 'HIGH' : 'CRITICAL';
}

/** Of a vector that `parseCvss` found well-formed. */
export function ratingOf(vector: string): Rating {
  const version = vector.startsWith('CVSS:4.0/') ? '4.0' : '3.1';
  const baseScore =
    version === '4.0'
      ? new cvss.Cvss4P0(vector).calculateScores().baseMetricsOnly
      : new cvss.Cvss3P1(vector).calculateScores().base;
  if (baseScore === undefined) throw new Error('a vector with all its base metrics has a base score');
  return { version, vectorString: vector, baseScore, baseSeverity: severityOf(baseScore) };
}

const weaknesses: ReadonlyMap<string, string> = new Map(Object.entries(names));

/** `Improper Neutralization of …`; null for an id that the enumeration does not have, or has no more. */
export const weaknessName = (cwe: string): string | null => weaknesses.get(cwe) ?? null;
