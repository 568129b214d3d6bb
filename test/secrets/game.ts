/** Plays moves in a world, and has each of them judged. */

import { missing } from '../../src/core/advisories/missing.ts';
import type { CaseState } from '../../src/core/cases/state.ts';
import type { Address, CaseId, MessageId, Sha256 } from '../../src/core/identifiers.ts';
import type { KeyFacts, Member } from '../../src/core/roster/people.ts';
import type { Templates } from '../../src/publication/templates.ts';
import { templates as ours } from '../core/given.ts';
import { lists, type Player, players, roster, sure } from './cast.ts';
import { Judge } from './judge.ts';
import { type Plan, written } from './mails.ts';
import { type MailMove, type Move, proper } from './moves.ts';
import { at, digestOf, sentence } from './sentences.ts';
import { World } from './world.ts';

const everybody = Object.values(players);
const { ada, ben, cyd, eve, xen, otto, rita, rob } = players;
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
const ownKeyOf = (address: Address) => everybody.find((each) => each.address === address)?.own ?? null;
/** More would only be slower. */
const mostCases = 4;

export class Game {
  readonly world: World;
  readonly judge: Judge;
  /** Commands that were carried out, by how often. */
  readonly verbs = new Map<string, number>();
  readonly #spent = new Map<Player, Sha256>();
  #marks = 0;

  constructor(templates: Templates) {
    this.world = new World(templates);
    this.judge = new Judge(this.world, ours);
  }

  readonly #mark = (): string => {
    this.#marks += 1;
    return `zqm${this.#marks}q`;
  };

  async play(move: Move): Promise<void> {
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
        const next = [...this.world.deadlines.values()]
          .flat()
          .toSorted((one, other) => Temporal.Instant.compare(one.at, other.at))[0];
        const wait = next === undefined ? 0 : next.at.since(this.world.now).total('minutes');
        await this.#wait(Math.max(0, Math.ceil(wait) + move.minutes));
        break;
      }
      case 'key':
        this.#toggleKey(move.whose);
        break;
      case 'roster':
        this.#changeRoster(move.change, move.who);
    }
    this.judge.look(this.world.committed.splice(0));
  }

  /** Time passes, and the clock ticks: whatever was due has come to pass. */
  async settle(): Promise<void> {
    for (const minutes of [0, 61, 1]) await this.#wait(minutes);
    this.judge.look(this.world.committed.splice(0));
    this.judge.settled();
  }

  async #wait(minutes: number): Promise<void> {
    this.world.now = this.world.now.add({ minutes });
    await this.world.tick();
    if (this.world.overdue.length > 0) await this.world.tick();
    this.judge.look(this.world.committed.splice(0));
    if (this.world.overdue.length > 0) throw new Error('a deadline is past and stays');
  }

  #case(number: number): CaseState | null {
    const cases = [...this.world.cases.values()];
    return cases.length === 0 ? null : at(cases, number);
  }

  async #mail(move: MailMove): Promise<void> {
    const state = this.#case(move.about);
    const writer = at(writers, move.writer);
    const from = move.pretends === 0 ? writer : at(everybody, move.pretends);
    const text = [
      ...(move.dry ? ['#dry'] : []),
      ...(move.internal ? ['#internal'] : []),
      ...move.lines.map((line) => sentence(line, { world: this.world, state, mark: this.#mark })),
      ...(move.words || move.lines.length === 0 ? ['', `Some words ${this.#mark()}`] : []),
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
    const state = this.#case(about);
    if (state === null || (seed % 7 === 0 && this.world.cases.size < mostCases)) {
      const writer = at([rita, rob, eve, rita, players.mal, players.bot], by);
      const move = {
        ...proper,
        door: 'team',
        named: 'nowhere',
        attachments: seed % 3,
        offersKey: seed % 2 === 0,
      } as const;
      return this.#send({ ...this.#plan(writer, null, `A flaw ${this.#mark()}`), move });
    }
    const [writer, text] = this.#next(state, at([ada, ben, cyd], by), by, seed);
    const attachments = text.includes('#patch') ? 2 : 0;
    return this.#send({ ...this.#plan(writer, state.id, text), move: { ...proper, attachments } });
  }

  #plan(writer: Player, about: CaseId | null, text: string): Omit<Plan, 'move'> {
    const subject = `Subject ${this.#mark()}`;
    return { writer, from: writer, cosigner: null, about, other: null, text, subject, answers: null, spent: null };
  }

  #next(state: CaseState, who: Player, by: number, seed: number): readonly [Player, string] {
    const { embargo, openly } = state;
    const [mark, coin] = [this.#mark, seed % 3];
    if (state.closed || state.rejection !== null) return [who, '#reopen'];
    if (state.disclosed !== null) {
      const approves = `#approve ${sure(digestOf({ world: this.world, state })).slice(0, 20)}`;
      if (seed % 11 === 3) return [who, at(['#hold', '#resume', '#redact 1', '#redact 2 1'], by)];
      if (seed % 11 === 4) return [rita, at(['#consent withhold', '#consent publish'], by)];
      return [who, at(['#close', `#errata\nRead ${mark()}\n#end`, approves, approves, `Thanks ${mark()}`], seed)];
    }
    if (!state.confirmed) return [who, '#confirm'];
    const waiting = everybody.find((each) => state.experts.some(({ key, accepted }) => !accepted && key === each.own));
    if (waiting !== undefined && coin > 0) return [waiting, '#accept'];
    if (state.held !== null && coin > 0) return [who, '#resume'];
    const [told] = state.notices.flatMap(({ members }) => everybody.filter(({ address }) => members.includes(address)));
    if (told !== undefined && seed % 5 === 4)
      return [told, at(['#ack', '#affected 1.0', '#unaffected', '#ready', `#object ${mark()}`], by)];
    if (missing(state).length > 0)
      return [
        who,
        [
          `#title Flaw ${mark()}`,
          `#describe\nIt breaks ${mark()}\n#end`,
          `#affects parser-${mark()} <2`,
          `#link https://example.org/${mark()} patch main`,
          `#link https://example.org/${mark()} report`,
          `#credit "Someone ${mark()}"`,
        ].join('\n'),
      ];
    if (embargo === null && !openly)
      return [who, seed % 5 === 0 ? `#public ${mark()}` : `#embargo +${1 + (seed % 12)}d ${mark()}`];
    if (seed % 5 === 1)
      return [
        who,
        `#invite ${at([...[eve, xen, players.kim, rita].map((each) => each.address), 'component:parser'], by)}`,
      ];
    if (seed % 5 === 2) return [who, `#notify ${at([lists.distros, lists.vendors, lists.linux, lists.kernel], by)}`];
    if (seed % 5 === 3) return [at(writers, by), `#patch stable-${coin}\n\nA fix ${mark()}`];
    if (seed % 29 === 4) return [who, '#disclose'];
    if (seed % 29 === 5) return [who, `#hold ${mark()}`];
    if (seed % 29 === 6) return [who, '#leak'];
    return [who, `#approve ${sure(digestOf({ world: this.world, state })).slice(0, 20)}`];
  }

  #toggleKey(whose: number): void {
    const key = at([...this.world.keys.values()], whose);
    const problem = key.usable ? 'expired on 2026-01-02' : null;
    this.world.keys.set(key.fingerprint, { ...key, usable: !key.usable, problem } satisfies KeyFacts);
  }

  /** The operator changes who is who. Two coordinators stay, or nothing would ever be approved. */
  #changeRoster(change: number, who: number): void {
    const { coordinators, experts, lists: groups } = this.world.roster;
    const member = (over: (member: Member) => Partial<Member> | null) =>
      groups.map((list, index) =>
        list.kind === 'stakeholders' && index === who % 2
          ? {
              ...list,
              members: list.members.flatMap((each, place) => {
                const changed = place === who % list.members.length ? over(each) : {};
                return changed === null ? [] : [{ ...each, ...changed }];
              }),
            }
          : list,
      );
    const changes = [
      () => ({ coordinators: coordinators.length > 2 ? coordinators.slice(1) : roster.coordinators }),
      () => ({ coordinators: coordinators.length > 2 ? coordinators.slice(0, -1) : roster.coordinators }),
      () => ({ experts: experts.length > 1 ? experts.slice(1) : roster.experts }),
      () => ({ lists: member(({ suspended }) => ({ suspended: !suspended })) }),
      () => ({ lists: member(({ acceptedTerms }) => ({ acceptedTerms: !acceptedTerms })) }),
      () => ({ lists: member(() => null) }),
      () => ({ lists: roster.lists }),
      () => ({ lists: member(({ key, address }) => ({ key: key === null ? ownKeyOf(address) : null })) }),
    ];
    this.world.roster = { ...this.world.roster, ...at(changes, change)() };
  }
}
