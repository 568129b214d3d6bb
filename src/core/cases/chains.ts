/** Which chains of the log tell a case: all but those of the quarantine, of the lists and of the keys. */

import type { CaseId } from '../identifiers.ts';
import { listsId } from '../lists/membership.ts';
import { keysId } from '../key-ends/told.ts';
import { quarantineId } from '../noise/quarantine.ts';

export const isCase = (id: CaseId): boolean => id !== quarantineId && id !== listsId && id !== keysId;
