/** What must hold after every step, whatever happened: judged from outside, by what is in the mails and who gets them. */

import type { Effect, Letter, Recipient } from '../../src/core/cases/effects.ts';
import type { CaseEvent, Recorded } from '../../src/core/cases/events.ts';
import { isCase } from '../../src/core/cases/chains.ts';
import { replayed } from '../../src/core/cases/evolve.ts';
import type { Address, CaseId } from '../../src/core/identifiers.ts';
import { recordOf } from '../../src/core/record/contents.ts';
import { renderLetter, type Templates } from '../../src/publication/templates.ts';
import { policy, sure, team } from './cast.ts';
import { Knowledge, marksIn, ownerOf } from './knowledge.ts';
import type { Written } from './mails.ts';
import { type Circle, type Dossier, isOpen, readersIn } from './witness.ts';
import type { Committed, World } from './world.ts';

/** Sent once to a reader within a time, whatever it answers: their keys tell that, and they hold nothing of a case. */
const rationed: ReadonlySet<Letter['template']> = new Set([
  'need-key',
  'send-key',
  'unreadable',
  'undeliverable',
  'list-help',
]);

/** Of letters of a kind, one in so many is rendered; counted over all games. */
const oneOf = 32;
const kinds = new Map<string, number>();
/** Of looks, one replays the logs that have grown. */
const replays = 4;

const knowing: readonly Circle[] = ['told', 'public'];

/** With what the advisory itself goes out; the record beside it changes without. */
const says: ReadonlySet<CaseEvent['type']> = new Set(['disclosed', 'corrected']);

/** What anyone may say of themselves, as it proves nothing yet. */
const onTrust: ReadonlySet<CaseEvent['type']> = new Set(['reporter-key-offered', 'subscription-asked']);

/** Whoever wrote a mail, or is said to have, knows its Message-ID. */
const isAnswer = ({ address, key }: Recipient, { inReplyTo }: Letter, truth: Written | null): boolean =>
  truth?.messageId === inReplyTo &&
  (truth.from === address || truth.signed.some((each) => each.address === address || each.own === key));

/** Thrown by a step that told somebody too much, or forgot something. */
export class Wrong extends Error {}

const wrong = (what: string, ...details: readonly unknown[]): never => {
  const told = details.map((each) => (typeof each === 'string' ? each : JSON.stringify(each, null, 1)));
  throw new Wrong([what, ...told].join('\n'));
};

export class Judge {
  readonly #world: World;
  readonly #templates: Templates;
  readonly #knowledge: Knowledge;
  readonly #contents = new Map<string, string>();
  #looks = 0;
  /** How many were judged. */
  effects = 0;
  /** How many letters of each template were among them. */
  readonly templates = new Map<string, number>();

  constructor(world: World, templates: Templates) {
    this.#world = world;
    this.#templates = templates;
    this.#knowledge = new Knowledge(world);
  }

  /** A mail is about to arrive. */
  told(truth: Written): void {
    this.#knowledge.written(truth);
  }

  /** Judges all that came of one step. */
  look(committed: readonly Committed[]): void {
    const { faults } = this.#world;
    if (faults.length > 0) throw faults[0];
    for (const each of committed) {
      const before = this.#knowledge.recorded(each.rows.filter((row) => isCase(row.case)));
      for (const row of each.rows) this.#event(row, each, before);
      for (const effect of each.effects) this.#effect(effect, each);
    }
    this.#looks += 1;
    const touched = new Set(committed.flatMap(({ rows }) => rows.map((row) => row.case)).filter(isCase));
    if (this.#looks % replays === 0) for (const id of touched) this.#replay(id);
  }

  /** Nothing that is due waits any longer: called when the clock has ticked often enough. */
  settled(): void {
    const { overdue, now } = this.#world;
    if (overdue.length > 0) wrong('a deadline is past and nothing came of it', overdue);
    const anHourAgo = now.subtract({ minutes: 61 });
    for (const known of this.#knowledge.dossiers) {
      const { until, held, over, disclosures, askedAt, id } = known;
      this.#replay(id);
      if (until === null || held || over || disclosures.length > 0) continue;
      if (Temporal.Instant.compare(until, anHourAgo) > 0) continue;
      const asked = askedAt !== null && Temporal.Instant.compare(askedAt, anHourAgo) >= 0;
      if (!asked) wrong(`${id} was due and is forgotten`, known);
    }
  }

  /** The log tells the case again as it is. */
  #replay(id: CaseId): void {
    const rows = this.#knowledge.log(id);
    const { history, ...state } = sure(this.#world.cases.get(id));
    const { history: _again, ...again } = sure(replayed(rows));
    if (JSON.stringify(state) !== JSON.stringify(again)) wrong('the log tells another case', state, again);
    if (history.length !== rows.length) wrong('the case has lost a part of its log');
  }

  #event(row: Recorded, step: Committed, before: ReadonlyMap<CaseId, Dossier>): void {
    const { event, by, mail } = row;
    const { coordinators, experts } = this.#world.roster;
    const truth = this.#knowledge.mail(mail);
    switch (event.type) {
      case 'approved': {
        const signer = truth?.signers.find(({ address }) => address === event.coordinator);
        const may = coordinators.some((each) => each.address === event.coordinator && each.key === signer?.own);
        if (!may || truth?.encrypted !== true) wrong('approved by nobody who may', row, truth);
        break;
      }
      case 'disclosed':
        this.#disclosure(row, step, truth);
        break;
      case 'record-released':
        this.#release(row, truth);
        break;
      case 'reporter-key-learned':
        this.#learned(row, truth);
        break;
      case 'reported': {
        const person = [...coordinators, ...experts].find(({ address }) => address === event.reporter);
        if (person !== undefined && event.key !== null && person.key !== event.key)
          wrong('another key for someone on the roster', row);
        break;
      }
      case 'message-received':
        this.#heard(row, sure(truth), before);
        break;
      default:
        if (by.kind === 'key' && truth?.signers.every(({ own }) => own !== by.fingerprint) === true)
          wrong('commands were obeyed that nobody signed', row, truth);
        if (by.kind === 'address' && !onTrust.has(event.type))
          wrong('a command without a proof was obeyed', row, truth);
    }
  }

  /** A key is that of whoever wrote the mail that brought it, or of whom a coordinator says. */
  #learned({ event, ...row }: Recorded, truth: Written | null): void {
    if (event.type !== 'reporter-key-learned') return;
    const own = truth?.writer.own === event.key && truth.writer.address === truth.from;
    const trusted = truth?.signers.some(({ address }) => this.#isCoordinator(address)) === true;
    if (!own && !trusted) wrong('a key was taken from a stranger', { ...row, event }, truth);
  }

  #isCoordinator(address: Address): boolean {
    return this.#world.roster.coordinators.some((each) => each.address === address);
  }

  #disclosure(row: Recorded, { effects }: Committed, truth: Written | null): void {
    const known = sure(this.#knowledge.case(row.case));
    const [first, another] = known.disclosures;
    if (first === undefined || another !== undefined) return void wrong('disclosed twice', row);
    const out = effects.filter((each) => each.kind === 'publication' && each.case === row.case);
    if (out.length !== 1) wrong('nothing was published', row);
    if (truth === null) {
      const early = known.until === null || Temporal.Instant.compare(known.until, row.at) > 0;
      if (early || known.held || known.over) wrong('disclosed by the clock before its moment', row, known);
    } else {
      const commanded = truth.signers.some(({ address }) => this.#isCoordinator(address));
      if (!/^#(disclose|leak)\b/im.test(truth.text) || !commanded) wrong('disclosed without a command', row, truth);
    }
  }

  /** By the clock, a week after the disclosure, and not while it is held or a case that it has to do with is secret. */
  #release(row: Recorded, truth: Written | null): void {
    const known = sure(this.#knowledge.case(row.case));
    const [first] = known.disclosures;
    const soon = first === undefined || row.at.since(first.at).total('hours') < 24 * policy.archive.publishAfterDays;
    if (truth !== null || soon || known.held) wrong('the record is released before its time', row, known);
    const others = this.#knowledge.dossiers.filter(({ id }) => id !== row.case && known.related.has(id));
    const secret = others.find((each) => !isOpen(each) && !each.dismissed);
    if (secret !== undefined) wrong('the record is released while a part of the matter is secret', row, secret);
  }

  /** In the record are words that were for everyone on the case, and nobody's name or address. */
  #record(id: CaseId): void {
    const { roster, opened, cases } = this.#world;
    const record = recordOf(sure(cases.get(id)), opened, roster);
    if (record === null) return void wrong('a record is published that is not released', id);
    const text = JSON.stringify(record);
    const reports = this.#knowledge.log(id).flatMap(({ event, mail }) => (event.type === 'reported' ? [mail] : []));
    const reported = marksIn(reports.map((mail) => this.#knowledge.mail(mail)?.words ?? '').join('\n'));
    for (const mark of marksIn(text)) {
      if (ownerOf(mark) !== undefined) wrong(`${mark} is named in the record`, text);
      if (!reported.has(mark) && !this.#knowledge.grantedTo(mark, id, ['case', ...knowing]))
        wrong(`${mark} is in the record`, text);
    }
  }

  /** A mail may be passed on to those whom it was truly meant for, and only if its writer is who they are said to be. */
  #heard({ event, ...row }: Recorded, truth: Written, before: ReadonlyMap<CaseId, Dossier>): void {
    if (event.type !== 'message-received' || event.message.audience === 'team') return;
    const now = sure(this.#knowledge.case(row.case));
    const known = before.get(row.case) ?? now;
    const others = [...truth.cases].filter((id) => id !== row.case && successor(id, before) !== row.case);
    if (truth.narrow || truth.cases.size === 0 || others.length > 0)
      wrong('a mail is heard by more people than it was for', { ...row, event }, truth, [...truth.cases]);
    const { roster } = this.#world;
    const signer = truth.whole ? truth.signers.find(({ address }) => address === truth.from) : undefined;
    const proven =
      signer !== undefined &&
      [known, now].some((each) => readersIn('case', each, roster).get(signer.address) === signer.own);
    const trusted = this.#isCoordinator(truth.from) || known.experts.some(({ address }) => address === truth.from);
    const claimed = !trusted && known.reporters.some(({ address }) => address === truth.from);
    // What is unsigned beside commands that were obeyed is heard as if it had come alone.
    const { by } = row;
    const obeyed =
      by.kind === 'key' && truth.signers.some(({ address, own }) => address === truth.from && own === by.fingerprint);
    if (!proven && (!claimed || (truth.commands && !obeyed)))
      wrong('a mail that proves nothing was passed on', { ...row, event }, truth);
    this.#knowledge.heard(truth, row.case, event.message.parts ?? []);
  }

  #effect(effect: Effect, { change, rows }: Committed): void {
    this.effects += 1;
    this.#once(effect);
    if (effect.kind === 'letter') return this.#letter(effect, this.#knowledge.mail(change.mail?.id));
    if (effect.kind === 'cve') return wrong('CVE Services are asked, which this team does not use', effect);
    if (effect.kind === 'rehearsal') {
      const asked = rows.some(({ event, case: of }) => of === effect.case && event.type === 'rehearsal-asked');
      return asked ? undefined : wrong('a rehearsal that nobody asked for', effect, rows);
    }
    const { case: id, advisory } = effect;
    if (effect.kind === 'publication' && effect.record !== null) this.#record(id);
    if (rows.every(({ event }) => !says.has(event.type))) return;
    const { digest } = this.#world.draft(advisory);
    const said = rows.some(
      ({ event, case: of }) =>
        of === id && (event.type === 'disclosed' || event.type === 'corrected') && event.digest === digest,
    );
    if (!said) wrong('other words go out than were to be disclosed', effect, rows);
    const approvals = this.#knowledge.case(id)?.approvals.filter((each) => each.digest === digest) ?? [];
    const by = new Set(approvals.map((each) => each.by).filter((each) => this.#isCoordinator(each)));
    if (by.size < policy.approvals) wrong('published without the approvals', effect, [...by]);
    for (const mark of marksIn(JSON.stringify(advisory)))
      if (!this.#knowledge.grantedTo(mark, id, knowing)) wrong(`${mark} was published`, effect);
  }

  /** What has the same key is the same, or one of the two would be lost. */
  #once(effect: Effect): void {
    const rations = effect.kind === 'letter' && rationed.has(effect.template);
    const content = rations ? effect.template : JSON.stringify(effect);
    const before = this.#contents.get(effect.key);
    if (before !== undefined && before !== content) wrong('two effects have one key', effect, before);
    this.#contents.set(effect.key, content);
  }

  #letter(letter: Letter, truth: Written | null): void {
    this.templates.set(letter.template, (this.templates.get(letter.template) ?? 0) + 1);
    const { facts, passesOn, subject, subjectPrefix = '', inReplyTo } = letter;
    const text = this.#rendered(letter);
    const marks = marksIn([JSON.stringify(facts), passesOn?.text ?? '', subject, subjectPrefix, text].join('\n'));
    const files = [
      ...(passesOn?.attachments ?? []).map((part) => `${passesOn?.mail ?? ''}/${part}`),
      ...letter.attachments.map(({ mail, part }) => `${mail}/${part}`),
    ];
    for (const reader of letter.to) {
      const who = `${reader.address} (${reader.role})`;
      this.#recipient(reader, letter, truth);
      const answers = inReplyTo === null || isAnswer(reader, letter, truth) ? [] : marksIn(inReplyTo);
      for (const mark of [...marks, ...answers])
        if (!this.#knowledge.mayKnow(reader, mark, letter, truth)) wrong(`${who} is told ${mark}`, letter, truth, text);
      for (const file of files)
        if (!this.#knowledge.mayHave(reader, file, letter)) wrong(`${who} is given ${file}`, letter, truth);
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
  #recipient({ address, key }: Recipient, letter: Letter, truth: Written | null): void {
    const { roster, keys } = this.#world;
    const known = this.#knowledge.case(letter.case);
    const readers = known === null ? new Map() : readersIn('told', known, roster);
    const coordinator = roster.coordinators.find((each) => each.address === address);
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
    // Who asks for a place on a list has the key that came with the mail put to the test.
    if (letter.template === 'list-challenge' && truth?.from === address) theirs.push(truth.writer.own);
    // What belongs to no case is answered to whom the key on the mail is on record for, as a reporter of any.
    const elsewhere = letter.case === null ? this.#knowledge.dossiers.flatMap(({ reporters }) => reporters) : [];
    for (const { address: of, key: trusted } of elsewhere)
      if (of === address && truth?.signed.some((each) => each.own === trusted) === true) theirs.push(trusted);
    const clear = letter.protection === 'signed';
    const answersClaim = letter.case === null && clear && truth?.from === address;
    if (theirs.length === 0 && !answersClaim) wrong(`${address} is nobody to write to`, letter, truth);
    if (clear) return;
    if (key === null || keys.get(key)?.usable !== true) wrong(`sealed to ${address} without a key`, letter);
    if (!theirs.includes(key)) wrong(`sealed to ${address} with the key of somebody else`, letter, theirs, truth);
  }

  /** In clear goes what the reader's own envelope tells, and what is public. */
  #inClear(letter: Letter, marks: ReadonlySet<string>, files: readonly string[], truth: Written | null): void {
    const known = this.#knowledge.case(letter.case);
    const open = known !== null && isOpen(known);
    const own = new Set<Address | undefined>(letter.to.map((each) => each.address));
    if (letter.to.length !== 1 && !open) wrong('one letter in clear to several', letter);
    const circles: readonly Circle[] = known?.openly === true ? ['case', ...knowing] : knowing;
    for (const mark of marks) {
      const owner = ownerOf(mark);
      if (own.has(owner) || (letter.template === 'list-help' && owner === truth?.list)) continue;
      const list = this.#world.roster.lists.find(({ address }) => address === owner);
      const told = list?.kind === 'announcement' || this.#knowledge.grantedTo(mark, letter.case, circles);
      if (!open || !told) wrong(`${mark} goes out in clear`, letter);
    }
    if (files.length > 0 && known?.openly !== true) wrong('files go out in clear', letter);
  }
}

/** The case that mail to this one is for. */
function successor(id: CaseId, cases: ReadonlyMap<CaseId, Dossier>): CaseId {
  const into = cases.get(id)?.joinedTo ?? null;
  const next = into === null ? undefined : cases.get(into);
  return next === undefined || next.disclosures.length > 0 ? id : successor(next.id, cases);
}
