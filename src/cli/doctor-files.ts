/** Whether the files of the configuration are where they should be, and closed to others. */

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Configuration } from '../edges/config/configuration.ts';
import { advice, type Finding, good, wrong } from './doctor-finding.ts';

const mode = async (path: string): Promise<number | null> => {
  try {
    return (await stat(path)).mode & 0o777;
  } catch {
    return null;
  }
};

const octal = (bits: number): string => bits.toString(8).padStart(3, '0');

async function secretFile(path: string, what: string, missing: Finding): Promise<Finding> {
  const bits = await mode(path);
  if (bits === null) return missing;
  return (bits & 0o077) === 0
    ? good(`${what} is closed to others`)
    : wrong(`${what} is open to others (mode ${octal(bits)})`, `chmod 600 ${path}`);
}

async function writable(folder: string, what: string): Promise<Finding> {
  // What is not there yet is made at the start; then the nearest folder above has to be writable.
  if ((await mode(folder)) === null && folder !== dirname(folder)) return writable(dirname(folder), what);
  try {
    await access(folder, constants.W_OK);
    return good(`${what} can be written`);
  } catch {
    return wrong(`${what} cannot be written`, `give the user of the daemon the right to write ${folder}`);
  }
}

async function examinePassphrase({ keys: { passphrase } }: Configuration): Promise<readonly Finding[]> {
  if (passphrase.kind === 'none') {
    const mend = 'set one with `gpg --edit-key`, and keys.passphrase: credential:NAME';
    return [advice("the team's secret key has no passphrase: who reads the disk reads the mail", mend)];
  }
  if (passphrase.kind !== 'file') return [];
  const missing = wrong(`the passphrase file ${passphrase.path} is not there`, 'write it, or mend keys.passphrase');
  return [await secretFile(passphrase.path, 'the passphrase file', missing)];
}

async function examineCveKey({ cveServices }: Configuration): Promise<readonly Finding[]> {
  if (cveServices?.key.kind !== 'file') return [];
  const { path } = cveServices.key;
  const missing = wrong(`the API key file ${path} is not there`, 'write it, or mend cve.services.key');
  return [await secretFile(path, 'the API key of CVE Services', missing)];
}

function examineTls({ intake }: Configuration): readonly Finding[] {
  if (intake.smtp === null || intake.smtp.tls !== null) return [];
  const { listen } = intake.smtp;
  return listen.kind === 'socket' || /^(127\.|localhost$|::1$)/.test(listen.host)
    ? []
    : [advice('the SMTP server offers no STARTTLS', 'configure intake.smtp.tls, or put an MTA in front')];
}

export async function examineFiles(configuration: Configuration): Promise<readonly Finding[]> {
  const { keys, storage, site } = configuration;
  const team = join(keys.directory, 'team.asc');
  const noKey = wrong(`the team's secret key ${team} is not there`, '`embargod init` makes one, or copy yours there');
  const noStore = advice(`the store ${storage.file} is not there yet`, 'it is made at the first start');
  return [
    await secretFile(team, "the team's secret key", noKey),
    ...(await examinePassphrase(configuration)),
    ...(await examineCveKey(configuration)),
    await secretFile(storage.file, 'the store', noStore),
    await writable(dirname(storage.file), 'the folder of the store'),
    await writable(site.directory, 'the folder of the site'),
    ...examineTls(configuration),
  ];
}
