/** Opens one mail with the keys at hand, as the daemon would, and says what it would make of it. */

import { type Address, parseFingerprint } from '../core/identifiers.ts';
import type { Envelope } from '../core/message.ts';
import type { Configuration } from '../edges/config/configuration.ts';
import { readConfiguration } from '../edges/config/load.ts';
import { readSecret } from '../edges/config/secret.ts';
import { imapEnvelope } from '../edges/imap-recipient.ts';
import { createKeys } from '../edges/keys/pool.ts';
import { readAllKeys, readKeyDirectory } from '../edges/keys/ring.ts';
import { explain } from '../flow/explain.ts';
import type { TeamKey } from '../flow/ports.ts';
import { isOurs, type Self } from '../mail/self.ts';
import type { ExplainRequest } from './assembly.ts';
import { selfOf } from './assemble.ts';

const noKey = parseFingerprint('0'.repeat(40));

/** For a look at a mail where nothing is configured: the usual rules, and nobody on record. */
const anyTeam = `
team: { name: Vulnerability Management Team, address: security@example.org, prefix: { case: EXM, advisory: EXSA } }
keys: { directory: keys, passphrase: none }
intake: { smtp: { listen: "127.0.0.1:2525" } }
`;

function usualConfiguration(): Configuration {
  const usual = readConfiguration(anyTeam, 'no configuration');
  if (!usual.ok) throw new Error(usual.problem.map(({ text }) => text).join('; '));
  return usual.value;
}

/** The keys that stand for the configured ones. */
export interface KeysAtHand {
  readonly team: TeamKey | null;
  readonly secret: readonly string[];
  readonly known: readonly string[];
}

async function keysAtHand({ keys, configuration }: ExplainRequest, now: Temporal.Instant): Promise<KeysAtHand> {
  if (keys !== null) return { team: null, ...(await readAllKeys(keys)) };
  if (configuration === null) return { team: null, secret: [], known: [] };
  const passphrase = await readSecret(configuration.keys.passphrase, process.env);
  const read = await readKeyDirectory(configuration.keys.directory, passphrase.ok ? passphrase.value : null, now);
  return read.ok ? read.value : { team: null, secret: [], known: [] };
}

/** What is not known of the mail's way here is read off its header, as for a mail from a mailbox. */
function envelopeOf(mail: Uint8Array, team: Address, self: Self, now: Temporal.Instant): Envelope {
  const read = imapEnvelope(mail, (address) => isOurs(address, self), team);
  return { ...read, via: 'stdin', peer: null, tls: false, receivedAt: now };
}

export type Explanation = ReturnType<typeof explain>;

export interface Explainer {
  /** Total: what is wrong with the mail is part of the answer. */
  explain(mail: Uint8Array): Promise<Explanation>;
  close(): Promise<void>;
}

/** For one mail after the other, with the same keys. */
export function explainer({ team, secret, known }: KeysAtHand, facts: Configuration = usualConfiguration()): Explainer {
  if (noKey === null) throw new Error('forty digits are a fingerprint');
  const self = selfOf(facts);
  const clock = { now: () => Temporal.Now.instant() };
  const pool = createKeys({
    team: team ?? { fingerprint: noKey, armored: '', expiresAt: null },
    secret,
    known,
    self,
    clock,
  });
  return {
    explain: async (mail) => {
      const now = clock.now();
      const envelope = envelopeOf(mail, facts.team.address, self, now);
      return explain(envelope, await pool.open(envelope, mail), { ...facts, now });
    },
    close: () => pool.close(),
  };
}

/** What would be made of this mail, as the contract shapes it. */
export async function explainMail(request: ExplainRequest): Promise<Explanation> {
  const keys = await keysAtHand(request, Temporal.Now.instant());
  const { explain: explainOne, close } = explainer(keys, request.configuration ?? usualConfiguration());
  try {
    return await explainOne(request.mail);
  } finally {
    await close();
  }
}
