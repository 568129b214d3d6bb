/** The kinds of value that the configuration is made of; each says in its description what would be right. */

import { validate as isCron } from 'node-cron';
import * as z from 'zod';
import { parseAddress, parseFingerprint } from '../../core/identifiers.ts';
import { parseSecret } from './secret.ts';

/** A text that `parse` makes a value of; null is a mistake. */
function parsed<Value>(description: string, example: string, parse: (text: string) => Value | null) {
  return z
    .string()
    .meta({ description, examples: [example] })
    .transform((text, context) => {
      const value = parse(text);
      if (value !== null) return value;
      context.addIssue({ code: 'custom', message: 'not readable' });
      return z.NEVER;
    });
}

const exactly =
  (holds: (text: string) => boolean) =>
  (text: string): string | null =>
    holds(text) ? text : null;

export const words = (description: string) => z.string().trim().min(1).meta({ description });

export const address = (of: string) => parsed(`the mail address of ${of}`, 'security@example.org', parseAddress);

export const fingerprint = parsed(
  'the full fingerprint of the OpenPGP primary key, 40 (or, for v6 keys, 64) hexadecimal digits',
  '0123456789ABCDEF0123456789ABCDEF01234567',
  parseFingerprint,
);

export const secret = (of: string) =>
  parsed(
    `where ${of} is found: none, env:NAME, file:PATH or credential:NAME (systemd); never the secret itself`,
    'env:NAME',
    parseSecret,
  ).meta({ writeOnly: true });

export const domain = (of: string) =>
  parsed(`the domain name of ${of}`, 'mx.example.org', (text) => {
    const name = text.trim().toLowerCase();
    return /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*$/.test(name)
      ? name
      : null;
  });

/** A place to listen at or connect to. */
export type Listen =
  | { readonly kind: 'port'; readonly host: string; readonly port: number }
  | { readonly kind: 'socket'; readonly path: string };

/** Reads `HOST:PORT`, `[::1]:PORT` or `/run/some.sock`. */
export function parseListen(text: string): Listen | null {
  if (text.startsWith('/')) return { kind: 'socket', path: text };
  const [, six, four, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/[\]]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const host = six ?? four;
  const port = Number(digits);
  return host !== undefined && port <= 65_535 ? { kind: 'port', host, port } : null;
}

export const listen = (what: string) =>
  parsed(`where ${what} listens: HOST:PORT or the path of a Unix socket`, '127.0.0.1:2525', parseListen);

export const port = z.int().min(1).max(65_535).meta({ description: 'a TCP port, 1 to 65535' });

export const path = (description: string) => z.string().min(1).meta({ description });

export const count = (least: number, most: number, description: string) =>
  z
    .int()
    .min(least)
    .max(most)
    .meta({ description: `${description}, a whole number from ${least} to ${most}` });

export const yesOrNo = (description: string) => z.boolean().meta({ description: `true or false: ${description}` });

export const prefix = (of: string) =>
  z
    .string()
    .regex(/^[A-Z][A-Z0-9]{0,15}$/)
    .meta({ description: `what the ids of ${of} begin with: up to 16 capital letters and digits`, examples: ['EXM'] });

export const country = z
  .string()
  .regex(/^[A-Z]{2}$/)
  .meta({ description: 'a country as two capital letters (ISO 3166-1)', examples: ['DE'] });

export const timezone = parsed('the name of a time zone as in the IANA data base', 'Europe/Berlin', (text) => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
    return text;
  } catch {
    return null;
  }
});

export const weekday = z
  .enum(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'])
  .meta({ description: 'a weekday: Mon, Tue, Wed, Thu, Fri, Sat or Sun' });

export const timeOfDay = (description: string) =>
  z
    .string()
    .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/)
    .meta({ description: `${description}, as HH:MM`, examples: ['15:00'] });

export const date = parsed('a date as YYYY-MM-DD', '2026-12-24', (text) => {
  try {
    return /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) ? Temporal.PlainDate.from(text, { overflow: 'reject' }) : null;
  } catch {
    return null;
  }
});

export const cron = parsed(
  'how often the daemon looks for what is due, as a cron expression of five fields (or six, with seconds)',
  '* * * * *',
  exactly((text) => isCron(text)),
);

export const webAddress = parsed(
  'the public address of the site, https:// (or http:// for a try), without a query',
  'https://security.example.org',
  (text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') return null;
    return text.replace(/\/+$/, '');
  },
);

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Secrets go there: in clear only to this machine. */
export const serviceAddress = parsed(
  'the address of a service, https://, without user, query or fragment',
  'https://cveawg.mitre.org/api',
  (text) => {
    const url = URL.parse(text);
    if (url === null || url.username !== '' || url.search !== '' || url.hash !== '') return null;
    const safe = url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname));
    return safe ? text.replace(/\/+$/, '') : null;
  },
);

export const purl = parsed(
  'a package URL without version, qualifiers or subpath',
  'pkg:pypi/nova',
  exactly((text) => /^pkg:[a-z][a-z0-9.+-]*(\/[A-Za-z0-9._~%+-]+)+$/.test(text)),
);

export const cpe = parsed(
  'a CPE 2.3 name of all versions of the product',
  'cpe:2.3:a:openstack:nova:*:*:*:*:*:*:*:*',
  exactly((text) => /^cpe:2\.3:[aho](:([A-Za-z0-9._~*-]|\\[^\s\\])+){10}$/.test(text)),
);

export const repository = parsed(
  'where the sources of the product are, https://',
  'https://git.example.org/nova',
  (text) => (URL.parse(text)?.protocol === 'https:' ? text.replace(/\/+$/, '') : null),
);

export const storage = parsed(
  'sqlite:PATH. PostgreSQL (postgres://…) is not supported yet: SQLite is enough for a team, keep the file on a local disk',
  'sqlite:data/embargod.db',
  (text) => {
    const [, file] = /^sqlite:(?!\/\/)(.+)$/.exec(text) ?? [];
    return file === undefined ? null : { kind: 'sqlite' as const, file };
  },
);
