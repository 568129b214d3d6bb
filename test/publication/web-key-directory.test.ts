import { expect, test } from 'vitest';
import { keyDirectoryFiles, keyDirectoryPaths, zBase32 } from '../../src/publication/web-key-directory.ts';
import { addressOf } from '../edges/keys/people.ts';

test('z-base-32 writes five bits a digit, and fills the last up', () => {
  // The examples of the specification of z-base-32.
  expect(zBase32(Buffer.from([0xf0, 0xbf, 0xc7]))).toBe('6n9hq');
  expect(zBase32(Buffer.from([0xd4, 0x7a, 0x04]))).toBe('4t7ye');
  expect(zBase32(new Uint8Array())).toBe('');
  expect(zBase32(Buffer.alloc(20))).toBe('y'.repeat(32));
});

test('the file is named by the local part, in lower case', () => {
  // The example of the draft, §3.1.
  const { advanced, direct } = keyDirectoryPaths(addressOf('Joe.Doe@Example.ORG'));
  expect(advanced.key).toBe('.well-known/openpgpkey/example.org/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q');
  expect(direct.key).toBe('.well-known/openpgpkey/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q');
});

test('the directory has the binary key and a policy in both layouts', () => {
  const files = keyDirectoryFiles(addressOf('security@example.org'), Buffer.from([0xc6, 1]));
  expect(files.map(({ path, content }) => [path.replace(/[a-z0-9]{32}$/, 'HASH'), content.length])).toEqual([
    ['.well-known/openpgpkey/example.org/hu/HASH', 2],
    ['.well-known/openpgpkey/example.org/policy', 0],
    ['.well-known/openpgpkey/hu/HASH', 2],
    ['.well-known/openpgpkey/policy', 0],
  ]);
});
