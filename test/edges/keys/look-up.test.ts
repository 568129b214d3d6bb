import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { keyLookUp, type LookUpLimits } from '../../../src/edges/keys/look-up.ts';
import { isPublicAddress } from '../../../src/edges/keys/public-address.ts';
import { makeCertificate } from '../certificate.ts';
import { addressOf, today } from './people.ts';

const joe = addressOf('joe.doe@research.example');
const file = 'iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=joe.doe';
const advanced = `openpgpkey.research.example/.well-known/openpgpkey/research.example/hu/${file}`;
const direct = `research.example/.well-known/openpgpkey/hu/${file}`;

const { key, cert } = makeCertificate('research.example', 'openpgpkey.research.example', 'other.example');
const server = createServer({ key, cert }, (request, response) => {
  const url = `${(request.headers.host ?? '').replace(/:\d+$/, '')}${request.url}`;
  asked.push(url);
  (answers.get(url) ?? notFound)(request, response);
});
let port = 0;
let asked: string[] = [];
/** Hosts that there are. */
let hosts: readonly string[] = [];
const answers = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();
const notFound = (_request: IncomingMessage, response: ServerResponse): void => void response.writeHead(404).end();
const says =
  (text: string | Buffer) =>
  (_request: IncomingMessage, response: ServerResponse): void =>
    void response.end(text);
const leadsTo =
  (location: string) =>
  (_request: IncomingMessage, response: ServerResponse): void =>
    void response.writeHead(302, { location }).end();

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  hosts = ['research.example', 'openpgpkey.research.example'];
  answers.clear();
});

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const lookUp = (limits: Partial<LookUpLimits> = {}, ca = cert) =>
  keyLookUp({
    clock: { now: () => today },
    log,
    limits,
    instead: {
      port,
      ca,
      resolve: (host) =>
        hosts.includes(host)
          ? Promise.resolve(['127.0.0.1'])
          : Promise.reject(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' })),
    },
  });
const found = async (look = lookUp()) => (await look.find(joe))?.toString() ?? null;

test('the advanced method comes first, and the direct one is for where that has no host', async () => {
  answers.set(advanced, says('advanced')).set(direct, says('direct'));
  expect(await found()).toBe('advanced');
  hosts = ['research.example'];
  expect(await found()).toBe('direct');
  expect(asked).toEqual([advanced, direct]);
});

test('where the host of the advanced method has no key, nobody else is asked', async () => {
  answers.set(direct, says('direct'));
  expect(await found()).toBeNull();
  expect(asked).toEqual([advanced]);
});

test('a redirection is followed on the same host, and to no other', async () => {
  answers.set(advanced, leadsTo('/key')).set('openpgpkey.research.example/key', says('moved'));
  expect(await found()).toBe('moved');
  answers.set(advanced, leadsTo(`https://other.example:${port}/key`)).set('other.example/key', says('other'));
  expect(await found()).toBeNull();
  answers.set(advanced, leadsTo(`http://openpgpkey.research.example:${port}/key`));
  expect(await found()).toBeNull();
  answers.set(advanced, leadsTo(`https://${advanced}`.replace('.example/', `.example:${port}/`)));
  expect(await found()).toBeNull();
});

test('what is too large, too slow, or not certified is not had', async () => {
  answers.set(advanced, says(Buffer.alloc(5000)));
  expect(await found(lookUp({ bytes: 4999 }))).toBeNull();
  expect(await found(lookUp({ bytes: 5000 }))).toHaveLength(5000);
  answers.set(advanced, (_request, response) => void response.write('a'));
  expect(await found(lookUp({ milliseconds: 100 }))).toBeNull();
  answers.set(advanced, says('key'));
  expect(await found(lookUp({}, makeCertificate().cert))).toBeNull();
});

test('after so many in a minute none is made', async () => {
  answers.set(advanced, says('key'));
  const look = lookUp({ aMinute: 2 });
  expect([await found(look), await found(look), await found(look)]).toEqual(['key', 'key', null]);
});

test.each(['joe@127.0.0.1', 'joe@0x7f.1', 'joe@[127.0.0.1]', 'joe@localhost', 'joe@a..b'])(
  'for %s nobody is asked',
  async (address) => {
    const tried: string[] = [];
    const look = keyLookUp({
      clock: { now: () => today },
      log,
      instead: { port, ca: cert, resolve: (host) => (tried.push(host), Promise.resolve(['127.0.0.1'])) },
    });
    expect(await look.find(addressOf(address))).toBeNull();
    expect(tried).toEqual([]);
  },
);

test('addresses of this machine, its networks, and nobody are not public', () => {
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '169.254.169.254',
    '192.168.0.1',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
  ])
    expect(isPublicAddress(address)).toBe(false);
  for (const address of [
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '2001:db8::1',
    '2002:a00:1::',
    'ff02::1',
    'x',
  ])
    expect(isPublicAddress(address)).toBe(false);
  for (const address of ['9.9.9.9', '2620:fe::fe']) expect(isPublicAddress(address)).toBe(true);
});
