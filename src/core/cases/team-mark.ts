/**
 * The mark in the Subject of what is said between the coordinators and one reader: an answer that keeps it goes to them alone. It is a
 * word and no address, since mail programs that look for a key by its address (Thunderbird) find the team's for one only.
 */

export const teamMark = '[team]';

/** Does the Subject bear the mark? */
export const isForTeam = (subject: string | null): boolean => subject?.toLowerCase().includes(teamMark) === true;

export const withoutTeamMark = (subject: string): string => subject.replaceAll(/\[team\]/gi, '');
