/** When a case may become public, by whose word, and in which words. */

import type { Effect } from '../../src/core/cases/effects.ts';
import type { CaseEvent, Recorded } from '../../src/core/cases/events.ts';
import type { Address } from '../../src/core/identifiers.ts';
import { sure } from './cast.ts';
import { knowing } from './circles.ts';
import { type Dossier, isOpen } from './dossier.ts';
import { type Knowledge, marksIn } from './knowledge.ts';
import type { Written } from './mails.ts';
import type { Committed, World } from './world.ts';
import { wrong } from './wrong.ts';

/** With what the advisory itself goes out; the record beside it changes without. */
const says: ReadonlySet<CaseEvent['type']> = new Set(['disclosed', 'corrected']);

export class DisclosureJudge {
  readonly #world: World;
  readonly #knowledge: Knowledge;

  constructor(world: World, knowledge: Knowledge) {
    this.#world = world;
    this.#knowledge = knowledge;
  }

  event(row: Recorded, step: Committed): void {
    const truth = this.#knowledge.mail(row.mail);
    if (row.event.type === 'disclosed') this.#disclosure(row, step, truth);
    if (row.event.type === 'record-released') this.#release(row, truth);
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
      const commanded = truth.signers.some(({ address }) => this.#knowledge.isCoordinator(address));
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
    return new Set([...live.map(({ by }) => by), ...saying].filter((each) => this.#knowledge.isCoordinator(each)));
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

  /** What goes out with a disclosure or a correction is what was approved, and nothing that was said to fewer. */
  words(effect: Extract<Effect, { readonly advisory: unknown }>, rows: readonly Recorded[]): void {
    const { case: id, advisory } = effect;
    if (rows.every(({ event }) => !says.has(event.type))) return;
    const { digest } = this.#world.draft(advisory);
    const said = rows.some(
      ({ event, case: of }) =>
        of === id && (event.type === 'disclosed' || event.type === 'corrected') && event.digest === digest,
    );
    if (!said) wrong('other words go out than were to be disclosed', effect, rows);
    const approvals = this.#knowledge.case(id)?.approvals.filter((each) => each.digest === digest) ?? [];
    const by = new Set(approvals.map((each) => each.by).filter((each) => this.#knowledge.isCoordinator(each)));
    if (by.size < this.#world.policy.approvals) wrong('published without the approvals', effect, [...by]);
    for (const mark of marksIn(JSON.stringify(advisory)))
      if (!this.#knowledge.grantedTo(mark, id, knowing)) wrong(`${mark} was published`, effect);
  }
}
