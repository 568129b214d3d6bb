/** What may stand in the public record of a case. */

import { evolve } from '../../src/core/cases/evolve.ts';
import type { CaseId, MailId } from '../../src/core/identifiers.ts';
import { recordOf } from '../../src/core/record/contents.ts';
import { sure } from './cast.ts';
import { knowing } from './circles.ts';
import type { Dossier } from './dossier.ts';
import { type Knowledge, marksIn, ownerOf } from './knowledge.ts';
import type { World } from './world.ts';
import { wrong } from './wrong.ts';

export class RecordJudge {
  readonly #world: World;
  readonly #knowledge: Knowledge;

  constructor(world: World, knowledge: Knowledge) {
    this.#world = world;
    this.#knowledge = knowledge;
  }

  /** The record as it is, or would be if it were released now. */
  asReleased(id: CaseId): void {
    const state = sure(this.#world.cases.get(id));
    const row = { ...sure(this.#knowledge.log(id).at(-1)), sequence: Number.MAX_SAFE_INTEGER, mail: null };
    this.record(id, state.released !== null ? state : evolve(state, { ...row, event: { type: 'record-released' } }));
  }

  /** In the record are words that were for everyone on the case, and nobody's name or address. */
  record(id: CaseId, state = sure(this.#world.cases.get(id))): void {
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
      if (this.#mustBeMasked(mark, known)) wrong(`${mark} is named in the record`, text);
      if (ownerOf(mark) !== undefined) continue;
      const from = [...inReports(mark), ...this.#knowledge.mailsWith(mark, id)];
      if (from.some((mail) => this.#mayStand(mail, known)) || this.#knowledge.grantedTo(mark, id, knowing)) continue;
      if (from.length > 0 || !this.#knowledge.grantedTo(mark, id, ['report', 'case']))
        wrong(`${mark} is in the record`, text);
    }
  }

  /** Any address; and the name of anybody who is on record, on this case or for the team, or in whose name a mail of it came. */
  #mustBeMasked(mark: string, known: Dossier): boolean {
    const owner = ownerOf(mark);
    if (owner === undefined || mark.startsWith('zqa')) return owner !== undefined;
    const { coordinators, experts, lists } = this.#world.roster;
    const members = lists.flatMap((list) => (list.kind === 'stakeholders' ? list.members : []));
    const people = [...coordinators, ...experts, ...members, ...known.reporters, ...known.experts];
    const mails = this.#knowledge.log(known.id).filter(({ event }) => 'message' in event);
    const authors = mails.map(({ mail }) => this.#knowledge.mail(mail)?.from);
    return people.some(({ address }) => address === owner) || authors.includes(owner);
  }

  /** Neither taken out by a coordinator, nor kept back by whoever wrote it. */
  #mayStand(mail: MailId, { redacted, silent }: Dossier): boolean {
    const truth = sure(this.#knowledge.mail(mail));
    if (redacted.some((each) => each.mail === mail && (each.part === null || each.part === '1'))) return false;
    return !silent.some((each) => each === truth.from || truth.signers.some(({ address }) => address === each));
  }
}
