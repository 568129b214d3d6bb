/** The configuration as the program uses it: values of the core, and the settings of each edge with absolute paths. */

import { resolve } from 'node:path';
import type { CveSource, Policy, Team } from '../../core/policy.ts';
import { never } from '../../core/result.ts';
import type { List, Member, Roster } from '../../core/roster/people.ts';
import type { RetryPolicy } from '../../flow/retry.ts';
import { isKnownEcosystem } from '../../publication/osv.ts';
import type { Publishing } from '../../publication/site.ts';
import type { SpamFilter } from '../../mail/spam-mark.ts';
import type { Settings } from './schema.ts';
import type { Secret } from './secret.ts';
import type { Listen } from './values.ts';

export interface Configuration {
  /** The file that it was read from. */
  readonly file: string;
  /** Where relative paths start. */
  readonly directory: string;
  readonly team: Team;
  readonly policy: Policy;
  /** The lists hold their first members; the store knows the present ones. */
  readonly roster: Roster;
  readonly storage: { readonly kind: 'sqlite'; readonly file: string };
  readonly keys: {
    readonly directory: string;
    readonly passphrase: Secret;
    readonly workers: number;
    /** Whether keys are looked up at the reporters' domains. */
    readonly wkd: boolean;
  };
  readonly intake: {
    readonly smtp: {
      readonly listen: Listen;
      readonly maxMessageBytes: number;
      /** PEM files; null without STARTTLS. */
      readonly tls: { readonly certificate: string; readonly key: string } | null;
    } | null;
    readonly lmtp: { readonly listen: Listen; readonly maxMessageBytes: number } | null;
    readonly imap: {
      readonly host: string;
      readonly port: number;
      readonly tls: 'implicit' | 'starttls' | 'none';
      readonly user: string;
      readonly password: Secret;
      readonly mailbox: string;
      readonly archive: string;
      readonly maxMessageBytes: number;
    } | null;
    /** Whose spam marks are believed. */
    readonly spam: SpamFilter | null;
  };
  readonly delivery: {
    readonly host: string;
    readonly port: number;
    readonly tls: 'implicit' | 'required' | 'opportunistic' | 'none';
    readonly user: string | null;
    readonly password: Secret;
    readonly connections: number;
    readonly retry: RetryPolicy;
  };
  readonly site: { readonly directory: string; readonly url: string; readonly listen: Listen | null };
  readonly publishing: Publishing;
  /** Null where the team is no CNA, or does not work with them. */
  readonly cveServices: {
    readonly url: string;
    readonly org: string;
    readonly user: string;
    readonly key: Secret;
  } | null;
  /** The operator's own templates, looked for first. */
  readonly templates: string | null;
  /** Cron expression. */
  readonly schedule: string;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
  /** What is allowed and probably not meant, for the operator. */
  readonly warnings: readonly string[];
}

type ListSettings = Settings['lists'][number];

type MemberSettings = Extract<ListSettings, { readonly kind: 'stakeholders' }>['members'][number];

const memberOf = (member: MemberSettings): Member => ({
  name: member.name ?? null,
  address: member.address,
  key: member.key ?? null,
  organisation: member.organisation ?? null,
  country: member.country ?? null,
  acceptedTerms: true,
  suspended: member.suspended,
  ...inZone(member.timezone),
});

function listOf(list: ListSettings): List {
  switch (list.kind) {
    case 'stakeholders':
      return {
        ...list,
        members: list.members.map(memberOf),
      };
    case 'external': {
      const distros = list.preset === 'linux-distros';
      return {
        kind: list.kind,
        address: list.address,
        key: list.key,
        preset: list.preset ?? null,
        maximumDays: list.maximumDays ?? (distros ? 14 : null),
        subjectPrefix: list.subjectPrefix ?? (distros ? '[vs] ' : ''),
      };
    }
    case 'announcement': {
      const plain = list.preset === 'oss-security' || list.format === 'text';
      return {
        kind: list.kind,
        address: list.address,
        preset: list.preset ?? null,
        format: plain ? 'text' : 'both',
        signature: list.signature ?? (list.preset === 'oss-security' ? 'inline' : 'mime'),
      };
    }
    default:
      return never(list);
  }
}

/** A person who names no zone has none of their own. */
const inZone = (timezone: string | undefined): { readonly timezone?: string } =>
  timezone === undefined ? {} : { timezone };

const rosterOf = ({ roster, lists }: Settings): Roster => ({
  coordinators: roster.coordinators.map(({ name, address, key, timezone }) => ({
    name: name ?? null,
    address,
    key,
    ...inZone(timezone),
  })),
  experts: roster.experts.map(({ name, address, key, groups, timezone }) => ({
    name: name ?? null,
    address,
    key: key ?? null,
    groups,
    ...inZone(timezone),
  })),
  groups: roster.groups,
  lists: lists.map(listOf),
});

const publishingOf = ({ site, products }: Settings): Publishing => ({
  publisher: site.publisher,
  products: new Map(
    products.map(({ name, vendor, ecosystem, package: named, purl, cpe, repository }) => [
      name.toLowerCase(),
      {
        vendor: vendor ?? null,
        ecosystem: ecosystem ?? null,
        package: named ?? (ecosystem === undefined ? null : name),
        purl: purl ?? null,
        cpe: cpe ?? null,
        repository: repository ?? null,
      },
    ]),
  ),
});

function cveSourceOf({ cve: { cna, services } }: Settings): CveSource {
  if (services !== undefined) return { kind: 'services' };
  return cna === undefined ? { kind: 'hand' } : { kind: 'cna', ...cna, name: cna.name ?? null };
}

const cveServicesOf = ({ cve: { services } }: Settings, at: (path: string) => string): Configuration['cveServices'] =>
  services === undefined ? null : { ...services, key: placed(services.key, at) };

const disclosureOf = ({ policy: { disclosure }, roster }: Settings): Configuration['policy']['disclosure'] => ({
  earlyNeeds: disclosure.earlyNeeds ?? Math.min(2, Math.max(1, roster.coordinators.length)),
  leakNeeds: disclosure.leakNeeds,
});

function warningsOf(settings: Settings): readonly string[] {
  const coordinators = settings.roster.coordinators.length;
  const { approvals, disclosure } = settings.policy;
  const tooFew =
    coordinators === 0
      ? ['roster.coordinators is empty: nobody will read the reports, and nobody can command']
      : [
          `policy.approvals asks for ${approvals} coordinators and the roster has ${coordinators}: nothing can be disclosed`,
        ];
  return [
    ...(coordinators < approvals ? tooFew : []),
    ...(['earlyNeeds', 'leakNeeds'] as const).flatMap((rule) =>
      (disclosure[rule] ?? 1) > Math.max(1, coordinators)
        ? [
            `policy.disclosure.${rule} asks for more coordinators than the ${coordinators} of the roster: nobody can do it`,
          ]
        : [],
    ),
    ...settings.roster.groups.flatMap(({ name }) =>
      settings.roster.experts.some(({ groups }) => groups.some((each) => each.toLowerCase() === name.toLowerCase()))
        ? []
        : [`roster.groups: ${name} has no expert: nobody can be invited by it`],
    ),
    ...settings.products.flatMap(({ name, ecosystem }) =>
      ecosystem === undefined || isKnownEcosystem(ecosystem)
        ? []
        : [`products: ${name}: OSV knows no ecosystem ${ecosystem}; see ossf.github.io/osv-schema for their names`],
    ),
    ...(/\/\/(127\.|localhost|\[::1\])/.test(settings.site.url)
      ? ['site.url is an address of this machine only: links in advisories will lead nowhere']
      : []),
  ];
}

function intakeOf({ intake }: Settings, at: (path: string) => string): Configuration['intake'] {
  const { smtp, lmtp, imap, spam } = intake;
  const tls = smtp?.tls === undefined ? null : { certificate: at(smtp.tls.certificate), key: at(smtp.tls.key) };
  return {
    smtp: smtp === undefined ? null : { ...smtp, tls },
    lmtp: lmtp ?? null,
    spam: spam ?? null,
    imap: imap === undefined ? null : { ...imap, password: placed(imap.password, at) },
  };
}

const placed = (secret: Secret, at: (path: string) => string): Secret =>
  secret.kind === 'file' ? { kind: 'file', path: at(secret.path) } : secret;

/** Puts settings that were found right into the program's own terms. `directory` is absolute. */
export function configurationOf(settings: Settings, file: string, directory: string): Configuration {
  const at = (path: string): string => resolve(directory, path);
  const { team, policy, storage, keys, delivery, site } = settings;
  const { user, ...relay } = delivery.smtp;
  return {
    file,
    directory,
    team: { ...team, siteUrl: site.url },
    policy: {
      embargo: policy.embargo,
      approvals: policy.approvals,
      disclosure: disclosureOf(settings),
      commands: policy.commands,
      reminders: policy.reminders,
      rehearsal: policy.rehearsal,
      quarantine: policy.quarantine,
      archive: policy.archive,
      cve: cveSourceOf(settings),
      noise: policy.noise,
    },
    roster: rosterOf(settings),
    storage: { kind: storage.kind, file: at(storage.file) },
    keys: { ...keys, directory: at(keys.directory), passphrase: placed(keys.passphrase, at) },
    intake: intakeOf(settings, at),
    delivery: { ...relay, user: user ?? null, password: placed(relay.password, at), retry: delivery.retry },
    site: { directory: at(site.directory), url: site.url, listen: site.listen === 'none' ? null : site.listen },
    publishing: publishingOf(settings),
    cveServices: cveServicesOf(settings, at),
    templates: settings.templates === undefined ? null : at(settings.templates),
    schedule: settings.schedule,
    log: settings.log,
    warnings: warningsOf(settings),
  };
}
