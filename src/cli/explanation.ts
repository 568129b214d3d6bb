/** Opens one mail with the keys at hand, as the daemon would, and says what it would make of it. */

import { type Address, parseAddress, parseFingerprint } from '../core/identifiers.ts';
import type { Envelope } from '../core/message.ts';
import type { Policy, Team } from '../core/policy.ts';
import type { Roster } from '../core/roster/people.ts';
import { readSecret } from '../edges/config/secret.ts';
import { imapEnvelope } from '../edges/imap-recipient.ts';
import { createKeys } from '../edges/keys/pool.ts';
import { readAllKeys, readKeyDirectory } from '../edges/keys/ring.ts';
import { explain, type ExplainFacts } from '../flow/explain.ts';
import type { TeamKey } from '../flow/ports.ts';
import { defaultLimits } from '../mail/limits.ts';
import { isOurs, type Self } from '../mail/self.ts';
import type { ExplainRequest } from './assembly.ts';
import { selfOf } from './assemble.ts';

const nobody = parseAddress('security@example.org');
const noKey = parseFingerprint('0'.repeat(40));

/** A team for a look at a mail without any configuration. */
function anyTeam(address: Address): Pick<ExplainFacts, 'team' | 'policy' | 'roster'> {
  const team: Team = {
    name: 'Vulnerability Management Team',
    address,
    delimiter: '+',
    prefix: { case: 'EXM', advisory: 'EXSA' },
    timezone: 'UTC',
    siteUrl: 'https://security.example.org',
  };
  const policy: Policy = {
    embargo: {
      maximumDays: 90,
      noticeBusinessDays: [3, 5],
      preferredDays: ['Tue', 'Wed', 'Thu'],
      preferredTime: '15:00',
      blackout: [],
    },
    approvals: 2,
    commands: { requireEncryption: true, maximumAgeHours: 72 },
  };
  const roster: Roster = { coordinators: [], experts: [], lists: [] };
  return { team, policy, roster };
}

interface KeysAtHand {
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

/** What would be made of this mail, as the contract shapes it. Total: what is wrong with the mail is part of the answer. */
export async function explainMail(request: ExplainRequest): Promise<unknown> {
  const { mail, configuration } = request;
  const now = Temporal.Now.instant();
  if (nobody === null || noKey === null) throw new Error('these are an address and a fingerprint');
  const facts = configuration ?? anyTeam(nobody);
  const self =
    configuration === null ? { addresses: [nobody], delimiter: '+', limits: defaultLimits } : selfOf(configuration);
  const { team, secret, known } = await keysAtHand(request, now);
  const pool = createKeys({
    team: team ?? { fingerprint: noKey, armored: '', expiresAt: null },
    secret,
    known,
    self,
    clock: { now: () => now },
  });
  try {
    const envelope = envelopeOf(mail, facts.team.address, self, now);
    return explain(envelope, await pool.open(envelope, mail), { ...facts, now });
  } finally {
    await pool.close();
  }
}
