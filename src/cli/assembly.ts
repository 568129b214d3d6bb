/** What the subcommands work with: the edges put together as configured, and the few doings that they share with the daemon. */

import type { Result } from '../core/result.ts';
import type { Configuration } from '../edges/config/configuration.ts';
import type { KeptStore } from '../edges/store/operator.ts';
import type { Log } from '../flow/ports.ts';
import type { Workings } from '../flow/workings.ts';

/** 0 done, 1 refused or found wanting, 2 usage or configuration, 75 try later (sysexits EX_TEMPFAIL). */
export type ExitCode = 0 | 1 | 2 | 75;

export interface Assembly {
  readonly configuration: Configuration;
  readonly workings: Workings;
  readonly store: KeptStore;
  /** True where the team key stayed locked: mail is kept, and nothing else can be done. */
  readonly locked: boolean;
  /** Ends threads and files; what is under way is finished first. */
  close(): Promise<void>;
}

export interface AssemblyOptions {
  /**
   * True where content will be read: a team key without its passphrase is a problem then. False leaves the store locked;
   * `if-possible` does so where the passphrase is missing.
   */
  readonly unlocked: boolean | 'if-possible';
  readonly log: Log;
}

export interface ExplainRequest {
  readonly mail: Uint8Array;
  /** A folder whose `*.asc` stand for the configured keys. */
  readonly keys: string | null;
  /** Null where there is none: the team is then whom the secret key belongs to. */
  readonly configuration: Configuration | null;
}

export interface Machinery {
  /** The problem says what to do about it. */
  assemble(configuration: Configuration, options: AssemblyOptions): Promise<Result<Assembly, string>>;
  /** Runs until it is told to stop. */
  runDaemon(configuration: Configuration): Promise<ExitCode>;
  /** The same with a throw-away team, and a web page to look at it. */
  runSandbox(): Promise<ExitCode>;
  /** Plays the sandbox's story in the terminal. */
  playDemo(): Promise<ExitCode>;
  /** The JSON object that says what would be made of a mail. Changes nothing. */
  explain(request: ExplainRequest): Promise<unknown>;
  /** Puts a backup in the place of the store, and says what it did. Refuses where the daemon runs, or the backup is none. */
  restore(
    configuration: Configuration,
    backup: string,
    progress: (done: number) => void,
  ): Promise<Result<string, string>>;
  /** Where the data key of a store is kept: as precious as the store itself. */
  dataKeyFile(store: string): Promise<string>;
}
