/** Who may know what, as the log, the roster and the truth about each mail have it: every word and file that was put down is known by its mark. */

import type { Letter, Recipient } from '../../src/core/cases/effects.ts';
import type { Recorded } from '../../src/core/cases/events.ts';
import type { Address, CaseId, MailId } from '../../src/core/identifiers.ts';
import { lists, players, sure } from './cast.ts';
import type { Written } from './mails.ts';
import { type Circle, grants, readersIn } from './circles.ts';
import { type Dossier, dossier } from './dossier.ts';
import type { Roster } from '../../src/core/roster/people.ts';
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
  /** Where it is the very text of a mail that grants it. */
  readonly mail?: MailId;
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
  readonly #numbers = new Map<CaseId, ReadonlySet<Address>>();
  /** Words that are for the owners of a list, or for one person. */
  readonly #listWords = new Map<string, Address[]>();
  /** Who is or was on a list, or asked for a place there. */
  readonly #placed = new Map<Address, Set<Address>>();

  constructor(world: World) {
    this.#world = world;
  }

  /** A mail is about to arrive. */
  written(truth: Written): void {
    this.#mails.set(truth.id, truth);
    const authors = [truth.writer, ...truth.signed].map(({ address }) => address);
    for (const mark of marksIn(`${truth.text}\n${truth.subject}`)) this.#writers.set(mark, authors);
  }

  mail(id: MailId | null | undefined): Written | null {
    return id === null || id === undefined ? null : sure(this.#mails.get(id));
  }

  /** Takes down what was recorded together, and tells the cases as they were before it. */
  recorded(rows: readonly Recorded[]): ReadonlyMap<CaseId, Dossier> {
    const before = new Map(this.#dossiers);
    for (const row of rows) {
      for (const { circle, texts, files = [] } of grants(row.event)) {
        const granted = { case: row.case, circle };
        for (const mark of marksIn(texts.join('\n'))) grant(this.#words, mark, granted);
        for (const { mail, parts } of files) for (const part of parts) grant(this.#files, `${mail}/${part}`, granted);
      }
    }
    for (const [id, come] of Map.groupBy(rows, (row) => row.case)) {
      const log = [...this.log(id), ...come];
      this.#logs.set(id, log);
      const known = dossier(id, log, come, this.case(id));
      this.#dossiers.set(id, known);
      const { experts, assigner } = known;
      const readers = [...readersIn('told', known, this.#world.roster).keys()];
      const all = [
        ...readers,
        ...experts.map(({ address }) => address),
        ...(assigner === null ? [] : [assigner.address]),
      ];
      this.#numbers.set(id, new Set([...(this.#numbers.get(id) ?? []), ...all]));
    }
    return before;
  }

  /** What was said of the lists: who asks and why is for the owners, and a verdict for whoever it is of. */
  listed(rows: readonly Recorded[], before: Roster['lists']): void {
    for (const list of [...before, ...this.#world.roster.lists])
      if (list.kind === 'stakeholders') for (const { address } of list.members) this.#place(list.address, address);
    for (const { event } of rows) {
      if (!('list' in event)) continue;
      if ('applicant' in event) this.#place(event.list, event.applicant);
      const said = 'reason' in event ? event.reason : 'organisation' in event ? event.organisation : null;
      const to = event.type === 'subscription-denied' ? [event.list, event.applicant] : [event.list];
      for (const mark of marksIn(said ?? '')) this.#listWords.set(mark, [...(this.#listWords.get(mark) ?? []), ...to]);
    }
  }

  #place(list: Address, who: Address): void {
    this.#placed.set(list, (this.#placed.get(list) ?? new Set()).add(who));
  }

  /** The words beside commands, and the files, are for everyone on the case. */
  heard({ id, words }: Written, to: CaseId, parts: readonly string[]): void {
    const granted = { case: to, circle: 'case', mail: id } as const;
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

  /** Mails whose text, passed on, has the word. */
  mailsWith(mark: string, id: CaseId): readonly MailId[] {
    return (this.#words.get(mark) ?? []).flatMap((each) =>
      each.case === id && each.mail !== undefined ? [each.mail] : [],
    );
  }

  mayHave({ address }: Recipient, file: string, { case: id, template }: Letter, truth: Written | null): boolean {
    if (this.isCoordinator(address)) return true;
    if (template === 'message' && id === null && this.#isToOwner(address, truth))
      return file.startsWith(truth?.id ?? '-');
    const circles = this.#circlesOf(address, id);
    return (this.#files.get(file) ?? []).some((each) => each.case === id && circles.includes(each.circle));
  }

  mayKnow({ address }: Recipient, mark: string, letter: Letter, truth: Written | null): boolean {
    const owner = owners.get(mark);
    if (this.isCoordinator(address) || owner === address) return true;
    const circles = this.#circlesOf(address, letter.case);
    const wrote = this.#writers.get(mark)?.includes(address) === true;
    // Whose commands are refused may see what they have signed, whatever else was wrong with the mail.
    const signers = letter.template === 'refused' ? truth?.signed : truth?.signers;
    const signed = signers?.some((each) => each.address === address) === true;
    if (wrote && (signed || circles.includes('case'))) return true;
    if (owner !== undefined && this.#mayKnowPerson(address, owner, letter, truth)) return true;
    // An owner is answered about the list wherever they said it.
    const mayBeOfList = letter.case === null || letter.template === 'transcript';
    if (mayBeOfList && this.#mayKnowOfList(address, mark, letter, truth)) return true;
    return this.grantedTo(mark, letter.case, circles);
  }

  /** Members know their list, and so does who writes to it; who signs a mail together knows each other; public lists are public. */
  #mayKnowPerson(address: Address, owner: Address, { case: id, template }: Letter, truth: Written | null): boolean {
    const { roster } = this.#world;
    if ([address, owner].every((each) => truth?.signers.some((signer) => signer.address === each) === true))
      return true;
    // Whom a CVE id was asked of stands in the status, for everyone on the case.
    if (this.case(id)?.assigner?.address === owner && this.#circlesOf(address, id).includes('case')) return true;
    const list = roster.lists.find((each) => each.address === owner);
    if (list?.kind === 'announcement') return true;
    const writes = truth?.from === address || truth?.signed.some((each) => each.address === address) === true;
    if (writes && truth.list === owner) return true;
    if (list?.kind === 'stakeholders' && list.owners.includes(address)) return true;
    return (
      list?.kind === 'stakeholders' &&
      ['notice', 'transcript', 'refused'].includes(template) &&
      list.members.some((each) => each.address === address)
    );
  }

  /** What is written to the owners of a list, and to no case. */
  #isToOwner(address: Address, truth: Written | null): boolean {
    const list = this.#world.roster.lists.find((each) => each.address === truth?.list);
    return list?.kind === 'stakeholders' && list.owners.includes(address) && truth?.cases.size === 0;
  }

  /** Owners know who is on their list and who asks for it, and read what is written to them; others know the name of theirs. */
  #mayKnowOfList(address: Address, mark: string, { template }: Letter, truth: Written | null): boolean {
    const owner = owners.get(mark);
    const words = this.#listWords.get(mark) ?? [];
    if (words.includes(address)) return true;
    for (const list of this.#world.roster.lists) {
      if (list.kind !== 'stakeholders') continue;
      const placed = this.#placed.get(list.address) ?? new Set();
      if (owner === list.address && (placed.has(address) || list.owners.includes(address))) return true;
      if (!list.owners.includes(address)) continue;
      if (words.includes(list.address)) return true;
      if (owner !== undefined && (placed.has(owner) || list.owners.includes(owner))) return true;
      const written = template === 'message' && truth?.list === list.address && this.#isToOwner(address, truth);
      const writers = [truth?.from, ...(truth?.signed ?? []).map((each) => each.address)];
      if (written && (writers.includes(owner) || marksIn(`${truth.text}\n${truth.subject}`).has(mark))) return true;
    }
    return false;
  }

  /** Who has to do with a case, or had: its number is no news to them. */
  knowsOf(address: Address, id: CaseId): boolean {
    return this.isCoordinator(address) || this.#numbers.get(id)?.has(address) === true;
  }

  isCoordinator(address: Address): boolean {
    return this.#world.roster.coordinators.some((each) => each.address === address);
  }

  #circlesOf(address: Address, id: CaseId | null): readonly Circle[] {
    const known = this.case(id);
    if (known === null) return [];
    if (known.assigner?.address === address) return ['assigner'];
    const { roster } = this.#world;
    if (readersIn('report', known, roster).has(address)) return ['report', 'case', 'told', 'public'];
    if (readersIn('case', known, roster).has(address)) return ['case', 'told', 'public'];
    if (readersIn('told', known, roster).has(address)) return ['told', 'public'];
    return known.disclosures.length > 0 ? ['public'] : [];
  }
}
