/** What there is of an embargo once its moment has come: the site in all forms, the CVE record, the public record, a correction. */

import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { Case } from '../cast/case.ts';
import { CsafDownloader } from '../cast/csaf-downloader.ts';
import type { Cast } from '../cast/team.ts';
import { case1, cve, exploit, id1, type SmallEmbargo } from './small-embargo.ts';

/** The tests of it, for a daemon that has just sent the advisory out. */
export function published(embargo: SmallEmbargo): void {
  const { cveServices } = embargo;
  const onSite = (path: string): string => embargo.onSite(path);
  let cast: Cast;
  beforeAll(() => {
    ({ cast } = embargo);
  });

  it('tells everyone on the case, publishes the page, and sends each advisory once', async () => {
    for (const person of [cast.ada, cast.ben, cast.rita, cast.dora, cast.dan])
      await cast.read(person, /EXSA-\d{4}-\d{3,}/);
    expect(onSite('index.html')).toContain('Heap overflow in the parser');
    const lists = cast.relay.mails.filter((mail) => /@lists\./.test(mail.to));
    expect(lists.map((mail) => mail.to).toSorted()).toEqual([
      'announce@lists.example.org',
      'oss-security@lists.openwall.com',
    ]);
  });

  it('is found by a CSAF downloader that knows nothing but the host, with hashes and signature', async () => {
    const downloader = new CsafDownloader(cast.webPort);
    const [advisory, ...others] = await downloader.downloadAll();
    expect(others).toEqual([]);
    expect(advisory?.fingerprint).toBe(cast.team.fingerprint);
    expect(advisory?.document).toMatchObject({
      document: { category: 'csaf_security_advisory', tracking: { version: '1', status: 'final' } },
      vulnerabilities: [{ cve, acknowledgments: [{ names: ['Rita Reporter'] }] }],
    });
    expect(await downloader.fetch('https://x.example/feed.xml')).toContain(cve);
    expect(await downloader.fetch(`https://x.example/cve/${cve}.json`)).toContain('28.1.1');
  });

  it('has its CVE record published, once it was public and not before', () => {
    expect(cveServices.ids.get(cve)).toMatchObject({ state: 'PUBLISHED', cna: { affected: [{ product: 'nova' }] } });
    expect(cveServices.asked.filter(({ body }) => body !== null)).toHaveLength(1);
  });

  it('has a policy page and a security.txt that leads to it, from the daemon’s start on', () => {
    expect(onSite('policy.html')).toContain('2 coordinators approve');
    expect(onSite('.well-known/security.txt')).toContain('Policy: https://security.example.org/policy.html');
  });

  it('has its record published: what was written to all, with the proof of concept, and without names', async () => {
    await cast.read(cast.rita, 'The record of this case is public');
    const [page, json] = [onSite(`records/${id1}.html`), onSite(`records/${id1}.json`)];
    for (const form of [page, json]) {
      expect(form).toContain('The parser overflows.');
      expect(form).toContain('crashes 32-bit too');
      expect(form).toContain('The advance notice went out.');
      expect(form).toContain(createHash('sha256').update(exploit).digest('hex'));
      for (const person of [cast.ada, cast.ben, cast.rita, cast.dora, cast.dan]) {
        expect(form).not.toContain(person.address);
        expect(form).not.toContain(person.name);
      }
      expect(form).not.toMatch(/distros@|#patch|fixes are being prepared/);
    }
    const [, file = ''] = /href="([^"]+)">exploit\.sh/.exec(page) ?? [];
    expect(onSite(`records/${file}`)).toBe(exploit.toString());
    const read = await cast.rita.verifyDetached(json, onSite(`records/${id1}.json.asc`));
    expect(read).toMatchObject({ goodBy: [cast.team.fingerprint] });
  });

  it('has it checked by anyone against the public commitments, and what was changed in them is found', async () => {
    const [record, commitments] = [`records/${id1}.json`, 'commitments.txt'];
    const read = await cast.rita.verifyDetached(onSite(commitments), onSite(`${commitments}.asc`));
    expect(read).toMatchObject({ goodBy: [cast.team.fingerprint] });
    const changed = join(cast.daemon.site, '..', 'changed.txt');
    writeFileSync(
      changed,
      onSite(commitments).replace(/[0-9a-f]{64}$/m, (link) => [...link].toReversed().join('')),
    );
    const check = (file: string) =>
      cast.daemon.run(['verify', '--record', join(cast.daemon.site, record), '--commitments', file]);
    expect(await check(join(cast.daemon.site, commitments))).toMatchObject({ code: 0 });
    expect(await check(changed)).toMatchObject({ code: 1 });
  });

  it('has a mail taken out of the record after all', async () => {
    const of = new Case(cast, id1, 'Heap overflow in the parser');
    const { text } = await of.order(cast.ada, '#log\n');
    const number = /(\d+) \S+ \S+ reported by/.exec(text)?.[1] ?? 'nothing';
    const [, file = ''] = /href="([^"]+)">exploit\.sh/.exec(onSite(`records/${id1}.html`)) ?? [];
    expect((await of.order(cast.ada, `#redact ${number}\n`)).text).toContain('taken out there now');
    expect(onSite(`records/${id1}.json`)).not.toContain('The parser overflows.');
    expect(onSite(`records/${id1}.html`)).not.toContain('exploit.sh');
    expect(onSite(`records/${id1}.html`)).toContain('crashes 32-bit too');
    expect(onSite(`records/${file}`)).toBe('This file is not in the public record.\n');
  });

  it('has the same site made anew, but for signatures', async () => {
    const names = readdirSync(cast.daemon.site, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(json|csv|xml|html|sha256|sha512)$|index\.txt$/.test(name),
    );
    const before = names.map(onSite);
    expect(await cast.daemon.run(['publish'])).toMatchObject({ code: 0 });
    expect(names.map(onSite)).toEqual(before);
    expect(names.length).toBeGreaterThan(8);
    expect(await new CsafDownloader(cast.webPort).downloadAll()).toHaveLength(1);
  });

  it('is corrected under the same id, as the next revision in every form', async () => {
    await cast.say(cast.ada, case1, `[${id1}] erratum`, '#errata\n28.1.0 is affected as well.\n#end\n');
    const { text } = await cast.read(cast.ada, /#errata[^]*#approve [0-9a-f]{12,}/);
    const digest = /#approve ([0-9a-f]{12,})/.exec(text)?.[1] ?? '';
    await cast.say(cast.ben, case1, `[${id1}] ok, erratum`, `#approve ${digest}\n`);
    await cast.relay.until((mail) => /lists\.openwall/.test(mail.to) && /ERRATA 1/.test(mail.raw.toString()), 'it');
    const downloader = new CsafDownloader(cast.webPort);
    const [advisory, ...others] = await downloader.downloadAll();
    expect(others).toEqual([]);
    expect(advisory?.document).toMatchObject({
      document: {
        tracking: {
          version: '2',
          revision_history: [{ number: '1' }, { number: '2', summary: '28.1.0 is affected as well.' }],
        },
      },
    });
    expect(await downloader.fetch('https://x.example/feed.xml')).toContain('ERRATA 1');
    expect(JSON.stringify(cveServices.ids.get(cve)?.cna)).toContain('Erratum 1: 28.1.0 is affected');
    expect(cveServices.asked.filter(({ body }) => body !== null).map(({ method }) => method)).toEqual(['POST', 'PUT']);
  });
}
