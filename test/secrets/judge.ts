/** What must hold after every step, whatever happened: judged from outside, by what is in the mails and who gets them. */

import { isCase } from '../../src/core/cases/chains.ts';
import type { CveTask, Effect, LetterTemplate } from '../../src/core/cases/effects.ts';
import { replayed } from '../../src/core/cases/evolve.ts';
import type { CaseId } from '../../src/core/identifiers.ts';
import { isOfLists } from '../../src/core/lists/membership.ts';
import type { Templates } from '../../src/publication/templates.ts';
import { sure } from './cast.ts';
import { knowing } from './circles.ts';
import { AuthorityJudge } from './judge-authority.ts';
import { DisclosureJudge } from './judge-disclosures.ts';
import { nothingForgotten } from './judge-due.ts';
import { LetterJudge } from './judge-letters.ts';
import { ListJudge } from './judge-lists.ts';
import { RecordJudge } from './judge-records.ts';
import { Knowledge, marksIn } from './knowledge.ts';
import type { Written } from './mails.ts';
import type { Committed, World } from './world.ts';
import { wrong } from './wrong.ts';

/** Sent once for a person in a case or on a day, whatever has changed by then; they hold nothing of a case. */
const rationed: ReadonlySet<LetterTemplate> = new Set(['need-key', 'draft-waits', 'undeliverable']);

/** Of looks, one replays the logs that have grown. */
const replays = 4;

export class Judge {
  readonly #world: World;
  readonly #knowledge: Knowledge;
  readonly #letters: LetterJudge;
  readonly #lists = new ListJudge();
  readonly #authority: AuthorityJudge;
  readonly #disclosures: DisclosureJudge;
  readonly #records: RecordJudge;
  readonly #effects = new Map<string, Effect>();
  #looks = 0;
  /** How many were judged. */
  effects = 0;
  /** How many letters of each template were among them. */
  readonly templates = new Map<string, number>();

  constructor(world: World, templates: Templates) {
    this.#world = world;
    this.#knowledge = new Knowledge(world);
    this.#letters = new LetterJudge(world, templates, this.#knowledge, this.#lists);
    this.#authority = new AuthorityJudge(world, this.#knowledge);
    this.#disclosures = new DisclosureJudge(world, this.#knowledge);
    this.#records = new RecordJudge(world, this.#knowledge);
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
      for (const row of each.rows) {
        this.#lists.event(row, this.#knowledge.mail(row.mail), each.lists, this.#world.roster);
        this.#authority.event(row, each, before);
        this.#disclosures.event(row, each);
      }
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
      if (event.type === 'reminded' || event.type === 'quarantine-told')
        if (!letters.some(({ template }) => template === 'digest' || template === 'quarantine'))
          wrong('what waits counts as told, and nobody was', rows);
      const told = letters.filter(({ template }) => template === 'rehearsal' || template === 'need-key');
      if (event.type === 'rehearsed' && told.length < effects.length) wrong('a rehearsal went out', rows, effects);
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

  /** Nothing that is due waits any longer, and each log and record is as it should be: called when the clock has ticked often enough. */
  settled(): void {
    for (const { id, disclosures } of this.#knowledge.dossiers) {
      this.#replay(id);
      if (disclosures.length > 0) this.#records.asReleased(id);
    }
    nothingForgotten(this.#world, this.#knowledge);
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
    if (effect.kind === 'publication' && effect.record !== null) this.#records.record(effect.case);
    this.#disclosures.words(effect, rows);
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
    const content = (each: Effect): string =>
      each.kind === 'letter' && rationed.has(each.template) ? each.template : JSON.stringify(each);
    const before = this.#effects.get(effect.key);
    if (before !== undefined && content(before) !== content(effect)) wrong('two effects have one key', effect, before);
    this.#effects.set(effect.key, effect);
  }
}
