/** Every reason to refuse commands: one row each gives the words for the sender and, where there is one, the text to send instead. */

export interface Told {
  readonly text: string;
  /** A line that would work; null where no line would. */
  readonly instead: string | null;
}

/** What each reason carries: the words that its row needs. */
interface Details {
  // The whole text: who says it, and how far that is proven.
  readonly unsigned: object;
  readonly 'bad-signature': object;
  readonly 'unknown-signer': object;
  readonly 'expired-key': object;
  readonly 'revoked-key': object;
  readonly 'weak-signature': object;
  readonly 'invalid-beside-valid': object;
  readonly 'untimed-signature': object;
  readonly 'too-old': { readonly signedAt: string; readonly hours: number };
  readonly 'in-the-future': { readonly signedAt: string };
  readonly replayed: object;
  readonly 'not-encrypted': object;
  readonly 'from-other': { readonly onRecord: string };
  readonly 'several-texts': object;
  readonly 'case-not-named': { readonly addressed: string | null };
  readonly 'cases-differ': { readonly named: readonly string[] };
  readonly 'other-case': { readonly named: string; readonly addressed: string };
  readonly 'unknown-case': { readonly named: string };
  readonly 'not-on-case': object;
  readonly 'list-not-named': { readonly addressed: string | null };
  readonly 'lists-differ': { readonly named: readonly string[] };
  readonly 'other-list': { readonly named: string; readonly addressed: string };
  readonly 'unknown-list': { readonly named: string };
  // The lines: how they are written.
  readonly 'unknown-verb': {
    readonly word: string;
    readonly nearest: string | null;
    /** The words after the verb. */
    readonly rest: string;
  };
  /** `delimiter`: the line above the `#end` that looks like the beginning of a mail's signature. */
  readonly 'missing-end': { readonly verb: string; readonly delimiter: number | null };
  readonly 'stray-end': object;
  readonly 'unclosed-quote': { readonly raw: string };
  /** `whole`: the line and the next as one. */
  readonly 'broken-line': { readonly whole: string };
  readonly 'not-leading': { readonly verb: string };
  readonly 'bad-case': { readonly word: string | null };
  readonly 'bad-list': { readonly word: string | null };
  readonly 'too-many': { readonly most: number };
  readonly 'too-long': { readonly verb: string };
  // One command: who says it, when, and with what.
  readonly 'not-yours': { readonly verb: string; readonly who: string };
  readonly 'terms-first': object;
  readonly 'not-now': { readonly verb: string; readonly why: string; readonly instead: string | null };
  readonly missing: { readonly what: string; readonly usage: string; readonly example: string };
  readonly superfluous: { readonly word: string; readonly usage: string; readonly example: string };
  readonly wrong: {
    readonly what: string;
    readonly word: string;
    readonly because: string;
    readonly instead: string | null;
  };
  readonly 'past-moment': { readonly moment: string; readonly now: string; readonly instead: string | null };
  readonly 'too-near': { readonly moment: string; readonly needed: number; readonly instead: string | null };
  readonly 'no-such-moment': { readonly moment: string; readonly zone: string; readonly next: string };
  readonly 'beyond-end': {
    readonly moment: string;
    readonly end: string;
    readonly clock: string;
    readonly instead: string | null;
  };
  readonly lacking: { readonly verb: string; readonly items: readonly string[]; readonly instead: string | null };
  readonly 'stale-digest': { readonly word: string; readonly current: string };
  readonly unapproved: {
    readonly have: number;
    readonly need: number;
    readonly digest: string;
    readonly byAsker: boolean;
  };
  readonly unreachable: { readonly whom: string; readonly why: readonly string[]; readonly instead: string | null };
}

export type RefusalReason = keyof Details;

/** A reason with its details. `Refusal<'missing'>` is that one; `Refusal` is any. */
export type Refusal<Reason extends RefusalReason = RefusalReason> = {
  [Each in Reason]: { readonly reason: Each } & Details[Each];
}[Reason];

const nothing = (text: string) => (): Told => ({ text, instead: null });
const listed = (items: readonly string[]): string => items.join('; ');

const table: { readonly [Each in RefusalReason]: (refusal: Refusal<Each>) => Told } = {
  unsigned: nothing(
    'Commands need an OpenPGP signature over the whole text in which they stand. This text has none, so none was carried out.',
  ),
  'bad-signature': nothing('The signature does not fit the text: it was changed on its way, or signed wrongly.'),
  'unknown-signer': nothing('The signature is by a key that is not on record here for anyone who may give commands.'),
  'expired-key': nothing(
    'The signing key has expired. Extend it, send the new public key to the team, and sign again.',
  ),
  'revoked-key': nothing('The signing key is revoked. Only a key that is on record and valid can give commands.'),
  'weak-signature': nothing(
    'The signature uses a hash or key that is too weak to believe. Sign again with SHA-256 or better and a current key.',
  ),
  'invalid-beside-valid': nothing(
    'One signature on this text is good and another is not, so none of it is believed. Sign once, and send it again.',
  ),
  'untimed-signature': nothing('The signature does not say when it was made. Sign the text anew.'),
  'too-old': ({ signedAt, hours }) => ({
    text: `This was signed on ${signedAt}, more than ${hours} hours ago. Sign it anew if it still holds.`,
    instead: null,
  }),
  'in-the-future': ({ signedAt }) => ({
    text: `This was signed on ${signedAt}, which is still to come. Set the clock of the signing machine, and sign anew.`,
    instead: null,
  }),
  replayed: nothing(
    'A mail with this very signature was dealt with before, and answered then; perhaps you sent it to two of our addresses. To say it again, sign it again.',
  ),
  'not-encrypted': nothing(
    'Commands must be encrypted to the team as well as signed. Sign and encrypt the text anew, and send it again.',
  ),
  'from-other': ({ onRecord }) => ({
    text: `The signature is yours, but the mail does not come (From) from the address on record for that key, and from it alone. Sign it anew, and send it from ${onRecord}.`,
    instead: null,
  }),
  'several-texts': nothing(
    'The mail has several texts with commands. Write all of them in one, so that all can run or none.',
  ),
  'case-not-named': ({ addressed }) => ({
    text: 'The signed text does not say which case it is for. Name the case in the first line, or keep its tag in a Subject that is protected by the signature.',
    instead: `#case ${addressed ?? 'CASE'}`,
  }),
  'cases-differ': ({ named }) => ({
    text: `The mail names more than one case (${named.join(', ')}), in its Subject, in lines "#case", or both. One mail is for one case: take the others out.`,
    instead: named[0] === undefined ? null : `#case ${named[0]}`,
  }),
  'other-case': ({ named, addressed }) => ({
    text: `The signed text is for ${named}, but the mail came to ${addressed}. Sign it anew and send it to the address of ${named}; or sign it for ${addressed}, without [${named}] in the Subject.`,
    instead: `#case ${addressed}`,
  }),
  'unknown-case': ({ named }) => ({ text: `There is no case ${named}.`, instead: '#cases' }),
  'not-on-case': nothing('You have no part in that case, so you cannot give commands there.'),

  'list-not-named': ({ addressed }) => ({
    text: 'The signed text does not say which list it is for, so that it could be sent on to another list. Name the list in the first line.',
    instead: `#list ${addressed ?? 'distros@example.org'}`,
  }),
  'lists-differ': ({ named }) => ({
    text: `The mail names more than one list (${named.join(', ')}). One mail is for one list.`,
    instead: named[0] === undefined ? null : `#list ${named[0]}`,
  }),
  'other-list': ({ named, addressed }) => ({
    text: `The signed text is for ${named}, but the mail came to the address of ${addressed}. Sign it anew and send it to the address of ${named}, or sign it for ${addressed}.`,
    instead: `#list ${addressed}`,
  }),
  'unknown-list': ({ named }) => ({ text: `${named} is no stakeholder list of ours.`, instead: null }),

  'unknown-verb': ({ word, nearest, rest }) => ({
    text:
      nearest === null
        ? `There is no command "#${word}". To write such a line as text, put "#stop" above it.`
        : `There is no command "#${word}"; the nearest is "#${nearest}". To write such a line as text, put "#stop" above it.`,
    instead: nearest === null ? '#help' : `#${nearest} ${rest}`.trimEnd(),
  }),
  'missing-end': ({ verb, delimiter }) => ({
    text:
      delimiter === null
        ? `The text of "#${verb}" has no line "#end" after it, so it is not clear where it ends.`
        : `Line ${delimiter} is "-- ", which begins the signature below a mail: "#end" after it does not count. Write another line in its place, such as "---".`,
    instead: `#${verb}\nTEXT\n#end`,
  }),
  'stray-end': nothing('There is a line "#end", but no command with a text is open above it.'),
  'unclosed-quote': ({ raw }) => ({
    text: 'A double quote is opened in this line and not closed.',
    instead: `${raw}"`,
  }),
  'broken-line': ({ whole }) => ({
    text: 'It looks as if a mail program had broken this line in two. If the next line belongs to it, write both as one; if not, leave an empty line between them.',
    instead: whole,
  }),
  'not-leading': ({ verb }) => ({
    text: `"#${verb}" counts only at the head of the mail, above all other text.`,
    instead: null,
  }),
  'bad-case': ({ word }) => ({
    text: word === null ? '"#case" needs the number of a case.' : `"${word}" is not the number of a case.`,
    instead: '#case CASE',
  }),
  'bad-list': ({ word }) => ({
    text: word === null ? '"#list" needs the address of a list.' : `"${word}" is not the address of a list.`,
    instead: '#list distros@example.org',
  }),
  'too-long': ({ verb }) => ({
    text: `The answer to this mail is long already, so "#${verb}" is not answered in it too. Ask for it in a mail of its own.`,
    instead: null,
  }),
  'too-many': ({ most }) => ({ text: `A mail can hold ${most} commands at most.`, instead: null }),

  'not-yours': ({ verb, who }) => ({ text: `"#${verb}" is for ${who}.`, instead: '#help' }),
  'terms-first': () => ({
    text: 'You are invited to this case. Its content is open to you once you accept the embargo terms.',
    instead: '#accept',
  }),
  'not-now': ({ verb, why, instead }) => ({ text: `"#${verb}" is not possible now: ${why}`, instead }),
  missing: ({ what, usage, example }) => ({ text: `${what} is missing. It is written: ${usage}`, instead: example }),
  superfluous: ({ word, usage, example }) => ({
    text: `"${word}" is one word too many. It is written: ${usage}`,
    instead: example,
  }),
  wrong: ({ what, word, because, instead }) => ({ text: `"${word}" is not ${what}: ${because}`, instead }),
  'past-moment': ({ moment, now, instead }) => ({
    text: `${moment} is past (it is ${now}). A disclosure moment has to lie ahead.`,
    instead,
  }),
  'too-near': ({ moment, needed, instead }) => ({
    text: `That would publish on ${moment}, in less than 24 hours and earlier than planned, which takes the word of ${needed} coordinators. Have the others sign the mail too; or say "#disclose" when it is to go out, which asks them.`,
    instead,
  }),
  'no-such-moment': ({ moment, zone, next }) => ({
    text: `${moment} does not exist in ${zone}: the clocks are put forward then. The next moment that exists is ${next}.`,
    instead: `#embargo ${next} ${zone}`,
  }),
  'beyond-end': ({ moment, end, clock, instead }) => ({
    text: `${moment} is too late. The embargo ends on ${end} at the latest: ${clock}.`,
    instead,
  }),
  lacking: ({ verb, items, instead }) => ({
    text: `"#${verb}" is not possible while this is missing: ${listed(items)}.`,
    instead,
  }),
  'stale-digest': ({ word, current }) => ({
    text: `"${word}" is not the digest of the advisory as it stands now. Read it again (#draft) before you approve it.`,
    instead: `#approve ${current}`,
  }),
  unapproved: ({ have, need, digest, byAsker }) => ({
    text: `The advisory has ${have} of ${need} approvals that it needs.${byAsker ? ` Yours is among them: the next has to come from another coordinator, by #approve ${digest.slice(0, 32)}` : ''}`,
    instead: byAsker ? null : `#approve ${digest}`,
  }),
  unreachable: ({ whom, why, instead }) => ({ text: `${whom} cannot be reached: ${listed(why)}.`, instead }),
};

/** The words for the sender. Total: every reason has its row. */
export function tellRefusal<Reason extends RefusalReason>(refusal: Refusal<Reason>): Told {
  const row: (refusal: Refusal<Reason>) => Told = table[refusal.reason];
  return row(refusal);
}
