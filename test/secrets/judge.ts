/** What must hold after every step, whatever happened: judged from outside, by what is in the mails and who gets them. */

import type { Effect, Letter, Recipient } from '../../src/core/cases/effects.ts';
import type { Recorded } from '../../src/core/cases/events.ts';
import { replayed } from '../../src/core/cases/evolve.ts';
import type { Address, CaseId, MailId } from '../../src/core/identifiers.ts';
import { renderLetter, type Templates } from '../../src/publication/templates.ts';
import { lists, players, policy, sure, team } from './cast.ts';
import type { Written } from './mails.ts';
import { type Circle, type Dossier, dossier, grants, isOpen, readersIn } from './witness.ts';
import type { Committed, World } from './world.ts';

/** A word of a person or list (`zqarita q`), or of what somebody wrote (`zqm12q`). */
const marked = /zq(?:m\d+|[an][a-z]+)q/g;
const marksIn = (text: string): ReadonlySet<string> => new Set(text.match(marked));

/** Whose a mark is that stands in a name or an address. */
const owners = new Map<string, Address>([
  ...Object.values(players).flatMap((each) =>
    [...marksIn(`${each.name} ${each.address}`)].map((mark) => [mark, each.address] as const),
  ),
  ...Object.values(lists).flatMap((address) => [...marksIn(address)].map((mark) => [mark, address] as const)),
]);

interface Granted {
  readonly case: CaseId;
  readonly circle: Circle;
}

/** Sent once to a reader within a time, whatever it answers: their keys tell that, and they hold nothing of a case. */
const rationed: ReadonlySet<Letter['template']> = new Set(['need-key', 'send-key', 'unreadable', 'undeliverable']);

/** Whoever wrote a mail, or is said to have, knows its Message-ID. */
const isAnswer = ({ address }: Recipient, { inReplyTo }: Letter, truth: Written | null): boolean =>
  truth?.messageId === inReplyTo &&
  [truth?.from, ...(truth?.signed ?? []).map((each) => each.address)].includes(address);

/** Thrown by a step that told somebody too much, or forgot something. */
export class Wrong extends Error {}

const wrong = (what: string, ...details: readonly unknown[]): never => {
  throw new Wrong(
    [what, ...details.map((each) => (typeof each === 'string' ? each : JSON.stringify(each, null, 1)))].join('\n'),
  );
};

export class Judge {
  readonly #world: World;
  readonly #templates: Templates;
  readonly #logs = new Map<CaseId, Recorded[]>();
  readonly #dossiers = new Map<CaseId, Dossier>();
  readonly #granted = new Map<string, Granted[]>();
  readonly #files = new Map<string, Granted[]>();
  readonly #writers = new Map<string, readonly Address[]>();
  readonly #mails = new Map<MailId, Written>();
  readonly #kinds = new Map<string, number>();
  readonly #contents = new Map<string, string>();
  /** How many were judged. */
  effects = 0;
  /** Of the letters among them. */
  readonly templates = new Set<string>();

  constructor(world: World, templates: Templates) {
    this.#world = world;
    this.#templates = templates;
  }

  /** A mail is about to arrive. */
  told(truth: Written): void {
    this.#mails.set(truth.id, truth);
    const authors = [truth.writer.address, ...truth.signers.map(({ address }) => address)];
    for (const mark of marksIn(truth.text)) this.#writers.set(mark, authors);
  }

  /** Judges all that came of one step. */
  look(committed: readonly Committed[]): void {
    const { faults } = this.#world;
    if (faults.length > 0) throw faults[0];
    const touched = new Set<CaseId>();
    for (const each of committed) {
      const before = new Map(this.#dossiers);
      for (const row of each.rows) this.#record(row);
      for (const id of new Set(each.rows.map((row) => row.case))) {
        const rows = this.#logs.get(id) ?? [];
        this.#dossiers.set(id, dossier(id, rows));
        touched.add(id);
      }
      for (const row of each.rows) this.#event(row, each, before);
      for (const effect of each.effects) this.#effect(effect, each);
    }
    for (const id of touched) this.#replay(id, this.#logs.get(id) ?? []);
  }

  #record(row: Recorded): void {
    this.#logs.set(row.case, [...(this.#logs.get(row.case) ?? []), row]);
    for (const { circle, texts, files = [] } of grants(row.event)) {
      const granted = { case: row.case, circle };
      const marks = marksIn(texts.filter((text) => text !== null).join('\n'));
      for (const mark of marks) this.#granted.set(mark, [...(this.#granted.get(mark) ?? []), granted]);
      for (const { mail, parts } of files)
        for (const part of parts)
          this.#files.set(`${mail}/${part}`, [...(this.#files.get(`${mail}/${part}`) ?? []), granted]);
    }
  }

  /** The log tells the case again as it is. */
  #replay(id: CaseId, rows: readonly Recorded[]): void {
    const { history, ...state } = sure(this.#world.cases.get(id));
    const { history: _again, ...again } = sure(replayed(rows));
    if (JSON.stringify(state) !== JSON.stringify(again)) wrong('the log tells another case', state, again);
    if (history.length !== rows.length) wrong('the case has lost a part of its log');
  }

  #event(row: Recorded, step: Committed, before: ReadonlyMap<CaseId, Dossier>): void {
    const { event, by, mail } = row;
    const truth = mail === null ? null : sure(this.#mails.get(mail));
    const coordinators = this.#world.roster.coordinators;
    switch (event.type) {
      case 'approved': {
        const signer = truth?.signers.find(({ address }) => address === event.coordinator);
        const onRoster = coordinators.some((each) => each.address === event.coordinator && each.key === signer?.own);
        if (signer === undefined || !onRoster || truth?.encrypted !== true)
          wrong('approved by nobody who may', row, truth);
        break;
      }
      case 'disclosed':
        this.#disclosure(row, step, truth);
        break;
      case 'reporter-key-learned':
        if (truth?.writer.own !== event.key || truth.writer.address !== truth.from)
          wrong('a key was taken from a stranger', row, truth);
        break;
      case 'reported': {
        const person = [...coordinators, ...this.#world.roster.experts].find(
          ({ address }) => address === event.reporter,
        );
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
        if (by.kind === 'address' && event.type !== 'reporter-key-offered')
          wrong('a command without a proof was obeyed', row, truth);
    }
  }

  #disclosure(row: Recorded, { effects }: Committed, truth: Written | null): void {
    const known = sure(this.#dossiers.get(row.case));
    const [first, another] = known.disclosures;
    if (first === undefined || another !== undefined) return void wrong('disclosed twice', row);
    const out = effects.flatMap((each) => (each.kind === 'letter' || each.case !== row.case ? [] : [each]));
    if (!out.some(({ kind }) => kind === 'publication')) wrong('nothing was published', row);
    for (const { advisory } of out)
      if (this.#world.draft(advisory).digest !== first.digest)
        wrong('other words went out than were approved', row, advisory);
    const may = new Set(this.#world.roster.coordinators.map((each) => each.address));
    const by = new Set(
      known.approvals.filter(({ digest, by: who }) => digest === first.digest && may.has(who)).map((each) => each.by),
    );
    if (by.size < policy.approvals) wrong('disclosed without the approvals', row, [...by]);
    if (truth === null) {
      const early = known.until === null || Temporal.Instant.compare(known.until, row.at) > 0;
      if (early || known.held || known.over) wrong('disclosed by the clock before its moment', row, known);
    } else if (!/^#(disclose|leak)\b/im.test(truth.text) || !truth.signers.some(({ address }) => may.has(address)))
      wrong('disclosed without a command', row, truth);
  }

  /** A mail of a case may be passed on to those whom it was truly meant for, and only if its writer is who they are said to be. */
  #heard(row: Recorded, truth: Written, before: ReadonlyMap<CaseId, Dossier>): void {
    if (row.event.type !== 'message-received') return;
    const circle = row.event.message.audience;
    if (circle === 'team') return;
    const known = before.get(row.case) ?? sure(this.#dossiers.get(row.case));
    const meant = [...truth.cases].map((id) => this.#successor(id, before));
    const others = meant.filter((id) => id !== row.case);
    if (circle !== 'case' || truth.narrow || others.length > 0 || meant.length === 0)
      wrong('a mail is heard by more people than it was for', row, truth, [...truth.cases], meant);
    const { roster } = this.#world;
    const readers = readersIn('case', known, roster);
    const proven =
      truth.whole && truth.signers.some(({ address, own }) => address === truth.from && readers.get(address) === own);
    const trusted = new Set([...roster.coordinators, ...known.experts].map(({ address }) => address));
    const claimed = !trusted.has(truth.from) && known.reporters.some(({ address }) => address === truth.from);
    if (!proven && (!claimed || truth.commands)) wrong('a mail that proves nothing was passed on', row, truth);
    const granted = { case: row.case, circle };
    for (const mark of marksIn(truth.text)) if (!this.#granted.has(mark)) this.#granted.set(mark, [granted]);
    for (const part of row.event.message.parts ?? []) {
      const file = `${truth.id}/${part}`;
      this.#files.set(file, [...(this.#files.get(file) ?? []), granted]);
    }
  }

  #successor(id: CaseId, before: ReadonlyMap<CaseId, Dossier>): CaseId {
    const into = before.get(id)?.joinedTo ?? null;
    const next = into === null ? undefined : before.get(into);
    return next === undefined || next.disclosures.length > 0 ? id : this.#successor(next.id, before);
  }

  #effect(effect: Effect, step: Committed): void {
    this.effects += 1;
    this.#once(effect);
    if (effect.kind === 'letter') return this.#letter(effect, step);
    const { case: id, advisory } = effect;
    const known = sure(this.#dossiers.get(id));
    if (known.disclosures.length === 0) wrong('announced before it is disclosed', effect);
    for (const mark of marksIn(JSON.stringify(advisory)))
      if (!this.#grantedTo(mark, id, ['told', 'public'])) wrong(`${mark} was published`, effect);
  }

  /** What has the same key is the same, or one of the two would be lost. */
  #once(effect: Effect): void {
    const content =
      effect.kind === 'letter' && rationed.has(effect.template) ? effect.template : JSON.stringify(effect);
    const before = this.#contents.get(effect.key);
    if (before !== undefined && before !== content) wrong('two effects have one key', effect, before);
    this.#contents.set(effect.key, content);
  }

  #letter(letter: Letter, { change }: Committed): void {
    this.templates.add(letter.template);
    const { facts, passesOn, subject, subjectPrefix = '', inReplyTo } = letter;
    const truth = change.mail === null ? null : sure(this.#mails.get(change.mail.id));
    const text = this.#rendered(letter);
    const marks = marksIn([JSON.stringify(facts), passesOn?.text ?? '', subject, subjectPrefix, text].join('\n'));
    const files = [
      ...(passesOn?.attachments ?? []).map((part) => `${passesOn?.mail ?? ''}/${part}`),
      ...letter.attachments.map(({ mail, part }) => `${mail}/${part}`),
    ];
    for (const reader of letter.to) {
      this.#recipient(reader, letter, truth);
      const answers = inReplyTo === null || isAnswer(reader, letter, truth) ? [] : marksIn(inReplyTo);
      for (const mark of [...marks, ...answers])
        if (!this.#mayKnow(reader, mark, letter, truth))
          wrong(`${reader.address} (${reader.role}) is told ${mark}`, letter, truth, text);
      for (const file of files)
        if (!this.#mayHave(reader, file, letter))
          wrong(`${reader.address} (${reader.role}) is given ${file}`, letter, truth);
    }
    if (letter.protection === 'signed') this.#inClear(letter, marks, files);
  }

  /**
   * The mail's text, in one of so many letters of a kind: a template has nothing to print but what is in the letter, and that
   * is looked at in every one.
   */
  #rendered(letter: Letter): string {
    const kind = `${letter.template} ${letter.to[0]?.role ?? ''}`;
    const seen = this.#kinds.get(kind) ?? 0;
    this.#kinds.set(kind, seen + 1);
    return seen % 8 === 0 ? renderLetter(letter, team, this.#templates) : '';
  }

  /** Who is written to at all, and with which key. */
  #recipient({ address, key }: Recipient, letter: Letter, truth: Written | null): void {
    const { roster, keys } = this.#world;
    const sealed = letter.protection === 'sealed';
    const known = letter.case === null ? null : (this.#dossiers.get(letter.case) ?? null);
    const signer = truth?.signed.find((each) => each.address === address);
    const invited = known?.experts.filter((each) => !known.removed.includes(each.address)) ?? [];
    const readers = new Map([
      ...(known === null ? [] : readersIn('told', known, roster)),
      ...roster.coordinators.map((each) => [each.address, each.key] as const),
    ]);
    const theirs = [
      ...(readers.has(address) ? [readers.get(address)] : []),
      ...invited.filter((each) => each.address === address).map((each) => each.key),
      ...(signer === undefined ? [] : [signer.own]),
    ];
    const answersClaim = letter.case === null && !sealed && truth?.from === address;
    if (theirs.length === 0 && !answersClaim) wrong(`${address} is nobody to write to`, letter, truth);
    if (!sealed) return;
    if (key === null || keys.get(key)?.usable !== true) wrong(`sealed to ${address} without a key`, letter);
    if (!theirs.includes(key)) wrong(`sealed to ${address} with the key of somebody else`, letter, theirs, truth);
  }

  #mayKnow(reader: Recipient, mark: string, letter: Letter, truth: Written | null): boolean {
    const { address } = reader;
    const { roster } = this.#world;
    if (roster.coordinators.some((each) => each.address === address)) return true;
    if (this.#writers.get(mark)?.includes(address) === true && this.#isAuthor(address, letter, truth)) return true;
    const owner = owners.get(mark);
    if (owner === address) return true;
    const circles = this.#circlesOf(address, letter.case);
    if (owner !== undefined && this.#mayKnowPerson(address, owner, letter, truth)) return true;
    return letter.case !== null && this.#grantedTo(mark, letter.case, circles);
  }

  /** Their own words may be repeated to those who truly wrote this mail, or are the reader that the letter is about. */
  #isAuthor(address: Address, letter: Letter, truth: Written | null): boolean {
    const onCase = letter.case !== null && this.#circlesOf(address, letter.case).includes('case');
    return onCase || truth?.signers.some((each) => each.address === address) === true;
  }

  /** Experts see who approves; members know their list; who signs a mail together knows each other. */
  #mayKnowPerson(address: Address, owner: Address, letter: Letter, truth: Written | null): boolean {
    const { roster } = this.#world;
    const known = letter.case === null ? null : (this.#dossiers.get(letter.case) ?? null);
    const together = [address, owner].every(
      (each) => truth?.signers.some((signer) => signer.address === each) === true,
    );
    if (together || (known?.disclosures.length ?? 0) < 0) return true;
    const expert = known?.experts.some((each) => each.address === address && each.accepted) === true;
    if (expert && roster.coordinators.some((each) => each.address === owner)) return true;
    const list = roster.lists.find((each) => each.address === owner);
    if (list?.kind === 'announcement') return true;
    return (
      list?.kind === 'stakeholders' &&
      letter.template === 'notice' &&
      list.members.some((each) => each.address === address)
    );
  }

  #circlesOf(address: Address, id: CaseId | null): readonly Circle[] {
    const known = id === null ? undefined : this.#dossiers.get(id);
    if (known === undefined) return [];
    const { roster } = this.#world;
    if (readersIn('case', known, roster).has(address)) return ['case', 'told', 'public'];
    if (readersIn('told', known, roster).has(address)) return ['told', 'public'];
    return known.disclosures.length > 0 ? ['public'] : [];
  }

  #grantedTo(mark: string, id: CaseId, circles: readonly Circle[]): boolean {
    return (this.#granted.get(mark) ?? []).some((each) => each.case === id && circles.includes(each.circle));
  }

  #mayHave({ address }: Recipient, file: string, letter: Letter): boolean {
    const { roster } = this.#world;
    if (roster.coordinators.some((each) => each.address === address)) return true;
    const circles = this.#circlesOf(address, letter.case);
    return (this.#files.get(file) ?? []).some((each) => each.case === letter.case && circles.includes(each.circle));
  }

  /** In clear goes what the reader's own envelope tells, and what is public. */
  #inClear(letter: Letter, marks: ReadonlySet<string>, files: readonly string[]): void {
    const known = letter.case === null ? null : (this.#dossiers.get(letter.case) ?? null);
    const open = known !== null && isOpen(known);
    const own = new Set<Address | undefined>(letter.to.map((each) => each.address));
    if (letter.to.length !== 1 && !open) wrong('one letter in clear to several', letter);
    const circles: readonly Circle[] = known?.openly === true ? ['case', 'told', 'public'] : ['told', 'public'];
    for (const mark of marks) {
      if (own.has(owners.get(mark))) continue;
      const list = this.#world.roster.lists.find(({ address }) => address === owners.get(mark));
      if (open && (list?.kind === 'announcement' || this.#grantedTo(mark, sure(letter.case), circles))) continue;
      wrong(`${mark} goes out in clear`, letter);
    }
    if (files.length > 0 && known?.openly !== true) wrong('files go out in clear', letter);
  }

  /** Nothing that is due waits any longer: called when the clock has ticked often enough. */
  settled(): void {
    const { overdue, now } = this.#world;
    if (overdue.length > 0) wrong('a deadline is past and nothing came of it', overdue);
    const anHourAgo = now.subtract({ minutes: 61 });
    for (const known of this.#dossiers.values()) {
      const { until, held, over, disclosures, askedAt, id } = known;
      if (until === null || held || over || disclosures.length > 0) continue;
      if (Temporal.Instant.compare(until, anHourAgo) > 0) continue;
      if (askedAt === null || Temporal.Instant.compare(askedAt, anHourAgo) < 0)
        wrong(`${id} was due and is forgotten`, known);
    }
  }
}
