/** The advisory that a case would publish as it stands now. */

import type { CaseState } from '../cases/state.ts';
import type { Advisory } from './model.ts';

/** What is not known yet is empty or null; `missing` says what of that must not stay so. */
export function advisoryOf(state: CaseState): Advisory {
  const { embargo } = state;
  return {
    id: state.advisory,
    case: state.id,
    title: state.title ?? 'Untitled',
    cve: state.cve,
    affected: state.affected,
    fixed: state.fixed,
    description: state.description ?? '',
    workaround: state.workaround,
    cwe: state.cwe,
    cvss: state.cvss,
    notes: state.notes,
    errata: state.errata,
    patches: state.links.filter((link) => link.kind === 'patch'),
    references: state.links.filter((link) => link.kind !== 'patch'),
    credits: state.credits.map(({ name, affiliation }) => ({ name, affiliation })),
    disclosure: embargo === null ? null : { at: embargo.until, zone: embargo.zone },
  };
}
