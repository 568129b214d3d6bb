/**
 * One daemon for one database: holds a lock file as long as the process lives. The lock is SQLite's own, on a file
 * beside the database, so the system lets go of it with the process, however that ends: it cannot be left behind.
 */

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { failed, ok, type Result } from '../core/result.ts';
import type { Trouble } from '../flow/ports.ts';
import { codeOf } from './error-code.ts';

export interface InstanceLock {
  release(): void;
}

/** The process that wrote itself down last: the holder, which readers may see while it writes nothing. */
function holderOf(database: Database.Database): string {
  try {
    const pid = database.prepare('SELECT pid FROM holder').pluck().get();
    return typeof pid === 'number' ? ` (process ${pid})` : '';
  } catch {
    return '';
  }
}

/** @param file the lock's own, `embargod.db.lock` beside `embargod.db`; made where it is not there */
export function takeInstanceLock(file: string): Result<InstanceLock, Trouble> {
  let database: Database.Database | null = null;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    database = new Database(file, { timeout: 0 });
    database.exec('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS holder (pid INTEGER); DELETE FROM holder');
    database.prepare('INSERT INTO holder (pid) VALUES (?)').run(process.pid);
    // Written down for others to read; then the lock is held by a transaction that never writes.
    database.exec('COMMIT; BEGIN IMMEDIATE');
  } catch (error) {
    const code = codeOf(error);
    const holder = database === null ? '' : holderOf(database);
    database?.close();
    return code.startsWith('SQLITE_BUSY')
      ? failed({ retry: true, why: `another embargod${holder} runs on this database` })
      : failed({ retry: false, why: `the lock file ${file} cannot be made: ${code}` });
  }
  const held = database;
  return ok({ release: () => void held.close() });
}
