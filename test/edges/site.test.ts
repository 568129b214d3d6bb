import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { siteIn } from '../../src/edges/site.ts';
import { loadTemplates } from '../../src/edges/template-files.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embargod-site-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the folder of the site', () => {
  it('gives back what was written, and lists it by path', async () => {
    const site = siteIn(join(folder, 'site'));
    expect(await site.list('')).toEqual([]);
    expect(await site.read('index.html')).toBeNull();
    await site.write('index.html', 'one');
    await site.write('index.html', 'two');
    await site.write('.well-known/csaf/2026/a.json', Buffer.from('{}'));
    expect(await site.read('index.html')).toBe('two');
    expect(await site.read('.well-known')).toBeNull();
    expect(await site.read('index.html/x')).toBeNull();
    expect(await site.list('')).toEqual(['.well-known/csaf/2026/a.json', 'index.html']);
    expect(await site.list('.well-known/csaf')).toEqual(['.well-known/csaf/2026/a.json']);
    expect(await site.list('nowhere')).toEqual([]);
  });

  it('never shows half a file, and leaves nothing behind where writing fails', async () => {
    const root = join(folder, 'whole');
    const site = siteIn(root);
    const versions = ['a', 'b'].map((letter) => letter.repeat(2_000_000));
    await site.write('page', versions[0]!);
    const seen = new Set<string | null>();
    const writing = Promise.all(Array.from({ length: 10 }, (_, n) => site.write('page', versions[n % 2]!)));
    for (let n = 0; n < 100; n += 1) seen.add(await site.read('page'));
    await writing;
    expect([...seen].every((text) => versions.includes(text ?? ''))).toBe(true);
    await mkdir(join(root, 'taken'));
    await expect(site.write('taken', 'x')).rejects.toThrow();
    expect((await readdir(root)).toSorted()).toEqual(['page', 'taken']);
  });

  it.each(['../out', 'a/../../out', '/etc/passwd', '', 'a//b', './a', 'a\\..\\b', 'a\0b', 'a/..'])(
    'has no file %j',
    async (path) => {
      const site = siteIn(join(folder, 'closed'));
      await expect(site.write(path, 'x')).rejects.toThrow('inside');
      await expect(site.read(path)).rejects.toThrow('inside');
    },
  );
});

it('template files of the operator take the place of ours of the same path', async () => {
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
  await mkdir(join(ours, 'site'), { recursive: true });
  await mkdir(theirs, { recursive: true });
  await writeFile(join(ours, 'notice.txt.liquid'), 'ours');
  await writeFile(join(ours, 'site', 'index.html.liquid'), 'page');
  await writeFile(join(theirs, 'notice.txt.liquid'), 'theirs');
  await writeFile(join(theirs, '.notice.txt.liquid.swp'), 'an editor');
  expect([...(await loadTemplates([ours, theirs]))].toSorted()).toEqual([
    ['notice.txt.liquid', 'theirs'],
    ['site/index.html.liquid', 'page'],
  ]);
  await expect(loadTemplates([ours, join(folder, 'missing')])).rejects.toThrow('ENOENT');
});
