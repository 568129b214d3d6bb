/** All that is SQLite's own: how a file is opened, what its transactions and types are called, how it is copied and checked. */

import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  SqliteDialect,
  SqliteDriver,
  type SqliteDialectConfig,
} from 'kysely';
import type { Tables } from './tables.ts';
import { UnusableStore } from './unusable.ts';

/** What a database calls things. PostgreSQL would have `bigint` and `bytea` here. */
export interface Dialect {
  readonly types: { readonly text: string; readonly integer: string; readonly bytes: string };
  /** Statements that make a table refuse updates and deletions. */
  readonly appendOnly: (table: string) => readonly string[];
}

export interface Engine extends Dialect {
  readonly db: Kysely<Tables>;
  /** A number that changes when another process (or connection) has written. */
  writesOfOthers(): number;
  /** Copies the database as it stands at one moment, while it is in use; `file` appears whole or not at all. */
  backup(file: string): Promise<void>;
  /** What SQLite itself finds broken: pages, indexes, foreign keys. Empty where all is well. */
  damage(): readonly string[];
  close(): Promise<void>;
}

/**
 * Triggers guard the log against mistakes of this program and of whoever opens the file with the SQLite shell. Their
 * syntax is each database's own, which is why they stand here; against a forger there are the chains.
 */
const appendOnly = (table: string): readonly string[] =>
  ['update', 'delete'].map(
    (verb) =>
      `create trigger ${table}_no_${verb} before ${verb} on ${table}
       begin select raise(abort, '${table} is append-only'); end`,
  );

/** Every transaction here writes. Taking the write lock at its start, it waits its turn instead of failing in the middle. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

class ImmediateDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;

  constructor(config: SqliteDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.#config);
  }
}

/** Kysely asks for each statement anew; compiling it once saves half of the time of a small one. */
function remembering(database: Database.Database): SqliteDialectConfig['database'] {
  const statements = new Map<string, Database.Statement>();
  return {
    close: () => {
      database.close();
    },
    prepare: (source) => {
      const known = statements.get(source);
      if (known !== undefined) return known;
      if (statements.size >= 200) statements.clear();
      const statement = database.prepare(source);
      statements.set(source, statement);
      return statement;
    },
  };
}

/** Made readable to its owner alone before SQLite writes to it; the files beside it (`-wal`, `-shm`) take its mode over. */
function createPrivately(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
}

function connect(file: string): Database.Database {
  const database = new Database(file, { timeout: 10_000 });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.pragma('trusted_schema = OFF');
    database.pragma(`journal_size_limit = ${64 * 2 ** 20}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens or creates the database in `file`. Throws `UnusableStore` where it is none, or out of reach. */
export function openSqlite(file: string): Engine {
  try {
    createPrivately(file);
    return engineOf(connect(file));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnusableStore(`the database ${file} cannot be opened: ${why}`, { cause: error });
  }
}

function engineOf(database: Database.Database): Engine {
  const db = new Kysely<Tables>({ dialect: new ImmediateDialect({ database: remembering(database) }) });
  return {
    db,
    types: { text: 'text', integer: 'integer', bytes: 'blob' },
    appendOnly,
    writesOfOthers: () => Number(database.pragma('data_version', { simple: true })),
    backup: (target) => copyTo(database, target),
    damage: () => [
      ...listed(database.pragma('integrity_check')).filter((line) => line !== 'ok'),
      ...listed(database.pragma('foreign_key_check')).map((table) => `a reference from ${table} leads nowhere`),
    ],
    close: async () => {
      await db.destroy();
      if (database.open) database.close(); // Kysely closes what it has used
    },
  };
}

/** The first column of a pragma's rows. */
function listed(rows: unknown): readonly string[] {
  return Array.isArray(rows)
    ? rows.map((row: unknown) => String(typeof row === 'object' && row !== null ? Object.values(row)[0] : row))
    : [];
}

async function copyTo(database: Database.Database, target: string): Promise<void> {
  const partial = `${target}.partial`;
  rmSync(partial, { force: true });
  createPrivately(partial);
  try {
    await database.backup(partial);
    settle(partial);
    chmodSync(partial, 0o600);
    replace(partial, target);
  } finally {
    rmSync(partial, { force: true });
  }
}

/**
 * Folds the files beside a database into it, so that it is one file. Throws where another process has it open.
 */
export function settle(file: string): void {
  const database = new Database(file, { timeout: 0, fileMustExist: true });
  try {
    database.pragma('journal_mode = DELETE');
  } finally {
    database.close();
  }
}

/** Puts `file` in the place of `target`, durably. */
export function replace(file: string, target: string): void {
  flush(file);
  renameSync(file, target);
  flush(dirname(target));
}

function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
