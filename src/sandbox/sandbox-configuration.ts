/** The sandbox's configuration, written as an operator would write it. */

import type { SandboxPerson } from './people.ts';

/** The public lists, by the name of their readers. */
export const lists = { announce: 'announce@lists.example.org', oss: 'oss-security@lists.openwall.com' } as const;

export interface SandboxPorts {
  readonly smtp: number;
  readonly relay: number;
  /** Null without a web page. */
  readonly web: number | null;
}

const entry = ({ name, address, fingerprint }: SandboxPerson, more: string): string =>
  `- { name: ${name}, address: ${address}, key: ${fingerprint}${more} }`;

const rows = (people: readonly SandboxPerson[], part: SandboxPerson['part'], indent: string, more = ''): string =>
  people
    .filter((person) => person.part === part)
    .map((person) => indent + entry(person, more))
    .join('\n');

/** YAML; relative paths in it start at its own folder. */
export function configurationText(people: readonly SandboxPerson[], ports: SandboxPorts): string {
  const team = people.find(({ part }) => part === 'team');
  const web = ports.web === null ? 'none' : `"127.0.0.1:${ports.web}"`;
  return `# The sandbox's configuration: made anew at every start.
team:
  name: ${team?.name ?? ''}
  address: ${team?.address ?? ''}
  prefix: { case: EXM, advisory: EXSA }
storage: sqlite:embargod.db
keys: { directory: keys, passphrase: none }
roster:
  coordinators:
${rows(people, 'coordinator', '    ')}
  experts:
${rows(people, 'expert', '    ', ', groups: [nova]')}
lists:
  - address: distros@example.org
    kind: stakeholders
    owners: [ada@example.org]
    members:
${rows(people, 'distributor', '      ', ', country: DE')}
  - { address: ${lists.announce}, kind: announcement }
  - { address: ${lists.oss}, kind: announcement, preset: oss-security }
intake:
  smtp: { listen: "127.0.0.1:${ports.smtp}" }
delivery: { smtp: { host: 127.0.0.1, port: ${ports.relay} } }
site: { directory: site, url: "http://127.0.0.1:${ports.web ?? 8080}", listen: ${web} }
log: { level: warn }
`;
}
