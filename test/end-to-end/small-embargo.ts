/** A small embargo: who is in it, with the daemon and CVE Services, and what it is about. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestCveServices } from '../cast/cve-services.ts';
import { Cast } from '../cast/team.ts';

/** Stands in all that is secret. */
export const marker = 'Xyzzy-Quux-Marker';
export const exploit = Buffer.from(`#!/bin/sh\n# ${marker} exploit\nexit 0\n`);
export const patch = Buffer.from(`--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-${marker}\n+fixed\n`);
/** The address of the case that the first report opens. */
export const case1 = 'security+EXM-2026-0001@example.org'.replace('2026', String(new Date().getUTCFullYear()));
export const id1 = case1.slice(9, -12);
export const cve = `CVE-${new Date().getUTCFullYear()}-12345`;

export class SmallEmbargo {
  readonly cveServices = new TestCveServices();
  #cast: Cast | null = null;

  async begin(): Promise<Cast> {
    this.cveServices.next = 12345;
    const { url } = await this.cveServices.open();
    const services = `{ url: "${url}", org: example, user: embargod, key: env:CVE_API_KEY }`;
    const cast = await Cast.gather({ more: `cve: { services: ${services} }` });
    this.#cast = cast;
    cast.daemon.reconfigure(
      'policy: { approvals: 2 }',
      'policy: { approvals: 2, disclosure: { earlyNeeds: 1 }, archive: { publishAfterDays: 0 } }',
    );
    await cast.daemon.start({ CVE_API_KEY: this.cveServices.key });
    return cast;
  }

  async end(): Promise<void> {
    this.cveServices.close();
    await this.cast.leave();
  }

  get cast(): Cast {
    if (this.#cast === null) throw new Error('not begun');
    return this.#cast;
  }

  /** A file of the site. */
  onSite(path: string): string {
    return readFileSync(join(this.cast.daemon.site, path), 'utf8');
  }
}
