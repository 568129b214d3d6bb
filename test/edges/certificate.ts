/** A certificate for loopback, made by OpenSSL when asked. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `hosts`: more hosts that it is good for. */
export function makeCertificate(...hosts: readonly string[]): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'embargod-tls-'));
  const at = (name: string): string => join(folder, name);
  const how = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost';
  const all = ['IP:127.0.0.1', ...['localhost', ...hosts].map((host) => `DNS:${host}`)];
  const names = ['-addext', `subjectAltName=${all.join(',')}`];
  execFileSync('openssl', [...how.split(' '), ...names, '-keyout', at('key'), '-out', at('cert')], { stdio: 'ignore' });
  const made = { key: readFileSync(at('key'), 'utf8'), cert: readFileSync(at('cert'), 'utf8') };
  rmSync(folder, { recursive: true });
  return made;
}
