/** The command about the CVE id of a case: cve. */

import { cveFacts } from '../cases/cve.ts';
import type { CaseEvent } from '../cases/events.ts';
import type { CaseState } from '../cases/state.ts';
import { tellMoment } from '../embargo/moments.ts';
import { type CveId, parseCveId } from '../identifiers.ts';
import { failed, never, ok, type Result } from '../result.ts';
import { missing, noMore, notNow, wrong } from './arguments.ts';
import { consequences } from './consequences.ts';
import { row } from './layout.ts';
import type { Refusal } from './refusals.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Outcome, type Situation, type Verb } from './verb.ts';

type Decided = Result<Outcome, Refusal>;
type Asked = Extract<CaseEvent, { readonly type: 'cve-asked' }>['of'];

const group = 'Substance';
const done = (says: readonly string[], ...events: readonly CaseEvent[]): Decided => ok({ events, says });
const not = (what: string, why: string, instead: string): Decided => failed(notNow(`cve ${what}`, why, instead));

const cveManual = { usage: '#cve CVE-ID|request|drop', example: '#cve CVE-2026-12345' };

const cve = caseVerb<CveId | 'request' | 'drop'>({
  verb: 'cve',
  group,
  ...cveManual,
  summary:
    'Notes the CVE id that was assigned. "request" asks for one: by encrypted mail to the CNA, or at CVE Services, where one of them is configured, else you get the text to ask with. "drop" removes it, and gives back one that was reserved for the case.',
  who: ['coordinator'],
  undoable: true,
  // What was reserved must be given back, even where the case has ended otherwise.
  when: (state) => (isReserved(state) && state.disclosed === null ? null : whileOpen('cve')(state)),
  parse: (line) => {
    const [word] = line.arguments;
    if (word === undefined) return missing('The CVE id', cveManual);
    const what = (['drop', 'request'] as const).find((each) => each === word.toLowerCase());
    const id = what ?? parseCveId(word);
    return id === null
      ? wrong('a CVE id', word, 'they are written CVE-2026-12345', cveManual.example)
      : noMore<CveId | 'request' | 'drop'>(line, 1, cveManual, id);
  },
  decide: (said, state, situation) => {
    if (said === 'drop') return drop(state, situation);
    const ended = whileOpen('cve')(state);
    if (ended !== null) return failed(ended);
    return said === 'request' ? request(state, situation) : assign(said, state, situation);
  },
});

const isReserved = ({ cve: id, cveRecord }: CaseState): boolean =>
  id !== null && cveRecord?.cve === id && cveRecord.reserved;

function request(state: CaseState, { context }: Situation): Decided {
  const { cve: source } = context.policy;
  if (state.cve !== null) return not('request', `the case has ${state.cve}.`, '#cve drop');
  const items = [
    ...(state.confirmed ? [] : ['the confirmation (#confirm)']),
    ...(state.title === null && source.kind === 'cna' ? ['a title (#title)'] : []),
    ...(state.description === null && source.kind === 'hand' ? ['a description (#describe)'] : []),
    ...(state.affected.length === 0 ? ['affected versions (#affects)'] : []),
  ];
  if (items.length > 0) return failed({ reason: 'lacking', verb: 'cve request', items, instead: '#draft' });
  switch (source.kind) {
    case 'hand':
      return byHand(state);
    case 'cna':
      return byMail(source, state, context);
    case 'services':
      return reserved(source, state, context);
    default:
      return never(source);
  }
}

const list = (of: readonly string[]): string => (of.length === 0 ? 'not said yet' : of.join('; '));

/** The text for whoever assigns ids, for their form or an encrypted mail: nothing goes out by itself. */
function byHand(state: CaseState): Decided {
  const { products, fixed, weakness } = cveFacts(state);
  return done(
    [
      'Send this, encrypted, to whoever assigns CVE ids for you, or fill their form with it. It is still secret.',
      ...row('Products', list(products)),
      ...row('Fixed', list(fixed)),
      ...row('Title', state.title ?? 'not said yet'),
      ...row('Weakness', list(weakness)),
      ...row('Rating', state.cvss ?? 'none'),
      ...row('References', list(state.links.map((each) => each.url))),
      ...row('Credits', list(state.credits.map((each) => each.name))),
      'Description:',
      ...(state.description ?? '').split('\n').map((line) => `    ${line}`),
      'When the answer comes, note the id: #cve CVE-ID',
    ],
    { type: 'cve-requested' },
  );
}

/** The sender sees all that the outsider will. */
function byMail(
  cna: Extract<Asked, { readonly kind: 'cna' }>,
  state: CaseState,
  { keys }: Situation['context'],
): Decided {
  const whom = cna.name === null ? cna.address : `${cna.name} <${cna.address}>`;
  const facts = keys.get(cna.key);
  if (facts?.usable !== true) {
    const why = [facts?.problem ?? 'key not on record'];
    return failed({ reason: 'unreachable', whom, why, instead: null });
  }
  const { products, fixed, weakness, impact, secret } = cveFacts(state);
  return done(
    [
      `The request goes to ${whom}, encrypted to ${cna.key}. It says this, ${secret ? 'that it is under embargo, ' : ''}and nothing else:`,
      ...row('Impact', impact),
      ...row('Affected', list(products)),
      ...row('Fixed', list(fixed)),
      ...row('Weakness', weakness.length === 0 ? 'not classified' : list(weakness)),
      'Their answer comes into this case, for the coordinators. Then note the id: #cve CVE-ID',
    ],
    { type: 'cve-asked', of: cna },
  );
}

function reserved(
  of: Extract<Asked, { readonly kind: 'services' }>,
  state: CaseState,
  { team }: Situation['context'],
): Decided {
  if (state.cveAsked?.kind === 'services' && state.cveRequestedAt !== null)
    return not(
      'request',
      `an id was asked for on ${tellMoment(state.cveRequestedAt, team.timezone)}, and is not there yet.`,
      '#cve drop',
    );
  return done(
    [
      'An id is being reserved at CVE Services, which learn nothing else. You are told in this case when it is there.',
      'Its record goes public with the advisory, by itself.',
      'Approve the advisory after that: its words change with the id.',
    ],
    { type: 'cve-asked', of },
  );
}

function drop(state: CaseState, { context }: Situation): Decided {
  if (state.cve === null) {
    if (state.cveAsked === null) return not('drop', 'the case has no CVE id.', '#status');
    const late = state.cveAsked.kind === 'cna' ? ' Whoever was asked has the request: tell them.' : '';
    return done([`No CVE id is asked for any more.${late}`], { type: 'cve-dropped' });
  }
  if (isReserved(state) && context.policy.cve.kind === 'services')
    return done(
      [
        `${state.cve} is dropped, and given back to CVE Services, where it is rejected for good.`,
        ...consequences(state),
      ],
      { type: 'cve-returned', cve: state.cve },
    );
  return done([`${state.cve} is dropped.`, ...consequences(state)], { type: 'cve-dropped' });
}

function assign(id: CveId, state: CaseState, { context }: Situation): Decided {
  if (isReserved(state) && state.cve !== id)
    return not(id, `${state.cve ?? 'another'} is reserved for the case. Give it back first.`, '#cve drop');
  const other = context.cases.find((each) => each.id !== state.id && each.cve === id);
  const twice = other === undefined ? [] : [`Beware: ${other.id} has the same CVE id.`];
  return done([`CVE: ${id}`, ...twice, ...consequences(state)], { type: 'cve-assigned', cve: id });
}

/** `none`, or how far it has come. */
export function tellCve({ cve: id, cveRequestedAt, cveAsked, cveRecord }: CaseState, zone: string): string {
  if (id === null) {
    if (cveRequestedAt === null) return 'none';
    const when = `on ${tellMoment(cveRequestedAt, zone)}`;
    if (cveAsked === null) return `asked for ${when}, by hand`;
    return cveAsked.kind === 'cna' ? `asked of ${cveAsked.address} ${when}` : `asked of CVE Services ${when}`;
  }
  if (cveRecord?.cve !== id) return id;
  if (cveRecord.publishedAt !== null) return `${id}, record published on ${tellMoment(cveRecord.publishedAt, zone)}`;
  return `${id}, reserved for us`;
}

export const identifying: readonly Verb[] = [cve];
