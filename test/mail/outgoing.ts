/** A team and letters of it, for tests of what goes out. */

import type { Announcement, Letter, Recipient } from '../../src/core/cases/effects.ts';
import { parseAddress, parseAdvisoryId, parseCaseId, parseCveId } from '../../src/core/identifiers.ts';
import type { Team } from '../../src/core/policy.ts';
import type { Sender } from '../../src/mail/compose-headers.ts';

export const address = (text: string) => parseAddress(text)!;

export const team: Team = {
  name: 'Example Vulnerability Management Team',
  address: address('security@example.org'),
  delimiter: '+',
  prefix: { case: 'EXM', advisory: 'EXSA' },
  timezone: 'UTC',
  siteUrl: 'https://security.example.org',
};

export const sender: Sender = {
  team,
  key: { armored: '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxjMEZQ==\n-----END PGP PUBLIC KEY BLOCK-----\n' },
};

export const at = Temporal.Instant.from('2026-10-20T09:30:00Z');
export const id = parseCaseId('EXM-2026-0007')!;
export const ada: Recipient = {
  address: address('ada@example.org'),
  name: 'Ada Coordinator',
  key: null,
  role: 'coordinator',
};

export const letter = (more: Partial<Letter> = {}): Letter => ({
  kind: 'letter',
  key: 'message:1:ada',
  template: 'message',
  case: id,
  to: [ada],
  protection: 'sealed',
  subject: 'Tenant reads files of the host',
  facts: {},
  passesOn: null,
  attachments: [],
  inReplyTo: null,
  audience: 'case',
  ...more,
});

export const announcement: Announcement = {
  kind: 'announcement',
  key: 'announce:1:oss-security',
  case: id,
  list: {
    kind: 'announcement',
    address: address('oss-security@lists.openwall.com'),
    preset: 'oss-security',
    format: 'text',
    signature: 'inline',
  },
  advisory: {
    id: parseAdvisoryId('EXSA-2026-001')!,
    case: id,
    title: 'Tenant reads files of the host',
    cve: parseCveId('CVE-2026-12345')!,
    affected: [{ product: 'nova', ranges: ['>=27.0.0 <28.1.1', '>=29.0.0 <29.0.3'] }],
    fixed: [{ product: 'nova', versions: ['28.1.1', '29.0.3'] }],
    description: [
      'The volume driver of Nova resolves a path that a tenant chose before it checks whose volume it is, so a tenant who can name a volume can read any file that the service can read.',
      '',
      '    nova volume-attach SERVER ../../../etc/shadow',
      '',
      'Deployments that use the Ceph driver only are not affected.',
    ].join('\n'),
    patches: [
      { url: 'https://review.example.org/c/nova/+/90210', kind: 'patch', label: '2026.1' },
      { url: 'https://review.example.org/c/nova/+/90211', kind: 'patch', label: 'master' },
    ],
    references: [{ url: 'https://bugs.example.org/nova/2101', kind: 'bug', label: 'report' }],
    credits: [
      { name: 'Zoë Reporter', affiliation: 'Réseau Labs' },
      { name: 'Sam', affiliation: null },
    ],
    disclosure: { at: Temporal.Instant.from('2026-11-03T15:00:00Z'), zone: 'UTC' },
  },
  publishedAt: Temporal.Instant.from('2026-11-03T15:00:00Z'),
};

/** The header section's field names in order, lower case, continuation lines left out. */
export function fieldNames(bytes: Uint8Array): readonly string[] {
  const head = Buffer.from(bytes).toString('latin1').split('\r\n\r\n')[0] ?? '';
  return head
    .split('\r\n')
    .filter((line) => !/^[ \t]/.test(line))
    .map((line) => (line.split(':')[0] ?? '').toLowerCase());
}

/** The value of the first field of that name, unfolded; null where there is none. */
export function fieldOf(bytes: Uint8Array, name: string): string | null {
  const head = Buffer.from(bytes).toString('latin1').split('\r\n\r\n')[0] ?? '';
  const line = head
    .replaceAll(/\r\n[ \t]/g, ' ')
    .split('\r\n')
    .find((each) => each.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line === undefined ? null : line.slice(name.length + 1).trim();
}
