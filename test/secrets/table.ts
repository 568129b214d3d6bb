/** A world in which stories are told mail by mail. */

import type { Letter } from '../../src/core/cases/effects.ts';
import type { CaseEvent } from '../../src/core/cases/events.ts';
import type { Address, CaseId, Fingerprint } from '../../src/core/identifiers.ts';
import { type Desk, type Player, players, sure } from './cast.ts';
import { type Plan, written } from './mails.ts';
import { proper } from './moves.ts';
import { bareTemplates, World } from './world.ts';

export class Table {
  readonly world: World;

  constructor(desk: Desk = 'usual') {
    this.world = new World(bareTemplates, desk);
  }

  /** A mail in order, sealed and signed, to its case or else to the team. */
  async say(
    writer: Player,
    text: string,
    over: Partial<Omit<Plan, 'move'>> & { readonly about: CaseId | null; readonly move?: Partial<Plan['move']> },
  ): Promise<{ readonly events: readonly CaseEvent[]; readonly letters: readonly Letter[] }> {
    const move = over.about === null ? ({ ...proper, door: 'team', named: 'nowhere' } as const) : proper;
    const plan = {
      writer,
      from: writer,
      cosigner: null,
      other: null,
      text,
      subject: 'A Subject',
      answers: null,
      spent: null,
    };
    const { envelope, message } = written({ ...plan, ...over, move: { ...move, ...over.move } }, this.world);
    await this.world.receive(envelope, message);
    return this.#came();
  }

  /** The case that a new report opens. */
  async reported(by: Player): Promise<CaseId> {
    const before = new Set(this.world.cases.keys());
    await this.say(by, 'A flaw', { about: null });
    return sure([...this.world.cases.keys()].find((id) => !before.has(id)));
  }

  /** A case of which everything is known but the approvals. */
  async ready(): Promise<CaseId> {
    const { ada, rita } = players;
    const about = await this.reported(rita);
    const text = ['#confirm', '#title A flaw', '#describe\nIt breaks.\n#end', '#affects parser <2'];
    const links = ['#link https://example.org/1 patch', '#link https://example.org/2 report', '#credit "Someone"'];
    await this.say(ada, [...text, ...links, '#embargo +10d'].join('\n'), { about });
    return about;
  }

  /** A list has another key for a member. */
  rekey(list: Address, { address }: Player, key: Fingerprint): void {
    const { roster } = this.world;
    const lists = roster.lists.map((each) => {
      if (each.kind !== 'stakeholders' || each.address !== list) return each;
      return { ...each, members: each.members.map((one) => (one.address === address ? { ...one, key } : one)) };
    });
    this.world.roster = { ...roster, lists };
  }

  /** Time passes until then, with one tick at its end. */
  async wait(duration: Temporal.DurationLike) {
    this.world.now = this.world.now.add(duration);
    await this.world.tick();
    return this.#came();
  }

  /** No coordinator any more. */
  dismiss({ address }: Player): void {
    const { roster } = this.world;
    this.world.roster = { ...roster, coordinators: roster.coordinators.filter((each) => each.address !== address) };
  }

  #came(): { readonly events: readonly CaseEvent[]; readonly letters: readonly Letter[] } {
    const [fault] = this.world.faults;
    if (fault !== undefined) throw fault;
    const all = this.world.committed.splice(0);
    const letters = all.flatMap(({ effects }) => effects.filter((each) => each.kind === 'letter'));
    return { events: all.flatMap(({ rows }) => rows.map(({ event }) => event)), letters };
  }
}
