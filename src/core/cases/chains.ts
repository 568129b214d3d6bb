/** Which chains of the log tell a case: all but those of the quarantine and of the lists. */

import type { CaseId } from '../identifiers.ts';
import { listsId } from '../lists/membership.ts';
import { quarantineId } from '../noise/quarantine.ts';

export const isCase = (id: CaseId): boolean => id !== quarantineId && id !== listsId;
