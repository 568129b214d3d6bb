/** Who may bring about what is recorded: judged by who truly wrote and signed the mail behind it. */

import type { CaseEvent, Recorded } from '../../src/core/cases/events.ts';
import type { Address, CaseId } from '../../src/core/identifiers.ts';
import type { Roster } from '../../src/core/roster/people.ts';
import { sure } from './cast.ts';
import { readersIn } from './circles.ts';
import type { ByType, Dossier } from './dossier.ts';
import type { Knowledge } from './knowledge.ts';
import type { Written } from './mails.ts';
import type { Committed, World } from './world.ts';
import { wrong } from './wrong.ts';

/** What anyone may say of themselves, as it proves nothing yet. */
const onTrust: ReadonlySet<CaseEvent['type']> = new Set([
  'reporter-key-offered',
  'subscription-asked',
  'impounded',
  'flooded',
  'taken-up',
]);

export class AuthorityJudge {
  readonly #world: World;
  readonly #knowledge: Knowledge;

  constructor(world: World, knowledge: Knowledge) {
    this.#world = world;
    this.#knowledge = knowledge;
  }

  /** `before`: the cases ahead of what was recorded with this row. */
  event(row: Recorded, { lists }: Committed, before: ReadonlyMap<CaseId, Dossier>): void {
    const { event } = row;
    const truth = this.#knowledge.mail(row.mail);
    switch (event.type) {
      case 'disclosed':
      case 'record-released':
      case 'subscription-proven':
        return; // who may do that is judged with what it is about
      case 'approved':
        return this.#approved(event, row, truth);
      case 'reporter-key-learned':
        return this.#learned(event, row, truth);
      case 'reported':
        return this.#reported(event, row);
      case 'message-received':
        return this.#heard(event, row, before);
      case 'notified':
        return this.#notified(event, row, lists);
      case 'embargo-set':
        return this.#embargoed(event, row);
      case 'invited':
        if (event.atOnce === true && !this.#isTrusted(event.address)) wrong('invited at once, past the terms', row);
        return;
      case 'released':
      case 'dropped':
      case 'disclosure-requested': {
        const decided = truth?.signers.some(({ address }) => this.#knowledge.isCoordinator(address)) === true;
        if (!decided || !truth.encrypted) wrong('decided by nobody who may', row, truth);
        return;
      }
      default:
        return this.#commanded(row, truth);
    }
  }

  #commanded(row: Recorded, truth: Written | null): void {
    const { by, event } = row;
    if (by.kind === 'key' && truth?.signers.every(({ own }) => own !== by.fingerprint) === true)
      wrong('commands were obeyed that nobody signed', row, truth);
    if (by.kind === 'address' && !onTrust.has(event.type)) wrong('a command without a proof was obeyed', row, truth);
  }

  #approved({ coordinator }: ByType['approved'], row: Recorded, truth: Written | null): void {
    const signer = truth?.signers.find(({ address }) => address === coordinator);
    const { coordinators } = this.#world.roster;
    const may = coordinators.some((each) => each.address === coordinator && each.key === signer?.own);
    if (!may || truth?.encrypted !== true) wrong('approved by nobody who may', row, truth);
  }

  #reported({ reporter, key }: ByType['reported'], row: Recorded): void {
    const { coordinators, experts } = this.#world.roster;
    const person = [...coordinators, ...experts].find(({ address }) => address === reporter);
    if (person !== undefined && key !== null && person.key !== key) wrong('another key for someone on the roster', row);
  }

  #embargoed({ until }: ByType['embargo-set'], row: Recorded): void {
    const { since, related, term, openly } = sure(this.#knowledge.case(row.case));
    const end = since?.add({ hours: 24 * this.#world.policy.embargo.maximumDays }) ?? row.at;
    const late = [end, term ?? end].some((each) => Temporal.Instant.compare(until, each) > 0);
    if (late && !openly && related.size === 0) wrong('an embargo beyond its clocks', row);
  }

  /** A key is that of whoever wrote the mail that brought it, or of whom a coordinator says. */
  #learned({ key }: ByType['reporter-key-learned'], row: Recorded, truth: Written | null): void {
    const own = truth?.writer.own === key && truth.writer.address === truth.from;
    const trusted = truth?.signers.some(({ address }) => this.#knowledge.isCoordinator(address)) === true;
    if (!own && !trusted) wrong('a key was taken from a stranger', row, truth);
  }

  /** An advance notice is for members in good standing who may have it; a list of others keeps it for so long and no longer. */
  #notified(event: ByType['notified'], row: Recorded, lists: Roster['lists']): void {
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
    if (!isRight) wrong('a notice to whom it is not for', row, list);
  }

  /** In a group whose experts may see a case at once, as they have accepted the terms for all of them. */
  #isTrusted(address: Address): boolean {
    const { experts, groups = [] } = this.#world.roster;
    const theirs = experts.find((each) => each.address === address)?.groups ?? [];
    return groups.some(({ name, atOnce }) => atOnce && theirs.includes(name));
  }

  /** A mail may be passed on to those whom it was truly meant for, and only if its writer is who they are said to be. */
  #heard({ message }: ByType['message-received'], row: Recorded, before: ReadonlyMap<CaseId, Dossier>): void {
    const truth = sure(this.#knowledge.mail(row.mail));
    if (message.audience === 'team') return;
    const now = sure(this.#knowledge.case(row.case));
    const known = before.get(row.case) ?? now;
    const others = [...truth.cases].filter((id) => id !== row.case && successor(id, before) !== row.case);
    if (truth.narrow || truth.cases.size === 0 || others.length > 0)
      wrong('a mail is heard by more people than it was for', row, truth, [...truth.cases]);
    const { roster } = this.#world;
    const signer = truth.whole ? truth.signers.find(({ address }) => address === truth.from) : undefined;
    const proven =
      signer !== undefined &&
      [known, now].some((each) => readersIn('case', each, roster).get(signer.address) === signer.own);
    const trusted =
      this.#knowledge.isCoordinator(truth.from) || known.experts.some(({ address }) => address === truth.from);
    const claimed = !trusted && known.reporters.some(({ address }) => address === truth.from);
    // What is unsigned beside commands that were obeyed is heard as if it had come alone.
    const { by } = row;
    const obeyed =
      by.kind === 'key' && truth.signers.some(({ address, own }) => address === truth.from && own === by.fingerprint);
    if (!proven && (!claimed || (truth.commands && !obeyed)))
      wrong('a mail that proves nothing was passed on', row, truth);
    this.#knowledge.heard(truth, row.case, message.parts ?? []);
  }
}

/** The case that mail to this one is for. */
function successor(id: CaseId, cases: ReadonlyMap<CaseId, Dossier>): CaseId {
  const into = cases.get(id)?.joinedTo ?? null;
  const next = into === null ? undefined : cases.get(into);
  return next === undefined || next.disclosures.length > 0 ? id : successor(next.id, cases);
}
