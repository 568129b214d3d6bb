/** The advisory as data: what every published form (text, HTML, web page) is made from. */

import type { AdvisoryId, CaseId, CveId, Sha256 } from '../identifiers.ts';
import type { CaseLink } from '../cases/state.ts';

export interface Advisory {
  readonly id: AdvisoryId | null;
  readonly case: CaseId;
  readonly title: string;
  readonly cve: CveId | null;
  readonly affected: readonly { readonly product: string; readonly ranges: readonly string[] }[];
  readonly fixed: readonly { readonly product: string; readonly versions: readonly string[] }[];
  readonly description: string;
  readonly workaround?: string | null;
  /** `CWE-79` */
  readonly cwe?: readonly string[];
  /** A well-formed vector, 3.1 or 4.0. */
  readonly cvss?: string | null;
  /** Corrections since the first publication, oldest first. */
  readonly errata?: readonly string[];
  readonly patches: readonly CaseLink[];
  readonly references: readonly CaseLink[];
  readonly credits: readonly { readonly name: string; readonly affiliation: string | null }[];
  readonly notes?: readonly string[];
  /** The disclosure moment as planned; null while none is set. The texts show its date. */
  readonly disclosure: { readonly at: Temporal.Instant; readonly zone: string } | null;
}

/** Advisory and advance notice as they would go out. */
export interface Draft {
  readonly advisory: string;
  readonly notice: string;
  /** SHA-256 over both texts with the date of publication left blank: it is written in at disclosure. */
  readonly digest: Sha256;
}
