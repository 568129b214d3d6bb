/** The shape of the configuration file: every key, its default and its meaning. Messages and the JSON Schema come from here. */

import * as z from 'zod';
import { usualRetry } from '../../flow/retry.ts';
import { cve, products, site } from './schema-publication.ts';
import { disclosure } from './schema-disclosure.ts';
import { noise, spam } from './schema-noise.ts';
import { reminders } from './schema-reminders.ts';
import { roster } from './schema-roster.ts';
import * as is from './values.ts';

const name = is.words('a name for people to read').optional();

const team = z
  .strictObject({
    name: is.words("the team's name, as it signs its mails"),
    address: is.address('the team, where reports come in'),
    delimiter: z
      .string()
      .regex(/^[+\-=_.#]$/)
      .default('+')
      .meta({ description: 'the one character between the team address and a case id: + - = _ . or #' }),
    prefix: z
      .strictObject({ case: is.prefix('cases').default('CASE'), advisory: is.prefix('advisories').default('SA') })
      .prefault({})
      .meta({ description: 'what the ids of cases and advisories begin with' }),
    timezone: is.timezone.default('UTC'),
  })
  .meta({ description: 'who the team is: name and address' });

const keys = z
  .strictObject({
    directory: is.path("the folder of OpenPGP keys: team.asc is the team's secret key, all others are public keys"),
    passphrase: is.secret("the passphrase of the team's secret key").prefault('none'),
    workers: is.count(1, 64, 'threads that do OpenPGP work').default(2),
    wkd: is.yesOrNo("a reporter's key is asked for at their own domain (Web Key Directory)").default(false),
  })
  .meta({ description: "where the team's OpenPGP key is: a directory" });

const member = z
  .strictObject({
    name,
    address: is.address('the member'),
    organisation: is.words('the organisation that the member speaks for').optional(),
    country: is.country.optional(),
    key: is.fingerprint.optional(),
    suspended: is.yesOrNo('gets nothing for now').default(false),
    timezone: is.timezone.optional(),
  })
  .meta({ description: 'a member: name, address, organisation, country, key and timezone' });

const listAddress = is.address('the list');

const stakeholders = z.strictObject({
  address: listAddress,
  kind: z.literal('stakeholders'),
  owners: z
    .array(is.address('an owner of the list'))
    .default([])
    .meta({ description: 'mail addresses of those who look after the list' }),
  requireTerms: is.yesOrNo('members get content only after they have accepted the embargo terms').default(true),
  withholdCountries: z
    .array(is.country)
    .default([])
    .meta({ description: 'countries whose members get no advance notice' }),
  members: z.array(member).default([]).meta({ description: 'the first members of the list' }),
});

const external = z.strictObject({
  address: listAddress,
  kind: z.literal('external'),
  key: is.fingerprint,
  preset: z.literal('linux-distros').optional().meta({ description: 'linux-distros: its rules for subject and term' }),
  maximumDays: is.count(1, 365, 'the longest embargo that the list bears, in days from its notice').optional(),
  subjectPrefix: z.string().max(40).optional().meta({ description: 'what the list wants its subjects to begin with' }),
});

const announcement = z.strictObject({
  address: listAddress,
  kind: z.literal('announcement'),
  preset: z.literal('oss-security').optional().meta({ description: 'oss-security: plain text only' }),
  format: z.enum(['text', 'both']).optional().meta({ description: 'text, or both (text and HTML)' }),
  signature: z.enum(['inline', 'mime']).optional().meta({ description: 'inline (in the text) or mime (PGP/MIME)' }),
});

const lists = z
  .array(z.discriminatedUnion('kind', [stakeholders, external, announcement]))
  .default([])
  .meta({ description: 'mailing lists, each with an address and a kind: stakeholders, external or announcement' });

const size = is.count(65_536, 1_073_741_824, 'the largest mail taken, in bytes').default(52_428_800);

const certificate = z
  .strictObject({
    certificate: is.path('the PEM file of the certificate chain'),
    key: is.path("the PEM file of the certificate's private key"),
  })
  .optional()
  .meta({ description: 'for STARTTLS: certificate and key' });

const intake = z
  .strictObject({
    smtp: z
      .strictObject({ listen: is.listen('the SMTP server'), maxMessageBytes: size, tls: certificate })
      .optional()
      .meta({ description: 'an SMTP server: listen' }),
    lmtp: z
      .strictObject({ listen: is.listen('the LMTP server'), maxMessageBytes: size })
      .optional()
      .meta({ description: 'an LMTP server, for a Postfix in front: listen' }),
    imap: z
      .strictObject({
        host: is.words('the name of the IMAP server'),
        port: is.port.default(993),
        tls: z
          .enum(['implicit', 'starttls', 'none'])
          .default('implicit')
          .meta({ description: 'implicit, starttls or none (only on the same machine)' }),
        user: is.words('the user to log in as'),
        password: is.secret("that user's password"),
        mailbox: is.words('the folder that mail comes in at').default('INBOX'),
        archive: is.words('the folder that mail is moved to once it is kept').default('Handled'),
        maxMessageBytes: size,
      })
      .optional()
      .meta({ description: 'an IMAP mailbox to fetch from: host, user and password' }),
    spam,
  })
  .meta({ description: 'how mail comes in: smtp, lmtp or imap' });

const delivery = z
  .strictObject({
    smtp: z
      .strictObject({
        host: is.words('the name of the relay').default('127.0.0.1'),
        port: is.port.default(25),
        tls: z.enum(['implicit', 'required', 'opportunistic', 'none']).default('opportunistic').meta({
          description:
            'implicit (TLS from the start), required (STARTTLS, certificate checked), opportunistic (STARTTLS where offered) or none',
        }),
        user: is.words('the user to log in as').optional(),
        password: is.secret("that user's password").prefault('none'),
        connections: is.count(1, 50, 'connections to the relay at once').default(5),
      })
      .prefault({})
      .meta({ description: 'the relay that takes our mail: host and port' }),
    retry: z
      .strictObject({
        firstSeconds: is
          .count(1, 86_400, 'the wait after the first failed attempt, in seconds')
          .default(usualRetry.firstSeconds),
        longestSeconds: is
          .count(1, 86_400, 'the longest wait between two attempts, in seconds')
          .default(usualRetry.longestSeconds),
        giveUpHours: is.count(1, 720, 'how long a mail is tried, in hours').default(usualRetry.giveUpHours),
      })
      .prefault({})
      .meta({ description: 'when to try again what the relay does not take for now' }),
  })
  .prefault({})
  .meta({ description: 'how mail goes out: smtp and retry' });

const policy = z
  .strictObject({
    embargo: z
      .strictObject({
        maximumDays: is.count(1, 365, 'the longest embargo, in days from receipt').default(90),
        noticeBusinessDays: z
          .tuple([is.count(0, 60, 'business days'), is.count(0, 60, 'business days')])
          .default([3, 5])
          .meta({ description: 'least and most business days between advance notice and disclosure, as in [3, 5]' }),
        preferredDays: z
          .array(is.weekday)
          .min(1)
          .default(['Tue', 'Wed', 'Thu'])
          .meta({ description: 'weekdays on which to disclose, as in [Tue, Wed, Thu]' }),
        preferredTime: is.timeOfDay('the time of day to disclose at, UTC').default('15:00'),
        blackout: z
          .array(is.date)
          .default([])
          .meta({ description: 'dates on which nobody should have to patch, as in [2026-12-24]' }),
      })
      .prefault({})
      .meta({ description: 'how long an embargo may last and when it should end' }),
    approvals: is.count(1, 10, 'coordinators who must approve an advisory').default(2),
    disclosure,
    commands: z
      .strictObject({
        requireEncryption: is.yesOrNo('commands must come encrypted, too').default(true),
        maximumAgeHours: is.count(1, 720, "how old a command's signature may be, in hours").default(72),
      })
      .prefault({})
      .meta({ description: 'what a mail with commands must be like' }),
    reminders,
    rehearsal: z
      .strictObject({
        hoursBefore: is
          .count(1, 720, 'hours before each disclosure at which it is rehearsed (#rehearse), to nobody')
          .default(24),
        maximumBytes: is
          .count(65_536, 1_073_741_824, 'the largest mail that relays and lists are expected to take, in bytes')
          .default(10_485_760),
      })
      .prefault({})
      .meta({ description: 'the rehearsal of a disclosure, and what it holds the mails against' }),
    quarantine: z
      .strictObject({
        days: is.count(1, 365, 'how long the sender of noise (#spam) stays blocked, in days').default(30),
      })
      .prefault({})
      .meta({ description: 'how long what is kept apart counts as new' }),
    noise,
    archive: z
      .strictObject({
        publishAfterDays: is.count(0, 365, "days from disclosure to the publication of the case's record").default(7),
      })
      .prefault({})
      .meta({ description: 'when the record of a case becomes public' }),
  })
  .prefault({})
  .meta({ description: 'the rules of the process' });

/** The whole file. Unknown keys are mistakes everywhere. */
export const schema = z
  .strictObject({
    directory: is
      .path('the folder where relative paths start; by default that of this file, or the one above `config`')
      .optional(),
    team,
    storage: is.storage.prefault('sqlite:data/embargod.db'),
    keys,
    roster,
    lists,
    intake,
    delivery,
    policy,
    site,
    products,
    cve,
    templates: is.path('a folder of templates of your own, used before those that come with the program').optional(),
    schedule: is.cron.prefault('* * * * *'),
    log: z
      .strictObject({
        level: z
          .enum(['debug', 'info', 'warn', 'error'])
          .default('info')
          .meta({ description: 'debug (which may show addresses and subjects), info, warn or error' }),
      })
      .prefault({})
      .meta({ description: 'what is logged: level' }),
  })
  .meta({ title: 'embargod.yaml', description: 'the configuration of embargod' });

/** The file as read: defaults filled in, texts parsed, nothing yet compared with anything else. */
export type Settings = z.output<typeof schema>;

/** For editors: JSON Schema 2020-12 of what may be written. */
export const jsonSchema = (): Record<string, unknown> => z.toJSONSchema(schema, { io: 'input' });
