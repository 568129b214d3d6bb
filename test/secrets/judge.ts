/** What must hold after every step, whatever happened: judged from outside, by what is in the mails and who gets them. */

import type { CveTask, Effect, LetterTemplate } from '../../src/core/cases/effects.ts';
import type { CaseEvent, Recorded } from '../../src/core/cases/events.ts';
import { isCase } from '../../src/core/cases/chains.ts';
import { evolve, replayed } from '../../src/core/cases/evolve.ts';
import type { Address, CaseId, MailId } from '../../src/core/identifiers.ts';
import { recordOf } from '../../src/core/record/contents.ts';
import type { Templates } from '../../src/publication/templates.ts';
import type { Roster } from '../../src/core/roster/people.ts';
import { isOfLists } from '../../src/core/lists/membership.ts';
import { sure } from './cast.ts';
import { LetterJudge } from './judge-letters.ts';
import { ListJudge } from './judge-lists.ts';
import { Knowledge, marksIn, ownerOf } from './knowledge.ts';
import type { Written } from './mails.ts';
import { type Circle, type Dossier, isOpen, readersIn } from './witness.ts';
import type { Committed, World } from './world.ts';
import { wrong } from './wrong.ts';

/** Sent once for a person in a case or on a day, whatever has changed by then; they hold nothing of a case. */
const rationed: ReadonlySet<LetterTemplate> = new Set(['need-key', 'draft-waits', 'undeliverable']);

/** Of looks, one replays the logs that have grown. */
const replays = 4;

const knowing: readonly Circle[] = ['told', 'public'];

/** With what the advisory itself goes out; the record beside it changes without. */
const says: ReadonlySet<CaseEvent['type']> = new Set(['disclosed', 'corrected']);

/** What anyone may say of themselves, as it proves nothing yet. */
const onTrust: ReadonlySet<CaseEvent['type']> = new Set([
  'reporter-key-offered',
  'subscription-asked',
  'impounded',
  'flooded',
  'taken-up',
]);

export class Judge {
  readonly #world: World;
  readonly #knowledge: Knowledge;
  readonly #letters: LetterJudge;
  readonly #lists = new ListJudge();
  readonly #contents = new Map<string, string>();
  #looks = 0;
  /** How many were judged. */
  effects = 0;
  /** How many letters of each template were among them. */
  readonly templates = new Map<string, number>();

  constructor(world: World, templates: Templates) {
    this.#world = world;
    this.#knowledge = new Knowledge(world);
    this.#letters = new LetterJudge(world, templates, this.#knowledge, this.#lists);
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
      this.#knowledge.listed(each.rows.filter(isOfLists), each.lists);
      for (const row of each.rows) this.#event(row, each, before);
      this.#together(each);
      for (const effect of each.effects) this.#effect(effect, each);
    }
    this.#looks += 1;
    const touched = new Set(committed.flatMap(({ rows }) => rows.map((row) => row.case)).filter(isCase));
    if (this.#looks % replays === 0) for (const id of touched) this.#replay(id);
  }

  /** What CVE Services were told is public. */
  published(records: readonly { readonly task: CveTask; readonly container: string }[]): void {
    for (const { task, container } of records)
      for (const mark of marksIn(container))
        if (!this.#knowledge.grantedTo(mark, task.case, knowing)) wrong(`${mark} was published`, task, container);
  }

  /** What was recorded at once: what was kept apart is told to nobody, and a rehearsal brings nothing but word of itself. */
  #together({ rows, effects }: Committed): void {
    const letters = effects.filter((each) => each.kind === 'letter');
    for (const { event, case: id } of rows) {
      if (event.type === 'reported' && event.setAside === true && letters.some((each) => each.case === id))
        wrong('what was set aside in a flood is told', rows, letters);
      if (event.type === 'impounded' && letters.some(({ template }) => template !== 'flood'))
        wrong('what was kept apart is told', rows, letters);
      const told = letters.filter(({ template }) => template === 'rehearsal' || template === 'need-key');
      if (event.type === 'rehearsed' && told.length < effects.length) wrong('a rehearsal went out', rows, effects);
    }
  }

  /** Nothing that is due waits any longer: called when the clock has ticked often enough. */
  settled(): void {
    const { overdue, now } = this.#world;
    if (overdue.length > 0) wrong('a deadline is past and nothing came of it', overdue);
    const anHourAgo = now.subtract({ minutes: 61 });
    for (const known of this.#knowledge.dossiers) {
      const { until, held, over, disclosures, askedAt, id } = known;
      this.#replay(id);
      if (disclosures.length > 0) this.#asReleased(id);
      if (until === null || held || over || disclosures.length > 0) continue;
      if (Temporal.Instant.compare(until, anHourAgo) > 0) continue;
      const asked = askedAt !== null && Temporal.Instant.compare(askedAt, anHourAgo) >= 0;
      if (!asked) wrong(`${id} was due and is forgotten`, known);
    }
    this.#remembered();
  }

  /** What is said once a day was said: of the quarantine, of keys that end, of cases whose time is over. */
  #remembered(): void {
    const { now, quarantine, roster, keyEnds, changedAt, policy } = this.#world;
    const yesterday = now.subtract({ hours: 25 });
    const isOld = (at: Temporal.Instant): boolean => Temporal.Instant.compare(at, yesterday) <= 0;
    // What comes on a day that has had its digest waits for the next one's.
    const untold = quarantine.waiting.filter(({ told, at }) => !told && isOld(at.add({ hours: 24 })));
    if (untold.length > 0) wrong('mails in quarantine that nobody was told of', untold);
    for (const { address, key } of isOld(changedAt) ? roster.coordinators : []) {
      const facts = key === null ? null : this.#world.key(key);
      const ends = facts?.usable === true ? facts.expiresAt : null;
      if (ends === null || Temporal.Instant.compare(ends.subtract({ hours: 24 * 29 }), now) > 0) continue;
      const told = keyEnds.some((each) => each.key === key && each.person === address && each.ends.equals(ends));
      if (!told) wrong(`the key of ${address} ends, and they were not told`, facts);
    }
    for (const known of this.#knowledge.dossiers) {
      const { since, until, over, related, endedAt, held } = known;
      const end = since?.add({ hours: 24 * policy.embargo.maximumDays }) ?? now;
      if (isOpen(known) || over || held || until !== null || related.size > 0 || !isOld(end)) continue;
      if (endedAt === null || isOld(endedAt)) wrong(`the time of ${known.id} is over, and nobody is told`, known);
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
    this.#lists.event(row, truth, step.lists, this.#world.roster);
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
      case 'subscription-proven':
        break;
      case 'notified':
        this.#notified(row, step.lists);
        break;
      case 'embargo-set': {
        const { since, related, term, openly } = sure(this.#knowledge.case(row.case));
        const end = since?.add({ hours: 24 * this.#world.policy.embargo.maximumDays }) ?? row.at;
        const late = [end, ...(term === null ? [] : [term])].some(
          (each) => Temporal.Instant.compare(event.until, each) > 0,
        );
        if (late && !openly && related.size === 0) wrong('an embargo beyond its clocks', row);
        break;
      }
      case 'invited':
        if (event.atOnce === true && !this.#isTrusted(event.address)) wrong('invited at once, past the terms', row);
        break;
      case 'released':
      case 'dropped':
      case 'disclosure-requested': {
        const coordinator = truth?.signers.find(({ address }) => this.#isCoordinator(address));
        if (coordinator === undefined || truth?.encrypted !== true) wrong('decided by nobody who may', row, truth);
        break;
      }
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

  /** An advance notice is for members in good standing who may have it; a list of others keeps it for so long and no longer. */
  #notified({ event, ...row }: Recorded, lists: Roster['lists']): void {
    if (event.type !== 'notified') return;
    const { until, removed } = sure(this.#knowledge.case(row.case));
    const list = lists.find(({ address }) => address === event.list);
    const isRight = ((): boolean => {
      if (list?.kind === 'stakeholders')
        return event.members.every((member) =>
          list.members.some(
            ({ address, suspended, paused, acceptedTerms, country }) =>
              address === member &&
              !suspended &&
              paused !== true &&
              (acceptedTerms || !list.requireTerms) &&
              (country === null || !list.withholdCountries.includes(country)) &&
              !removed.includes(address),
          ),
        );
      if (list?.kind !== 'external' || until === null) return false;
      return list.maximumDays === null || until.since(row.at).total('hours') <= 24 * list.maximumDays;
    })();
    if (!isRight) wrong('a notice to whom it is not for', { ...row, event }, list);
  }

  /** In a group whose experts may see a case at once, as they have accepted the terms for all of them. */
  #isTrusted(address: Address): boolean {
    const { experts, groups = [] } = this.#world.roster;
    const theirs = experts.find((each) => each.address === address)?.groups ?? [];
    return groups.some(({ name, atOnce }) => atOnce && theirs.includes(name));
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
      if (early || first.held || known.over) wrong('disclosed by the clock before its moment', row, known);
    } else {
      const commanded = truth.signers.some(({ address }) => this.#isCoordinator(address));
      if (!/^#(disclose|leak)\b/im.test(truth.text) || !commanded) wrong('disclosed without a command', row, truth);
    }
    const needed = this.#wordsNeeded(known, row.at);
    const by = this.#wordsFor(known, row, truth);
    if (by.size < needed) wrong('disclosed by the word of too few', row, [...by], truth);
  }

  /** Coordinators who have to ask for it: ahead of the moment, and after a leak. */
  #wordsNeeded({ leaked, until, openly }: Dossier, at: Temporal.Instant): number {
    const { earlyNeeds, leakNeeds } = this.#world.policy.disclosure;
    if (leaked) return leakNeeds === 1 ? 0 : leakNeeds; // `#leak` is a word itself
    const early = until === null ? !openly : Temporal.Instant.compare(until, at) > 0;
    return early ? earlyNeeds : 0;
  }

  /** Those of today who ask for these very words: for a day, and after a leak for as long as it takes. */
  #wordsFor({ leaked, requests }: Dossier, { event, at }: Recorded, truth: Written | null): ReadonlySet<Address> {
    const dayAgo = at.subtract({ hours: 24 });
    const live = requests.filter(
      (each) =>
        leaked || ('digest' in event && each.digest === event.digest && Temporal.Instant.compare(each.at, dayAgo) > 0),
    );
    const saying = (truth?.signers ?? []).map(({ address }) => address);
    return new Set([...live.map(({ by }) => by), ...saying].filter((each) => this.#isCoordinator(each)));
  }

  /** By the clock, a week after the disclosure, and not while it is held or a case that it has to do with is secret. */
  #release(row: Recorded, truth: Written | null): void {
    const known = sure(this.#knowledge.case(row.case));
    const [first] = known.disclosures;
    const soon =
      first === undefined || row.at.since(first.at).total('hours') < 24 * this.#world.policy.archive.publishAfterDays;
    if (truth !== null || soon || known.held) wrong('the record is released before its time', row, known);
    const others = this.#knowledge.dossiers.filter(({ id }) => id !== row.case && known.related.has(id));
    const secret = others.find((each) => !isOpen(each) && !each.dismissed);
    if (secret !== undefined) wrong('the record is released while a part of the matter is secret', row, secret);
  }

  /** The record as it is, or would be if it were released now. */
  #asReleased(id: CaseId): void {
    const state = sure(this.#world.cases.get(id));
    const row = { ...sure(this.#knowledge.log(id).at(-1)), sequence: Number.MAX_SAFE_INTEGER, mail: null };
    this.#record(id, state.released !== null ? state : evolve(state, { ...row, event: { type: 'record-released' } }));
  }

  /** In the record are words that were for everyone on the case, and nobody's name or address. */
  #record(id: CaseId, state = sure(this.#world.cases.get(id))): void {
    const { roster, opened } = this.#world;
    const record = recordOf(state, opened, roster);
    if (record === null) return void wrong('a record is published that is not released', id);
    const text = JSON.stringify(record);
    const known = sure(this.#knowledge.case(id));
    const reports = this.#knowledge.log(id).flatMap(({ event, mail }) => (event.type === 'reported' ? [mail] : []));
    const inReports = (mark: string): readonly MailId[] =>
      reports.flatMap((mail) =>
        marksIn(this.#knowledge.mail(mail)?.words ?? '').has(mark) && mail !== null ? [mail] : [],
      );
    for (const mark of marksIn(text)) {
      if (ownerOf(mark) !== undefined) wrong(`${mark} is named in the record`, text);
      const from = [...inReports(mark), ...this.#knowledge.mailsWith(mark, id)];
      if (from.some((mail) => this.#mayStand(mail, known)) || this.#knowledge.grantedTo(mark, id, knowing)) continue;
      if (from.length > 0 || !this.#knowledge.grantedTo(mark, id, ['case'])) wrong(`${mark} is in the record`, text);
    }
  }

  /** Neither taken out by a coordinator, nor kept back by whoever wrote it. */
  #mayStand(mail: MailId, { redacted, silent }: Dossier): boolean {
    const truth = sure(this.#knowledge.mail(mail));
    if (redacted.some((each) => each.mail === mail && (each.part === null || each.part === '1'))) return false;
    return !silent.some((each) => each === truth.from || truth.signers.some(({ address }) => address === each));
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
    if (effect.kind === 'letter') {
      this.templates.set(effect.template, (this.templates.get(effect.template) ?? 0) + 1);
      return this.#letters.letter(effect, this.#knowledge.mail(change.mail?.id), rows);
    }
    if (effect.kind === 'cve') return this.#cve(effect);
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
    if (by.size < this.#world.policy.approvals) wrong('published without the approvals', effect, [...by]);
    for (const mark of marksIn(JSON.stringify(advisory)))
      if (!this.#knowledge.grantedTo(mark, id, knowing)) wrong(`${mark} was published`, effect);
  }

  /** Only a team that is a CNA asks them, and of a record only once the matter is public. */
  #cve(effect: CveTask): void {
    if (this.#world.policy.cve.kind !== 'services')
      wrong('CVE Services are asked, which this team does not use', effect);
    const known = sure(this.#knowledge.case(effect.case));
    if (effect.task === 'publish' && known.disclosures.length === 0) wrong('a record ahead of its disclosure', effect);
  }

  /** What has the same key is the same, or one of the two would be lost. */
  #once(effect: Effect): void {
    const rations = effect.kind === 'letter' && rationed.has(effect.template);
    const content = rations ? effect.template : JSON.stringify(effect);
    const before = this.#contents.get(effect.key);
    if (before !== undefined && before !== content) wrong('two effects have one key', effect, before);
    this.#contents.set(effect.key, content);
  }
}

/** The case that mail to this one is for. */
function successor(id: CaseId, cases: ReadonlyMap<CaseId, Dossier>): CaseId {
  const into = cases.get(id)?.joinedTo ?? null;
  const next = into === null ? undefined : cases.get(into);
  return next === undefined || next.disclosures.length > 0 ? id : successor(next.id, cases);
}
