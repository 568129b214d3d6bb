import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { siteIn } from '../../src/edges/site.ts';
import { serveWeb, type Web } from '../../src/edges/web.ts';
import { HeardLog } from './wire.ts';

const above = mkdtempSync(join(tmpdir(), 'embargod-web-'));
const folder = join(above, 'site');
const log = new HeardLog();
let web: Web;
let healthy = true;

const here = { kind: 'port', host: '127.0.0.1', port: 0 } as const;

beforeAll(async () => {
  mkdirSync(folder);
  mkdirSync(`${folder}-secret`);
  writeFileSync(join(above, 'secret.txt'), 'secret');
  writeFileSync(join(`${folder}-secret`, 'key.txt'), 'secret');
  const opened = await serveWeb({
    listen: here,
    folder,
    healthy: () => healthy,
    pages: [
      (_request, response, path) => {
        if (path === '/broken') throw new Error('MARKERWORD');
        if (path !== '/sandbox') return false;
        response.end('a page of its own');
        return true;
      },
    ],
    log,
  });
  if (!opened.ok) throw new Error(opened.problem.why);
  web = opened.value;
  const site = siteIn(folder);
  await site.write('index.html', '<p>Welcome');
  await site.write('advisories/index.html', '<p>All');
  await site.write('advisories/EXSA 1.html', '<p>One');
  await site.write('.well-known/security.txt', 'Contact: ü\n');
  await site.write('feed.json', '{}');
  await site.write('.well-known/openpgpkey/hu/iy9q119e', 'key');
  await site.write('.well-known/openpgpkey/policy', '');
  await site.write('feed.xml', '<feed/>');
  writeFileSync(join(folder, '.writing-1'), 'half');
});
afterAll(async () => {
  await web.stop();
  rmSync(above, { recursive: true });
});

const at = (path: string): string => `http://127.0.0.1:${web.address.kind === 'port' ? web.address.port : 0}${path}`;

/** One request exactly as written, since fetch tidies paths up. */
async function raw(request: string): Promise<string> {
  const socket = connect(web.address.kind === 'port' ? web.address.port : 0, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.write(`${request}\r\nHost: x\r\nConnection: close\r\n\r\n`);
  await once(socket, 'close');
  return text;
}

describe('the web server', () => {
  it.each([
    ['/', 200, '<p>Welcome', 'text/html;charset=utf-8'],
    ['/index.html', 200, '<p>Welcome', 'text/html;charset=utf-8'],
    ['/advisories/', 200, '<p>All', 'text/html;charset=utf-8'],
    ['/advisories', 200, '<p>All', 'text/html;charset=utf-8'],
    ['/advisories/EXSA%201.html?x=1', 200, '<p>One', 'text/html;charset=utf-8'],
    ['/.well-known/security.txt', 200, 'Contact: ü\n', 'text/plain; charset=utf-8'],
    ['/feed.json', 200, '{}', 'application/json'],
    ['/.well-known/openpgpkey/hu/iy9q119e?l=Joe', 200, 'key', 'application/octet-stream'],
    ['/.well-known/openpgpkey/policy', 200, '', 'application/octet-stream'],
    ['/feed.xml', 200, '<feed/>', 'application/atom+xml; charset=utf-8'],
    ['/nothing', 404, 'Not found\n', 'text/plain; charset=utf-8'],
    ['/sandbox', 200, 'a page of its own', null],
  ])('answers %s with %i', async (path, status, text, type) => {
    const response = await fetch(at(path));
    expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([
      status,
      text,
      type,
    ]);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('server')).toBeNull();
    expect(response.headers.get('x-powered-by')).toBeNull();
  });

  it('sees a file that was written or changed after it started', async () => {
    await siteIn(folder).write('late.txt', 'one');
    const first = await fetch(at('/late.txt'));
    expect(await first.text()).toBe('one');
    const again = { headers: { 'If-None-Match': first.headers.get('etag') ?? '' } };
    expect((await fetch(at('/late.txt'), again)).status).toBe(304);
    await siteIn(folder).write('late.txt', 'changed');
    expect(await (await fetch(at('/late.txt'), again)).text()).toBe('changed');
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/advisories/../../secret.txt',
    '/../site-secret/key.txt',
    '/%2e%2e%2fsite-secret%2fkey.txt',
    '//etc/passwd',
    '/..\\secret.txt',
    '/secret.txt%00.html',
    '/.writing-1',
    '/.well-known/../.writing-1',
    '/%',
    'http://other/../secret.txt',
    '*',
  ])('gives nothing away for %s', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1`);
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(answer).not.toMatch(/secret\n|half/);
  });

  it('only reads', async () => {
    expect((await fetch(at('/'), { method: 'HEAD' })).status).toBe(200);
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await fetch(at('/index.html'), { method })).status).toBe(405);
  });

  it('survives ranges and files that would break it', async () => {
    expect(await raw('GET /index.html HTTP/1.1\r\nRange: bytes=5-2')).toMatch(/^HTTP\/1\.1 200 [^]*Welcome$/);
    writeFileSync(join(folder, 'locked.txt'), 'x');
    chmodSync(join(folder, 'locked.txt'), 0);
    symlinkSync('loop', join(folder, 'loop'));
    await raw('GET /locked.txt HTTP/1.1');
    expect(await raw('GET /loop HTTP/1.1')).toMatch(/^HTTP\/1\.1 404 /);
    expect(await raw(`GET /${'a'.repeat(5000)} HTTP/1.1`)).toMatch(/^HTTP\/1\.1 404 /);
    expect(await raw('nonsense')).toMatch(/^HTTP\/1\.1 400 /);
    expect((await fetch(at('/broken'))).status).toBe(500);
    expect((await fetch(at('/'))).status).toBe(200);
  });

  it('tells its health', async () => {
    expect((await fetch(at('/healthz'))).status).toBe(200);
    healthy = false;
    expect((await fetch(at('/healthz'))).status).toBe(503);
    healthy = true;
  });

  it('stops although a client keeps its connection, and lets nobody in after', async () => {
    const opened = await serveWeb({ listen: here, folder, healthy: () => true, log });
    if (!opened.ok || opened.value.address.kind !== 'port') throw new Error('not open');
    const { address } = opened.value;
    const kept = connect(address.port, '127.0.0.1');
    await once(kept, 'connect');
    kept.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(kept, 'data');
    await opened.value.stop();
    await expect(fetch(`http://127.0.0.1:${address.port}/`)).rejects.toThrow();
    kept.destroy();
    expect(await serveWeb({ listen: web.address, folder, healthy: () => true, log })).toMatchObject({
      ok: false,
      problem: { why: expect.stringContaining('EADDRINUSE') },
    });
  });
});
