/** What a mail says of its reporter's key: the first is taken, any other is announced and not used until a coordinator trusts it. */

import type { Address, Fingerprint } from '../identifiers.ts';
import type { OpenedMessage } from '../message.ts';
import { everyone } from '../roster/audiences.ts';
import type { Context } from './context.ts';
import type { CaseEvent } from './events.ts';
import type { Incoming } from './incoming.ts';
import type { CaseState, Reporter } from './state.ts';

/** Announced so often, on one case: who floods it with keys is heard no more. */
const mostAnnounced = 5;

/** Addresses whose keys nobody can bring by mail: the operator names those. */
const reserved = ({ team, roster }: Context): ReadonlySet<Address> =>
  new Set([team.address, ...everyone(roster).map(({ address }) => address)]);

/** Keys in the mail that name `address` and can be used now. What a mail tells of other readers' keys is not among them. */
function brought(address: Address, message: OpenedMessage, context: Context): readonly Fingerprint[] {
  const others = reserved(context);
  const own = message.offeredKeys.filter(({ source }) => source !== 'gossip').map(({ fingerprint }) => fingerprint);
  return own.filter((fingerprint) => {
    const facts = context.keys.get(fingerprint);
    const { usable, addresses } = facts ?? { usable: false, addresses: [] };
    return usable && addresses.includes(address) && !addresses.some((each) => others.has(each));
  });
}

/** A stranger to the roster for whom no key is on record, and who sent none: one may be looked up. */
export function lacksKey(message: OpenedMessage, context: Context): boolean {
  const [author, another] = message.claims.from;
  if (author === undefined || another !== undefined || reserved(context).has(author.address)) return false;
  const vouchedFor = [...context.keys.values()].some(
    ({ learned, addresses }) => learned !== true && addresses.includes(author.address),
  );
  return !vouchedFor && brought(author.address, message, context).length === 0;
}

/** The mail at hand, and whether it answers one that we sent to its very author. */
interface Heard {
  readonly message: OpenedMessage;
  readonly incoming: Pick<Incoming, 'from' | 'speaker' | 'key' | 'sentOn'>;
  readonly inThread: boolean;
}

/**
 * `reporters`: of the case, with the keys in use. `history`: what is in its log. A first key is taken only in an answer to
 * a mail of ours: to send one is to read mail there.
 */
export function keyNews(
  { message, incoming, inThread }: Heard,
  reporters: readonly Reporter[],
  history: CaseState['history'],
  context: Context,
): readonly CaseEvent[] {
  const { from, speaker, key, sentOn } = incoming;
  const reporter = reporters.find(({ address }) => address === from?.address);
  if (reporter === undefined || sentOn === true) return [];
  const own = brought(reporter.address, message, context);
  if (reporter.key === null && reporter.disputed !== true && inThread && key !== null && own.includes(key))
    return [{ type: 'reporter-key-learned', key, reporter: reporter.address }];
  const earlier = history.flatMap(({ event }) => (event.type === 'reporter-key-offered' ? [event.key] : []));
  const other = own.find((each) => each !== reporter.key && !earlier.includes(each));
  if (other === undefined || earlier.length >= mostAnnounced) return [];
  const proven = speaker.kind === 'key' && speaker.fingerprint === reporter.key;
  return [{ type: 'reporter-key-offered', reporter: reporter.address, key: other, proven }];
}
