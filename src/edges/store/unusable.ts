/** The two ways in which a store fails: it cannot be used at all, or something in it cannot be read now. */

import type { Trouble } from '../../flow/ports.ts';

/** The database cannot be opened; `message` tells an operator why and what to do. */
export class UnusableStore extends Error {
  override readonly name = 'UnusableStore';
}

/** Something sealed stays closed. `retry`: the vault is locked, and it will open later. */
export class Unreadable extends Error implements Trouble {
  override readonly name = 'Unreadable';
  readonly retry: boolean;
  readonly why: string;

  constructor(place: string, { retry, why }: Trouble) {
    super(`${place}: ${why}`);
    this.retry = retry;
    this.why = why;
  }
}

/** Another process has recorded events since the decision behind a change was made: nothing was changed, decide anew. */
export class Overtaken extends Error implements Trouble {
  override readonly name = 'Overtaken';
  readonly retry = true;
  readonly why = 'the log has grown since this was decided';

  constructor() {
    super('the log has grown since this was decided');
  }
}
