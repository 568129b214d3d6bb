/** `list ADDRESS …`: the members of a stakeholder list, as kept. */

import { type Address, type Fingerprint, parseAddress, parseFingerprint } from '../core/identifiers.ts';
import { listsId, type MemberEvent } from '../core/lists/membership.ts';
import type { Member, StakeholderList } from '../core/roster/people.ts';
import { noChange } from '../flow/change.ts';
import type { Assembly, ExitCode } from './assembly.ts';
import { type Call, type Subcommand, withAssembly } from './call.ts';
import { json, table } from './terminal.ts';

interface ListOptions {
  readonly name?: string;
  readonly organisation?: string;
  readonly country?: string;
  readonly key?: string;
  readonly json?: boolean;
}

type Facts = Pick<Member, 'name' | 'organisation' | 'country' | 'key'>;

const changes = ['add', 'remove', 'suspend', 'resume'] as const;
type Change = (typeof changes)[number];

const isChange = (word: string): word is Change => changes.some((change) => change === word);

async function findList(address: string, { store, workings }: Assembly): Promise<StakeholderList | null> {
  const lists = await store.lists(workings.roster.lists);
  const found = lists.find((list) => list.address === parseAddress(address));
  return found?.kind === 'stakeholders' ? found : null;
}

function show(list: StakeholderList, options: ListOptions, { terminal }: Call): ExitCode {
  if (options.json === true) terminal.print(json(list.members));
  else if (list.members.length === 0) terminal.say(`${list.address} has no members.`);
  else {
    const rows = list.members.map((member) => [
      member.address,
      member.name ?? '–',
      member.organisation ?? '–',
      member.country ?? '–',
      member.key ?? 'no key',
      [
        member.acceptedTerms ? '' : 'terms open',
        member.suspended ? 'suspended' : '',
        member.paused === true ? 'paused' : '',
      ]
        .filter(Boolean)
        .join(', '),
    ]);
    terminal.print(table(['ADDRESS', 'NAME', 'ORGANISATION', 'COUNTRY', 'KEY', ''], rows, terminal));
  }
  return 0;
}

/** What the options say of a member; a text where one of them makes no sense. */
function memberOf({ key, country, ...options }: ListOptions): Facts | string {
  const fingerprint: Fingerprint | null = key === undefined ? null : parseFingerprint(key);
  if (key !== undefined && fingerprint === null) return '--key takes a full fingerprint, 40 or 64 hexadecimal digits';
  if (country !== undefined && !/^[A-Za-z]{2}$/.test(country)) return '--country takes two letters (ISO 3166-1)';
  return {
    name: options.name ?? null,
    key: fingerprint,
    organisation: options.organisation ?? null,
    country: country?.toUpperCase() ?? null,
  };
}

/** Into the lists' chain of the log, as what owners and members say by mail; nobody is written to. */
async function record(events: readonly MemberEvent[], { store, workings }: Assembly): Promise<null> {
  await store.commit({
    ...noChange({ kind: 'operator' }, workings.clock.now()),
    append: events.map((event) => ({ case: listsId, event })),
  });
  return null;
}

async function carryOut(
  list: StakeholderList,
  action: Change,
  member: Address,
  options: ListOptions,
  assembly: Assembly,
): Promise<string | null> {
  const place = { list: list.address, member };
  if (action === 'add') {
    const added = memberOf(options);
    if (typeof added === 'string') return added;
    const { name, organisation, country, key } = added;
    const known = list.members.some((each) => each.address === member);
    return record(
      [
        ...(known ? [{ type: 'member-left', ...place } as const] : []), // what is said now takes the place of what was known
        { type: 'member-admitted', ...place, name, organisation, country, key },
        // As with the members in the configuration: whom the operator puts on a list has agreed to its terms.
        { type: 'member-accepted', ...place },
      ],
      assembly,
    );
  }
  if (!list.members.some((each) => each.address === member)) return `${member} is not on ${list.address}`;
  const type = ({ remove: 'member-left', suspend: 'member-suspended', resume: 'member-reinstated' } as const)[action];
  return record([{ type, ...place }], assembly);
}

interface Request {
  readonly address: string;
  readonly action: string;
  readonly member: string | undefined;
  readonly options: ListOptions;
}

async function run({ address, action, member, options }: Request, call: Call, assembly: Assembly): Promise<ExitCode> {
  const { terminal } = call;
  const list = await findList(address, assembly);
  if (list === null) {
    terminal.say(`embargod: ${address} is no stakeholder list of the configuration (lists: kind: stakeholders)`);
    return 1;
  }
  if (action === 'members') return show(list, options, call);
  const who = member === undefined ? null : parseAddress(member);
  if (!isChange(action) || who === null) {
    terminal.say(
      `embargod: say \`embargod list ${address} ${isChange(action) ? action : changes.join('|')} MEMBER@ADDRESS\``,
    );
    return 2;
  }
  const problem = await carryOut(list, action, who, options, assembly);
  terminal.say(problem === null ? `Done: ${action} ${who}.` : `embargod: ${problem}`);
  return problem === null ? 0 : 1;
}

export const list: Subcommand = (program, call) =>
  program
    .command('list')
    .argument('<address>', 'the stakeholder list')
    .argument('[action]', ['members', ...changes].join(', '), 'members')
    .argument('[member]', 'whom it is about')
    .summary('see and change a stakeholder list')
    .description(
      'Shows or changes the members of a stakeholder list. Import the key of a new member first (`keys import`).',
    )
    .option('--name <name>', 'of a new member')
    .option('--organisation <name>', 'that it speaks for')
    .option('--country <code>', 'as two letters')
    .option('--key <fingerprint>', 'of its OpenPGP key')
    .option('--json', 'for machines')
    .addHelpText(
      'after',
      '\nExamples:\n  embargod list distros@example.org members\n' +
        '  embargod list distros@example.org add security@distro.example --organisation Distro --country DE --key 0123…',
    )
    .action(async (address: string, action: string, member: string | undefined, options: ListOptions) => {
      const request = { address, action, member, options };
      return call.finish(await withAssembly(call, (assembly) => run(request, call, assembly)));
    });
