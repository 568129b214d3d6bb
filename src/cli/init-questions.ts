/** What `init` has to know: from its options, and by asking for the rest where somebody is there to answer. */

import { createInterface } from 'node:readline/promises';
import { type Address, parseAddress } from '../core/identifiers.ts';
import { failed, ok, type Result } from '../core/result.ts';
import { parseSecret } from '../edges/config/secret.ts';
import type { Terminal } from './terminal.ts';

export interface InitOptions {
  readonly name?: string;
  readonly address?: string;
  readonly prefix?: string;
  readonly coordinator: readonly string[];
  readonly import?: string;
  readonly passphrase?: string;
}

export interface Answers {
  readonly name: string;
  readonly address: Address;
  /** Of case ids; advisories get it with `SA` behind. */
  readonly prefix: string;
  /** Files with their public keys. */
  readonly coordinators: readonly string[];
  readonly importKey: string | null;
  /** As the configuration says it. */
  readonly passphrase: string;
}

/** Asks until `right` takes the answer; an empty answer is the proposal. */
type Ask = (question: string, proposal: string, right: (answer: string) => boolean) => Promise<string>;

/** `EXM` from `Example Vulnerability Management`: a proposal, no more. */
const proposedPrefix = (name: string): string =>
  name
    .toUpperCase()
    .replaceAll(/[^A-Z]/g, '')
    .slice(0, 3)
    .padEnd(3, 'X');

async function asked(options: InitOptions, ask: Ask): Promise<InitOptions> {
  const name = options.name ?? (await ask('Name of the team', '', (text) => text !== ''));
  const address = options.address ?? (await ask('Address for reports', '', (text) => parseAddress(text) !== null));
  const isPrefix = (text: string): boolean => /^[A-Z][A-Z0-9]{0,13}$/.test(text);
  const prefix = options.prefix ?? (await ask('Prefix of case ids, capital letters', proposedPrefix(name), isPrefix));
  const coordinator = [...options.coordinator];
  while (options.coordinator.length === 0) {
    const file = await ask("File with a coordinator's public key (empty: no more)", '', () => true);
    if (file === '') break;
    coordinator.push(file);
  }
  const passphrase =
    options.passphrase ??
    (await ask(
      "Where is the passphrase of the team's key (none, env:NAME, file:PATH)",
      'none',
      (text) => parseSecret(text) !== null,
    ));
  return { ...options, name, address, prefix, coordinator, passphrase };
}

async function withQuestions(options: InitOptions, { stdin, say }: Terminal): Promise<InitOptions> {
  const lines = createInterface({ input: stdin, output: process.stderr });
  const ask: Ask = async (question, proposal, right) => {
    for (;;) {
      const answer =
        (await lines.question(`${question}${proposal === '' ? '' : ` [${proposal}]`}: `)).trim() || proposal;
      if (right(answer)) return answer;
      say('That cannot be it; once more, please.');
    }
  };
  try {
    return await asked(options, ask);
  } finally {
    lines.close();
  }
}

/** The problem names what is missing or wrong, as options. */
export async function answers(options: InitOptions, terminal: Terminal): Promise<Result<Answers, string>> {
  const given = terminal.interactive ? await withQuestions(options, terminal) : options;
  const { name, address: written, prefix, passphrase = 'none' } = given;
  if (name === undefined || written === undefined)
    return failed('say --name and --address (or run it in a terminal, to be asked)');
  const address = parseAddress(written);
  if (address === null) return failed(`--address: ${JSON.stringify(written)} is no mail address`);
  if (parseSecret(passphrase) === null)
    return failed('--passphrase takes none, env:NAME, file:PATH or credential:NAME');
  return ok({
    name,
    address,
    prefix: prefix ?? proposedPrefix(name),
    coordinators: given.coordinator,
    importKey: given.import ?? null,
    passphrase,
  });
}
