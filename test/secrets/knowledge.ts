/** Who may know what, as the log, the roster and the truth about each mail have it: every word and file that was put down is known by its mark. */

import type { Letter, Recipient } from '../../src/core/cases/effects.ts';
import type { Recorded } from '../../src/core/cases/events.ts';
import type { Address, CaseId, MailId } from '../../src/core/identifiers.ts';
import { lists, players, sure } from './cast.ts';
import type { Written } from './mails.ts';
import { type Circle, type Dossier, dossier, grants, readersIn } from './witness.ts';
import type { World } from './world.ts';

/** A word of a person or list (`zqaritaq`), or of what somebody wrote (`zqm12q`). */
const marked = /zq(?:m\d+|[an][a-z]+)q/g;
export const marksIn = (text: string): ReadonlySet<string> => new Set(text.match(marked));

/** Whose a mark is that stands in a name or an address. */
const owners = new Map<string, Address>([
  ...Object.values(players).flatMap((each) =>
    [...marksIn(`${each.name} ${each.address}`)].map((mark) => [mark, each.address] as const),
  ),
  ...Object.values(lists).flatMap((address) => [...marksIn(address)].map((mark) => [mark, address] as const)),
]);
export const ownerOf = (mark: string): Address | undefined => owners.get(mark);

interface Granted {
  readonly case: CaseId;
  readonly circle: Circle;
}

const grant = (to: Map<string, Granted[]>, what: string, granted: Granted): void =>
  void to.set(what, [...(to.get(what) ?? []), granted]);

export class Knowledge {
  readonly #world: World;
  readonly #logs = new Map<CaseId, Recorded[]>();
  readonly #dossiers = new Map<CaseId, Dossier>();
  readonly #words = new Map<string, Granted[]>();
  readonly #files = new Map<string, Granted[]>();
  readonly #writers = new Map<string, readonly Address[]>();
  readonly #mails = new Map<MailId, Written>();

  constructor(world: World) {
    this.#world = world;
  }

  /** A mail is about to arrive. */
  written(truth: Written): void {
    this.#mails.set(truth.id, truth);
    const authors = [truth.writer, ...truth.signers].map(({ address }) => address);
    for (const mark of marksIn(`${truth.text}\n${truth.subject}`)) this.#writers.set(mark, authors);
  }

  mail(id: MailId | null | undefined): Written | null {
    return id === null || id === undefined ? null : sure(this.#mails.get(id));
  }

  /** Takes down what was recorded together, and tells the cases as they were before it. */
  recorded(rows: readonly Recorded[]): ReadonlyMap<CaseId, Dossier> {
    const before = new Map(this.#dossiers);
    for (const row of rows) {
      this.#logs.set(row.case, [...this.log(row.case), row]);
      for (const { circle, texts, files = [] } of grants(row.event)) {
        const granted = { case: row.case, circle };
        for (const mark of marksIn(texts.join('\n'))) grant(this.#words, mark, granted);
        for (const { mail, parts } of files) for (const part of parts) grant(this.#files, `${mail}/${part}`, granted);
      }
    }
    for (const id of new Set(rows.map((row) => row.case))) this.#dossiers.set(id, dossier(id, this.log(id)));
    return before;
  }

  /** The words beside commands, and the files, are for everyone on the case. */
  heard({ id, words }: Written, to: CaseId, parts: readonly string[]): void {
    const granted = { case: to, circle: 'case' } as const;
    for (const mark of marksIn(words)) grant(this.#words, mark, granted);
    for (const part of parts) grant(this.#files, `${id}/${part}`, granted);
  }

  log(id: CaseId): readonly Recorded[] {
    return this.#logs.get(id) ?? [];
  }

  get dossiers(): readonly Dossier[] {
    return [...this.#dossiers.values()];
  }

  /** Null for no case, and for one that was only tried (`#dry`). */
  case(id: CaseId | null): Dossier | null {
    return id === null ? null : (this.#dossiers.get(id) ?? null);
  }

  grantedTo(mark: string, id: CaseId | null, circles: readonly Circle[]): boolean {
    return (this.#words.get(mark) ?? []).some((each) => each.case === id && circles.includes(each.circle));
  }

  mayHave({ address }: Recipient, file: string, { case: id }: Letter): boolean {
    if (this.#isCoordinator(address)) return true;
    const circles = this.#circlesOf(address, id);
    return (this.#files.get(file) ?? []).some((each) => each.case === id && circles.includes(each.circle));
  }

  mayKnow({ address }: Recipient, mark: string, letter: Letter, truth: Written | null): boolean {
    const owner = owners.get(mark);
    if (this.#isCoordinator(address) || owner === address) return true;
    const circles = this.#circlesOf(address, letter.case);
    const wrote = this.#writers.get(mark)?.includes(address) === true;
    const signed = truth?.signers.some((each) => each.address === address) === true;
    if (wrote && (signed || circles.includes('case'))) return true;
    if (owner !== undefined && this.#mayKnowPerson(address, owner, letter, truth)) return true;
    return this.grantedTo(mark, letter.case, circles);
  }

  /** Experts see who approves; members know their list, and so does who writes to it; who signs a mail together knows each other; public lists are public. */
  #mayKnowPerson(address: Address, owner: Address, { case: id, template }: Letter, truth: Written | null): boolean {
    const { roster } = this.#world;
    if ([address, owner].every((each) => truth?.signers.some((signer) => signer.address === each) === true))
      return true;
    const expert = this.case(id)?.experts.some((each) => each.address === address && each.accepted) === true;
    if (expert && this.#isCoordinator(owner)) return true;
    const list = roster.lists.find((each) => each.address === owner);
    if (list?.kind === 'announcement') return true;
    const writes = truth?.from === address || truth?.signed.some((each) => each.address === address) === true;
    if (id === null && writes && truth.list === owner) return true;
    return (
      list?.kind === 'stakeholders' &&
      ['notice', 'transcript', 'refused'].includes(template) &&
      list.members.some((each) => each.address === address)
    );
  }

  #isCoordinator(address: Address): boolean {
    return this.#world.roster.coordinators.some((each) => each.address === address);
  }

  #circlesOf(address: Address, id: CaseId | null): readonly Circle[] {
    const known = this.case(id);
    if (known === null) return [];
    if (known.assigner?.address === address) return ['assigner'];
    const { roster } = this.#world;
    if (readersIn('case', known, roster).has(address)) return ['case', 'told', 'public'];
    if (readersIn('told', known, roster).has(address)) return ['told', 'public'];
    return known.disclosures.length > 0 ? ['public'] : [];
  }
}
