/** Plays moves in a world, and has each of them judged. */

import type { CaseState } from '../../src/core/cases/state.ts';
import type { CaseId, MessageId, Sha256 } from '../../src/core/identifiers.ts';
import { keysId } from '../../src/core/key-ends/told.ts';
import type { Templates } from '../../src/publication/templates.ts';
import { templates as ours } from '../core/given.ts';
import { next } from './advance.ts';
import { keyed, listMail } from './asking.ts';
import { type Desk, type Player, players } from './cast.ts';
import { Judge } from './judge.ts';
import { type Plan, written } from './mails.ts';
import { type MailMove, type Move, proper } from './moves.ts';
import { changeKey, changeRoster } from './operator.ts';
import { Outside } from './outside.ts';
import { at, sentence } from './sentences.ts';
import { World } from './world.ts';
import { wrong } from './wrong.ts';

const everybody = Object.values(players);
const { ada, ben, cyd, eve, xen, otto, rita, rob, mal, bot } = players;
/** Who is given to write: the team does most of the work. */
const writers: readonly Player[] = [
  ada,
  ben,
  cyd,
  ada,
  ben,
  cyd,
  ada,
  ben,
  eve,
  xen,
  otto,
  rita,
  rob,
  rita,
  ...everybody,
];
const noises = [
  ['person', false],
  ['person', false],
  ['person', true],
  ['spam', false],
  ['doubtful', false],
  ['loop', true],
  ['person', true],
] as const;
/** More would only be slower. */
const mostCases = 3;

export class Game {
  readonly world: World;
  readonly judge: Judge;
  readonly outside: Outside;
  /** Commands that were carried out, by how often. */
  readonly verbs = new Map<string, number>();
  readonly #spent = new Map<Player, Sha256>();
  #marks = 0;

  /** Mails that came, ticks of the clock, changes of keys and roster: each was judged before the next. */
  steps = 0;

  constructor(templates: Templates, desk: Desk) {
    this.world = new World(templates, desk);
    this.judge = new Judge(this.world, ours);
    this.outside = new Outside(this.world);
  }

  readonly #mark = (): string => {
    this.#marks += 1;
    return `zqm${this.#marks}q`;
  };

  async play(move: Move): Promise<void> {
    if (move.kind === 'key' || move.kind === 'roster') this.steps += 1;
    switch (move.kind) {
      case 'mail':
        await this.#mail(move);
        break;
      case 'advance':
        await this.#advance(move.about, move.by, move.seed);
        break;
      case 'time':
        await this.#wait(move.minutes);
        break;
      case 'deadline': {
        const first = [...this.world.deadlines.values()]
          .flat()
          .filter((each) => each.case !== keysId) // it comes every day
          .toSorted((one, other) => Temporal.Instant.compare(one.at, other.at))[0];
        const wait = first === undefined ? 0 : first.at.since(this.world.now).total('minutes');
        await this.#wait(Math.max(0, Math.ceil(wait) + move.minutes));
        break;
      }
      case 'key':
        changeKey(this.world, move.whose, move.days);
        break;
      case 'roster':
        changeRoster(this.world, move.change, move.who);
        break;
      case 'list':
        await this.#send(listMail(move, this.world, this.#mark));
        break;
      case 'noise':
        await this.#noise(move.writer, move.how);
    }
    await this.#looked();
  }

  /** What came of it is judged, done, and judged again. */
  async #looked(): Promise<void> {
    for (let come = this.world.committed.splice(0); come.length > 0; come = this.world.committed.splice(0)) {
      this.judge.look(come);
      await this.outside.does(come.flatMap(({ effects }) => effects));
      this.judge.published(this.outside.published.splice(0));
    }
  }

  /** Time passes, and the clock ticks: whatever was due has come to pass. */
  async settle(): Promise<void> {
    for (const minutes of [0, 61, 1]) await this.#wait(minutes);
    await this.#looked();
    this.judge.settled();
  }

  async #wait(minutes: number): Promise<void> {
    this.world.now = this.world.now.add({ minutes });
    // What a tick brings may be due at once, and so may what the world answers to it.
    for (let ticks = 0; ticks === 0 || (ticks < 4 && this.world.overdue.length > 0); ticks += 1) {
      this.steps += 1;
      await this.world.tick();
      await this.#looked();
    }
    if (this.world.overdue.length > 0) wrong('a deadline is past and stays', this.world.overdue);
  }

  #case(number: number): CaseState | null {
    const cases = [...this.world.cases.values()];
    return cases.length === 0 ? null : at(cases, number);
  }

  async #mail(move: MailMove): Promise<void> {
    const state = this.#case(move.about);
    const writer = keyed(at(writers, move.writer), this.world);
    const from = move.pretends === 0 ? writer : at(everybody, move.pretends);
    const text = [
      ...(move.dry ? ['#dry'] : []),
      ...(move.internal ? ['#internal'] : []),
      ...move.lines.map((line) => sentence(line, { world: this.world, state, mark: this.#mark })),
      ...(move.words || move.lines.length === 0
        ? ['', `Some words ${this.#mark()}${move.about % 4 === 0 ? ` of ${writer.name}` : ''}`]
        : []),
    ].join('\n');
    const door = move.door === 'team' && this.world.cases.size >= mostCases ? 'case' : move.door;
    await this.#send({
      move: { ...move, door },
      writer,
      from,
      cosigner: move.cosigner === null ? null : at(everybody, move.cosigner),
      about: state?.id ?? null,
      other: this.#case(move.about + 1)?.id ?? null,
      text,
      subject: `Subject ${this.#mark()}`,
      answers: move.replies ? this.#lastTo(writer, state?.id ?? null) : null,
      spent: this.#spent.get(writer) ?? null,
    });
  }

  /** What they can answer: their newest mail from us, of that case where there is one. */
  #lastTo({ address }: Player, about: CaseId | null): MessageId | null {
    const all = this.world.sent.get(address) ?? [];
    return (
      all.findLast((id) => about !== null && this.world.threads.get(id)?.has(about) === true) ?? all.at(-1) ?? null
    );
  }

  async #send(plan: Plan): Promise<void> {
    const { envelope, message, truth } = written(plan, this.world);
    this.judge.told(truth);
    this.steps += 1;
    await this.world.receive(envelope, message);
    this.#obeyed();
    this.#spent.set(plan.writer, truth.signature);
  }

  /** Counts the verbs that were carried out, as the answer tells. */
  #obeyed(): void {
    const effects = this.world.committed.at(-1)?.effects ?? [];
    const answer = effects.find((each) => each.kind === 'letter' && each.template === 'transcript');
    if (answer?.kind !== 'letter' || answer.facts['accepted'] !== true) return;
    for (const [, verb] of JSON.stringify(answer.facts['results']).matchAll(/"verb":"(\w+)","ok":true/g))
      this.verbs.set(verb ?? '', (this.verbs.get(verb ?? '') ?? 0) + 1);
  }

  /** One thing that the case needs, said by someone who may. */
  async #advance(about: number, by: number, seed: number): Promise<void> {
    // Mostly of the oldest that is under way, so that some get to their end.
    const underWay = [...this.world.cases.values()].find(
      ({ closed, rejection, disclosed }) => !closed && rejection === null && disclosed === null,
    );
    const state = about % 2 > 0 && underWay !== undefined ? underWay : this.#case(about);
    if (state === null || (seed % 7 === 0 && this.world.cases.size < mostCases)) {
      if (seed % 5 === 1) return this.#opened(at([ada, ben, cyd], by));
      const writer = at([rita, rob, eve, rita, mal, bot], by);
      const move = {
        ...proper,
        door: 'team',
        named: 'nowhere',
        attachments: seed % 3,
        offersKey: seed % 2 === 0,
      } as const;
      return this.#send({ ...this.#plan(writer, null, `A flaw ${this.#mark()}`), move });
    }
    const [writer, text, offersKey = false] = next(state, { by, seed }, this.world, this.#mark);
    const attachments = text.includes('#patch') ? 2 : 0;
    return this.#send({ ...this.#plan(writer, state.id, text), move: { ...proper, attachments, offersKey } });
  }

  /** A case without a reporter. */
  #opened(writer: Player): Promise<void> {
    const move = { ...proper, door: 'team', named: 'nowhere' } as const;
    return this.#send({ ...this.#plan(writer, null, `#new Flaw ${this.#mark()}`), move });
  }

  /** A report that proves nothing, and one that hides itself well. */
  #noise(writer: number, how: number): Promise<void> {
    const who = at([rita, rob, mal, otto, bot, rob], writer);
    const [traffic, sealed] = at(noises, how);
    const door = traffic === 'person' && this.world.cases.size > mostCases ? 'case' : 'team';
    const move = { ...proper, door, traffic, named: 'nowhere', signature: 'none', encrypted: sealed } as const;
    const about = door === 'team' ? null : (this.#case(how)?.id ?? null);
    return this.#send({ ...this.#plan(who, about, `Noise ${this.#mark()}`), move });
  }

  #plan(writer: Player, about: CaseId | null, text: string): Omit<Plan, 'move'> {
    const subject = `Subject ${this.#mark()}`;
    return { writer, from: writer, cosigner: null, about, other: null, text, subject, answers: null, spent: null };
  }
}
