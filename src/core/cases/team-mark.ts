/**
 * The marks of what is said between the coordinators and one reader: its answers go to them alone, unless a command says otherwise.
 * In the Subject it is a word and no address, since mail programs that look for a key by its address (Thunderbird) find
 * the team's for one only. In the Message-ID it holds where a mail program drops that word; who forges it only narrows.
 */

import type { MessageId } from '../identifiers.ts';

export const teamMark = '[team]';

/** Does the Subject bear the mark? */
export const isForTeam = (subject: string | null): boolean => subject?.toLowerCase().includes(teamMark) === true;

/** Ends the local part of a Message-ID. */
export const teamSuffix = '.team';

export const isTeamMessage = (id: MessageId): boolean => id.includes(`${teamSuffix}@`);

/** A space stays in its place, so that what stood around it makes no other. */
export const withoutTeamMark = (subject: string): string => subject.replaceAll(/\[team\]/gi, ' ');
