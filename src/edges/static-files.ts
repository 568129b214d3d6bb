/** Serves the files of a folder by GET and HEAD, and nothing outside of it. */

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import sirv from 'sirv';
import { codeOf } from './error-code.ts';
import { pathIn } from './folder-path.ts';
import type { PageHandler } from './web.ts';

type Found = 'file' | 'folder' | null;

/** What stands at `file` and can be read: sirv itself would take the process down over a file that it may not open. */
async function find(file: string): Promise<Found> {
  try {
    const facts = await stat(file);
    await access(file, constants.R_OK);
    return facts.isFile() ? 'file' : facts.isDirectory() ? 'folder' : null;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG', 'ELOOP'].includes(codeOf(error))) return null;
    throw error;
  }
}

/** `/` and `/folder/` stand for their index; dot names are drafts, but for `/.well-known` (RFC 8615). */
function namedFile(path: string): string | null {
  const name = path.slice(1).replace(/(^|\/)$/, '$1index.html');
  const hidden = name.split('/').some((part, at) => part.startsWith('.') && !(at === 0 && part === '.well-known'));
  return path.startsWith('/') && !hidden ? name : null;
}

export function staticFiles(folder: string): PageHandler {
  const serve = sirv(folder, {
    // Looks at the disk for each request: the site changes while the daemon runs.
    dev: true,
    dotfiles: true,
    etag: true,
    extensions: [],
    setHeaders: (response, path) => {
      // Web clients look for keys too. draft-koch-openpgp-webkey-service §3.1
      if (path.includes('/.well-known/openpgpkey/')) {
        response.setHeader('Content-Type', 'application/octet-stream');
        response.setHeader('Access-Control-Allow-Origin', '*');
      }
      if (path.endsWith('/feed.xml')) response.setHeader('Content-Type', 'application/atom+xml; charset=utf-8');
      if (/\.(txt|asc|csv|sha256|sha512)$/.test(path)) response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    },
  });
  return async (request, response, path) => {
    const name = namedFile(path);
    const file = name === null ? null : pathIn(folder, name);
    if (name === null || file === null) return false;
    const found = await find(file);
    if (found === null) return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
      return true;
    }
    if (found === 'folder') {
      response.writeHead(308, { Location: `${encodeURI(`/${name}`)}/` }).end();
      return true;
    }
    // A range that ends before it starts would make sirv throw; nothing here is large enough to need ranges.
    delete request.headers.range;
    request.url = encodeURI(`/${name}`);
    serve(request, response);
    return true;
  };
}
