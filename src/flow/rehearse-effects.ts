/** Carries one effect of a rehearsed disclosure out as far as its last step, which is left out, and tells what is wrong. */

import { publishedOf } from '../core/advisories/published.ts';
import type { Announcement, CveTask, Effect, Letter, Publication } from '../core/cases/effects.ts';
import type { Address } from '../core/identifiers.ts';
import type { List } from '../core/roster/people.ts';
import type { Finding } from '../core/rehearsal/findings.ts';
import { checkMail } from '../core/rehearsal/mails.ts';
import { never, type Result } from '../core/result.ts';
import { measure } from '../mail/measure.ts';
import { cnaContainer } from '../publication/cve.ts';
import { publicationFiles } from '../publication/site.ts';
import { wellFormed } from '../publication/well-formed.ts';
import { announcementCopies, letterCopies } from './make-copies.ts';
import type { CveServices, Prepared, Trouble } from './ports.ts';
import { signedFiles, siteFacts } from './publish.ts';
import type { Act } from './rehearse-scene.ts';
import type { Workings } from './workings.ts';

/** How much was made, and what is wrong with it. */
export interface Tried {
  readonly mails: number;
  readonly files: number;
  readonly findings: readonly Finding[];
}

type Site = Workings & { readonly cveServices: CveServices | null };

function letterName({ template, to: [first, ...others] }: Letter): string {
  const what = template === 'notice' ? 'The advance notice' : 'The word of the disclosure';
  const rest = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${what} to ${first?.address ?? 'nobody'}${rest}`;
}

function nameOf(effect: Effect): string {
  switch (effect.kind) {
    case 'letter':
      return letterName(effect);
    case 'announcement':
      return `The advisory to ${effect.list.address}`;
    case 'publication':
      return 'The site';
    case 'cve':
      return 'The CVE record';
    case 'rehearsal':
      return 'The rehearsal';
    default:
      return never(effect);
  }
}

const notMade = (effect: Effect, why: string): Tried => ({
  mails: 0,
  files: 0,
  findings: [{ kind: 'not-made', what: nameOf(effect), why }],
});

type Copies = Prepared['copies'];

/** Copies for people differ in their heads alone: the largest is looked at for all of them. Each list has its own rules. */
function looked(copies: Copies, listAt: (to: Address) => List | null): Copies {
  const people = copies.filter(({ to }) => listAt(to) === null);
  const [largest] = people.toSorted((one, other) => other.head.length - one.head.length);
  return [...copies.filter(({ to }) => listAt(to) !== null), ...(largest === undefined ? [] : [largest])];
}

/** The mails of one effect, looked at as whoever is to take them would. */
async function mailsOf(effect: Letter | Announcement, act: Act, { policy }: Workings): Promise<Tried> {
  const made: Result<Prepared, Trouble> =
    effect.kind === 'letter' ? await letterCopies(effect, act.making) : await announcementCopies(effect, act.making);
  if (!made.ok) return notMade(effect, made.problem.why);
  const payload = effect.kind === 'letter' && effect.protection === 'sealed' ? act.sealed() : null;
  const listAt = (to: Address) => act.context.roster.lists.find(({ address }) => address === to) ?? null;
  const findings = looked(made.value.copies, listAt).flatMap(({ to, head, tail }) => {
    const mail = measure(Buffer.concat([head, made.value.shared, tail]), payload, to);
    return checkMail(mail, listAt(to), policy.rehearsal.maximumBytes);
  });
  return { mails: made.value.copies.length, files: 0, findings };
}

async function filesOf({ id }: Publication, { making, state: disclosed }: Act, workings: Workings): Promise<Tried> {
  const all = (await making.store.cases()).flatMap((state) => publishedOf(state) ?? []);
  const these = all.filter((each) => each.id === id && each.advisory.case === disclosed.id);
  const files = await signedFiles(publicationFiles(these, all, [], siteFacts({ ...workings, ...making })), making);
  const findings = files.flatMap(({ path, content }): readonly Finding[] => {
    const why = wellFormed(path, content);
    return why === null ? [] : [{ kind: 'bad-file', path, why }];
  });
  return { mails: 0, files: files.length, findings };
}

/** What CVE Services say of the id; the record itself stays here. */
async function cveOf(task: CveTask, { making, state: disclosed }: Act, workings: Site): Promise<Tried> {
  const { cveServices } = workings;
  const published = publishedOf(disclosed);
  if (published === null || task.task !== 'publish') return notMade(task, 'there is no record');
  JSON.stringify(cnaContainer(published, siteFacts({ ...workings, ...making })));
  if (cveServices === null) return notMade(task, 'CVE Services are not configured');
  const { cve } = task;
  const asked = await cveServices.standing(cve);
  const made = { mails: 0, files: 1 };
  if (!asked.ok) return { ...made, findings: [{ kind: 'cve-unasked', why: asked.problem.why }] };
  const { owner, state } = asked.value;
  if (owner !== cveServices.org) return { ...made, findings: [{ kind: 'cve', cve, standing: 'not ours' }] };
  return { ...made, findings: state === 'reserved' ? [] : [{ kind: 'cve', cve, standing: state }] };
}

async function attempt(effect: Effect, act: Act, workings: Site): Promise<Tried> {
  switch (effect.kind) {
    case 'letter':
    case 'announcement':
      return mailsOf(effect, act, workings);
    case 'publication':
      return filesOf(effect, act, workings);
    case 'cve':
      return cveOf(effect, act, workings);
    case 'rehearsal':
      return notMade(effect, 'a disclosure has none');
    default:
      return never(effect);
  }
}

/** What throws would have thrown that day: it is a finding like any other. */
export async function carriedOut(effect: Effect, act: Act, workings: Site): Promise<Tried> {
  try {
    return await attempt(effect, act, workings);
  } catch (error) {
    workings.log.error('rehearsal of an effect failed', { kind: effect.kind, case: effect.case, error });
    return notMade(effect, error instanceof Error ? error.message : 'an internal fault');
  }
}
