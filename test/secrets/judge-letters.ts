/** Judges a letter from outside: by what is in it, and who gets it under which key. */

import type { Letter, Recipient } from '../../src/core/cases/effects.ts';
import type { Recorded } from '../../src/core/cases/events.ts';
import { renderLetter, type Templates } from '../../src/publication/templates.ts';
import type { Address, CaseId, Fingerprint } from '../../src/core/identifiers.ts';
import { team } from './cast.ts';
import { isOwner, type ListJudge, ourList } from './judge-lists.ts';
import { type Knowledge, marksIn, ownerOf } from './knowledge.ts';
import type { Written } from './mails.ts';
import { type Circle, knowing, readersIn } from './circles.ts';
import { isOpen } from './dossier.ts';
import type { World } from './world.ts';
import { wrong } from './wrong.ts';

/** Of letters of a kind, one in so many is rendered; counted over all games. */
const oneOf = 32;
const kinds = new Map<string, number>();
/** Whoever wrote a mail, or is said to have, knows its Message-ID. */
const isAnswer = ({ address, key }: Recipient, { inReplyTo }: Letter, truth: Written | null): boolean =>
  truth?.messageId === inReplyTo &&
  (truth.from === address || truth.signed.some((each) => each.address === address || each.own === key));

/** Whoever says the number of a case has it. */
const isSaid = (id: CaseId, { address }: Recipient, truth: Written | null): boolean =>
  truth !== null &&
  (truth.from === address || truth.signed.some((each) => each.address === address)) &&
  (truth.cases.has(id) || `${truth.text}\n${truth.subject}\n${truth.tags}`.includes(id));

/** What is for the coordinators and nobody else. */
const teamOnly: ReadonlySet<Letter['template']> = new Set([
  'report',
  'disclosure-asked',
  'approval-missed',
  'rehearsal',
  'hard-end',
  'undeliverable',
  'held',
  'digest',
  'cve-reserved',
  'quarantine',
  'flood',
  'key-offered',
]);

const caseIds = /EXM-\d{4}-\d{4}/g;
const caseId = /EXM-\d{4}-\d{4}/;
/** The number in examples. */
const inManual: string = 'EXM-2026-0007';

export class LetterJudge {
  readonly #world: World;
  readonly #templates: Templates;
  readonly #knowledge: Knowledge;
  readonly #lists: ListJudge;

  constructor(world: World, templates: Templates, knowledge: Knowledge, lists: ListJudge) {
    this.#world = world;
    this.#templates = templates;
    this.#knowledge = knowledge;
    this.#lists = lists;
  }

  letter(letter: Letter, truth: Written | null, rows: readonly Recorded[]): void {
    const { facts, passesOn, subject, subjectPrefix = '', inReplyTo } = letter;
    const rendered = this.#rendered(letter);
    const text = [JSON.stringify(facts), passesOn?.text ?? '', subject, subjectPrefix, rendered].join('\n');
    const marks = marksIn(text);
    const ids = [...new Set(text.match(caseIds) as readonly CaseId[] | null)].filter((id) => this.#isSecret(id));
    const words = [...this.#lists.words].filter(([word]) => text.includes(word));
    const files = [
      ...(passesOn?.attachments ?? []).map((part) => `${passesOn?.mail ?? ''}/${part}`),
      ...letter.attachments.map(({ mail, part }) => `${mail}/${part}`),
    ];
    for (const reader of letter.to) {
      const who = `${reader.address} (${reader.role})`;
      this.#recipient(reader, letter, truth, rows);
      for (const id of ids)
        if (!this.#knowledge.knowsOf(reader.address, id) && !isSaid(id, reader, truth))
          wrong(`${who} is told of ${id}`, letter, truth);
      for (const [word, { address, key }] of words)
        if (!this.#mayHaveWord(reader, { word, address, key }, truth))
          wrong(`${who} is given the word for ${address}`, letter);
      const answers = inReplyTo === null || isAnswer(reader, letter, truth) ? [] : marksIn(inReplyTo);
      const helps = letter.template === 'list-help'; // in clear, and looked at there
      for (const mark of helps ? [] : [...marks, ...answers])
        if (!this.#knowledge.mayKnow(reader, mark, letter, truth))
          wrong(`${who} is told ${mark}`, letter, truth, rendered);
      for (const file of files)
        if (!this.#knowledge.mayHave(reader, file, letter, truth)) wrong(`${who} is given ${file}`, letter, truth);
    }
    if (letter.protection === 'signed') this.#inClear(letter, marks, files, truth);
  }

  /**
   * The mail's text, in one of so many letters of a kind: a template has nothing to print but what is in the letter, and that
   * is looked at in every one.
   */
  #rendered(letter: Letter): string {
    const kind = `${letter.template} ${letter.to[0]?.role ?? ''}`;
    const seen = kinds.get(kind) ?? 0;
    kinds.set(kind, seen + 1);
    return seen % oneOf === 0 ? renderLetter(letter, team, this.#templates) : '';
  }

  /** Who is written to at all, and with which key. */
  #recipient({ address, key }: Recipient, letter: Letter, truth: Written | null, rows: readonly Recorded[]): void {
    const { roster } = this.#world;
    const known = this.#knowledge.case(letter.case);
    const readers = known === null ? new Map() : readersIn('told', known, roster);
    const coordinator = roster.coordinators.find((each) => each.address === address);
    if (teamOnly.has(letter.template) && coordinator === undefined)
      wrong(`${address} reads what is the team’s`, letter);
    const invited = known?.experts.filter((each) => each.address === address && !known.removed.includes(address)) ?? [];
    const signers = truth?.signed.filter((each) => each.address === address) ?? [];
    const member = roster.lists
      .flatMap((list) => (list.kind === 'stakeholders' ? list.members : []))
      .filter((each) => each.address === address && readers.has(address));
    const theirs = [
      ...(readers.has(address) ? [readers.get(address)] : []),
      ...member.map((each) => each.key), // each list may have another
      ...(coordinator === undefined ? [] : [coordinator.key]),
      ...invited.map((each) => each.key),
      ...signers.map((each) => each.own),
      ...(letter.template === 'cve-request' && known?.assigner?.address === address ? [known.assigner.key] : []),
    ];
    theirs.push(...this.#ofLists({ address, key }, letter, truth, rows));
    if (letter.template === 'key-ends' && this.#isOnRecord({ address, key })) theirs.push(key);
    // What belongs to no case is answered to whom the key on the mail is on record for, as a reporter of any.
    const elsewhere = letter.case === null ? this.#knowledge.dossiers.flatMap(({ reporters }) => reporters) : [];
    for (const { address: of, key: trusted } of elsewhere)
      if (of === address && truth?.signed.some((each) => each.own === trusted) === true) theirs.push(trusted);
    const clear = letter.protection === 'signed';
    const answersClaim = letter.case === null && clear && truth?.from === address;
    if (theirs.length === 0 && !answersClaim) wrong(`${address} is nobody to write to`, letter, truth);
    if (clear) return;
    if (key === null || this.#world.key(key)?.usable !== true) wrong(`sealed to ${address} without a key`, letter);
    if (!theirs.includes(key)) wrong(`sealed to ${address} with the key of somebody else`, letter, theirs, truth);
  }

  /** The keys of those whom a letter of a list is for: whoever asks or is asked, and the owners. */
  #ofLists(
    { address, key }: Pick<Recipient, 'address' | 'key'>,
    letter: Letter,
    truth: Written | null,
    rows: readonly Recorded[],
  ): readonly (Fingerprint | null)[] {
    const { roster } = this.#world;
    const event = rows.find(({ sequence }) => letter.key === `${letter.template}/${sequence}`)?.event;
    const list = ourList(event !== undefined && 'list' in event ? event.list : (truth?.list ?? null), roster.lists);
    // Whoever says the word of a challenge is answered as the one whom it was given to: nobody else can read it.
    const applicants = [...this.#lists.words].filter(([word]) => truth?.text.includes(word) === true);
    if (letter.template === 'refused')
      return applicants.some(([, of]) => of.address === address && of.key === key) ? [key] : [];
    if (list === null || key === null) return [];
    const owns = isOwner({ address, own: key }, list, roster);
    switch (letter.template) {
      case 'list-request':
      case 'list-member':
        return owns ? [key] : [];
      case 'message':
        return owns && letter.case === null && truth?.cases.size === 0 && !caseId.test(truth.tags) ? [key] : [];
      case 'list-challenge':
      case 'list-standing':
        if (event === undefined) return [];
        if ('applicant' in event) return event.applicant === address ? [event.key] : [];
        return 'member' in event && event.member === address ? list.members.flatMap((each) => each.key ?? []) : [];
      default:
        return [];
    }
  }

  /** Anyone whom mail of ours may be for, with that very key. */
  #isOnRecord({ address, key }: Pick<Recipient, 'address' | 'key'>): boolean {
    const { roster } = this.#world;
    const onCases = this.#knowledge.dossiers.flatMap((known) => [...readersIn('told', known, roster)]);
    const members = roster.lists.flatMap((list) => (list.kind === 'stakeholders' ? list.members : []));
    const people = [...roster.coordinators, ...roster.experts, ...members].map(
      (each) => [each.address, each.key] as const,
    );
    return [...people, ...onCases].some(([whose, of]) => whose === address && of === key);
  }

  /** The word of a challenge proves an address: it goes there under the key that asks, and back to whoever says it. */
  #mayHaveWord(
    { address, key }: Recipient,
    challenge: { readonly word: string; readonly address: Address; readonly key: Fingerprint },
    truth: Written | null,
  ): boolean {
    if (address === challenge.address && key === challenge.key) return true;
    return truth?.text.includes(challenge.word) === true;
  }

  /** In clear goes what the reader's own envelope tells, and what is public. */
  #inClear(letter: Letter, marks: ReadonlySet<string>, files: readonly string[], truth: Written | null): void {
    const known = this.#knowledge.case(letter.case);
    const open = known !== null && isOpen(known);
    const own = new Set<Address | undefined>(letter.to.map((each) => each.address));
    if (letter.to.length !== 1 && !open) wrong('one letter in clear to several', letter);
    const circles: readonly Circle[] = known?.openly === true ? ['report', 'case', ...knowing] : knowing;
    for (const mark of marks) {
      const owner = ownerOf(mark);
      if (own.has(owner) || (letter.template === 'list-help' && owner !== undefined && this.#isNamed(owner, truth)))
        continue;
      const list = this.#world.roster.lists.find(({ address }) => address === owner);
      const told = list?.kind === 'announcement' || this.#knowledge.grantedTo(mark, letter.case, circles);
      if (!open || !told) wrong(`${mark} goes out in clear`, letter);
    }
    if (files.length > 0 && known?.openly !== true) wrong('files go out in clear', letter);
  }

  /** A case that there is, and that is not public. */
  #isSecret(id: CaseId): boolean {
    const known = this.#knowledge.case(id);
    return id !== inManual && known !== null && !isOpen(known);
  }

  /** The mail went to the list, names it, or says a word that was given for it. */
  #isNamed(list: Address, truth: Written | null): boolean {
    const known = truth?.list === list || truth?.text.includes(list) === true;
    return (
      known || [...this.#lists.words].some(([word, of]) => of.list === list && truth?.text.includes(word) === true)
    );
  }
}
