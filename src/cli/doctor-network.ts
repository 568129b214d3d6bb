/** Whether mail finds its way to the team and from it: DNS, the relay, the clock that disclosures go by, CVE Services. */

import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { domainOf } from '../core/identifiers.ts';
import type { Configuration } from '../edges/config/configuration.ts';
import { cveServicesOf } from './assemble.ts';
import { advice, type Finding, good, wrong } from './doctor-finding.ts';

const patience = 4000; // milliseconds

/** The answer, or null where there is none of that kind or nobody answered in time. */
async function ask<Answer>(question: Promise<Answer>): Promise<Answer | null> {
  try {
    return await question;
  } catch {
    return null;
  }
}

async function examineDns({ team }: Configuration): Promise<readonly Finding[]> {
  const dns = new Resolver({ timeout: patience / 2, tries: 2 });
  const domain = domainOf(team.address);
  const [mx, txt, dmarc, wkd] = await Promise.all([
    ask(dns.resolveMx(domain)),
    ask(dns.resolveTxt(domain)),
    ask(dns.resolveTxt(`_dmarc.${domain}`)),
    ask(dns.resolve4(`openpgpkey.${domain}`)),
  ]);
  const spf = txt?.some((parts) => parts.join('').toLowerCase().startsWith('v=spf1')) === true;
  return [
    mx === null || mx.length === 0
      ? wrong(`${domain} has no MX record: reports may not arrive`, `add one: ${domain}. MX 10 YOUR-MAIL-HOST`)
      : good(`${domain} has an MX record`),
    spf
      ? good(`${domain} has an SPF record`)
      : advice(`${domain} has no SPF record`, 'add a TXT record "v=spf1 …" that names your relay'),
    dmarc === null
      ? advice(`${domain} has no DMARC record`, `sign with DKIM at your relay and add a TXT record at _dmarc.${domain}`)
      : good(`${domain} has a DMARC record`),
    wkd === null
      ? advice(
          `openpgpkey.${domain} is not there`,
          'mail programs find your key by themselves if the site is served under that name (WKD)',
        )
      : good(`openpgpkey.${domain} is there for WKD`),
  ];
}

async function examineRelay({ delivery: { host, port, tls } }: Configuration): Promise<Finding> {
  const socket = tls === 'implicit' ? connectTls({ host, port, servername: host }) : connect({ host, port });
  try {
    const [greeting] = await once(socket, 'data', { signal: AbortSignal.timeout(patience) });
    return String(greeting).startsWith('220')
      ? good(`the relay ${host}:${port} answers`)
      : wrong(
          `the relay ${host}:${port} does not greet as a mail server`,
          'mend delivery.smtp, or ask whoever runs it',
        );
  } catch {
    return wrong(`the relay ${host}:${port} does not answer`, 'start it, or mend delivery.smtp: mail waits until then');
  } finally {
    socket.destroy();
  }
}

/** systemd-timesyncd leaves this file once the clock is right; other time services are not asked. */
async function examineClock(): Promise<readonly Finding[]> {
  const present = await ask(access('/run/systemd/timesync').then(() => true));
  if (present === null) return [];
  const synchronised = await ask(access('/run/systemd/timesync/synchronized').then(() => true));
  return [
    synchronised === true
      ? good('the clock is synchronised')
      : advice('the clock is not synchronised: disclosures go by it', 'timedatectl set-ntp true'),
  ];
}

/** Its key is used for nothing else before a case needs an id, and that is no day to find out. */
async function examineCveServices(configuration: Configuration): Promise<readonly Finding[]> {
  const services = await cveServicesOf(configuration);
  if (!services.ok) return [wrong(services.problem, 'mend cve.services.key')];
  if (services.value === null) return [];
  const left = await services.value.available();
  if (!left.ok) return [wrong(left.problem.why, 'mend cve.services: url, org, user and key')];
  return left.value > 0
    ? [good(`CVE Services let us reserve ${left.value} ids`)]
    : [
        wrong(
          'CVE Services let us reserve no more ids',
          'publish or reject what is reserved, or ask for a larger quota',
        ),
      ];
}

export async function examineNetwork(configuration: Configuration): Promise<readonly Finding[]> {
  const [dns, relay, clock, cve] = await Promise.all([
    examineDns(configuration),
    examineRelay(configuration),
    examineClock(),
    examineCveServices(configuration),
  ]);
  return [...dns, relay, ...clock, ...cve];
}
