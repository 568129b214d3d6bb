/** What is left in the end of a run of the story, without what differs between any two runs: times, keys, hashes. */

import { isUtf8 } from 'node:buffer';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Gnupg } from '../cast/gnupg.ts';
import type { Relayed } from '../cast/relay.ts';
import type { Cast } from '../cast/team.ts';
import { firstCase, secondCase } from './story.ts';

export interface Outcome {
  /** By what the command line says. */
  readonly cases: readonly string[];
  readonly log: readonly string[];
  /** One line a letter and reader. */
  readonly letters: readonly string[];
  readonly site: readonly string[];
}

/** Two copies of one mail to one reader are the same mail, and have the same name. */
export interface Repeats {
  readonly count: number;
  /** Those that are not the same to the last byte. */
  readonly altered: number;
}

/** Keys become their owners; times, spans, hashes and Message-IDs become what they are. */
function plain(text: string, cast: Cast): string {
  const named = cast.people.reduce((all, { fingerprint, name }) => {
    const spaced = (fingerprint.match(/.{4}/g) ?? []).join(' ');
    return all.replaceAll(fingerprint, name).replaceAll(spaced, name).replaceAll(fingerprint.slice(-16), name);
  }, text);
  return named
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?/g, 'TIME')
    .replaceAll(/\d{4}-\d\d-\d\d/g, 'DATE')
    .replaceAll(/\b\d+ (second|minute|hour|day)s?\b/g, 'SPAN')
    .replaceAll(/\b[0-9a-f]{12,}\b/g, 'HEX');
}

async function printed(cast: Cast, ...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cast.daemon.run([...words, '--json']);
  if (code !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
  return stdout;
}

function readerOf(mail: Relayed, cast: Cast): Gnupg {
  return cast.people.find(({ address }) => address === mail.to) ?? cast.rita;
}

async function letterLine(mail: Relayed, cast: Cast): Promise<string> {
  const { protection, goodBy, exitCode, subject, outerSubject, text, attachments } = await cast.open(
    mail,
    readerOf(mail, cast),
  );
  const files = attachments.map(({ filename, size }) => `${filename ?? ''} ${size}`);
  const good = goodBy.map((key) => (key === cast.team.fingerprint ? 'by us' : key));
  return plain(JSON.stringify([mail.to, protection, good, exitCode, subject, outerSubject, files, text]), cast);
}

/** The mails that the relay was given, each once, and what came again. */
function without(mails: readonly Relayed[]): { readonly once: readonly Relayed[]; readonly repeats: Repeats } {
  const byName = Map.groupBy(mails, ({ to, messageId }) => `${messageId} ${to}`);
  const again = [...byName.values()].flatMap(([first, ...rest]) =>
    rest.map(({ raw }) => first?.raw.equals(raw) === true),
  );
  return {
    once: [...byName.values()].flatMap(([first]) => first ?? []),
    repeats: { count: again.length, altered: again.filter((same) => !same).length },
  };
}

/** Resolves once nothing waits in the outbox. */
async function settled(cast: Cast): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (let outbox = await printed(cast, 'outbox'); outbox.trim() !== '[]'; outbox = await printed(cast, 'outbox'))
    if (Date.now() > deadline) throw new Error(`the outbox does not become empty: ${outbox}`);
}

const siteFiles = (cast: Cast): readonly string[] =>
  readdirSync(cast.daemon.site, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();

/** Of a page its words; keys and signatures differ between any two runs. */
function pageOf(file: string, cast: Cast): string {
  const bytes = readFileSync(file);
  if (!isUtf8(bytes)) return 'KEY';
  return plain(bytes.toString(), cast).replaceAll(
    /-----BEGIN PGP (SIGNATURE|PUBLIC KEY BLOCK)-----[^-]*-----END PGP \1-----/g,
    '$1',
  );
}

export async function outcomeOf(cast: Cast): Promise<Outcome & { readonly repeats: Repeats }> {
  await settled(cast);
  const { once, repeats } = without(cast.relay.mails);
  const letters: string[] = [];
  for (const mail of once) letters.push(await letterLine(mail, cast));
  const cases: string[] = [];
  const log: string[] = [];
  for (const id of [firstCase, secondCase]) {
    cases.push(plain(await printed(cast, 'case', id), cast));
    const events: readonly { readonly event: unknown; readonly by: unknown }[] = JSON.parse(
      await printed(cast, 'log', id),
    );
    log.push(...events.map(({ event, by }) => plain(JSON.stringify([id, event, by]), cast)));
  }
  const site = siteFiles(cast).map(
    (file) => `${plain(file.slice(cast.daemon.site.length), cast)}\n${pageOf(file, cast)}`,
  );
  return { cases, log, letters: letters.toSorted(), site, repeats };
}
