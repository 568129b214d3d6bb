/** The boundaries that may end a part at this point of a mail, and whether a line is one of them (RFC 2046 §5.1.1). */

const DASH = 0x2d;
/** RFC 2046 allows 70 characters; some writers take more. */
const longestBoundary = 400;

export interface Boundary {
  /** Which of the open multiparts, from the outside, 0 first. */
  readonly level: number;
  readonly closing: boolean;
}

export class OpenBoundaries {
  readonly #names: string[] = [];
  readonly #levels = new Map<string, number[]>();
  #firstBytes: ReadonlySet<number | undefined> = new Set();
  #lines: number;

  /** @param lines how many lines may be compared in all */
  constructor(lines: number) {
    this.#lines = lines;
  }

  get height(): number {
    return this.#names.length;
  }

  /** True once more lines were compared than may be: what was not found since means nothing. */
  get exhausted(): boolean {
    return this.#lines < 0;
  }

  push(name: string): void {
    const levels = this.#levels.get(name);
    if (levels === undefined) this.#levels.set(name, [this.height]);
    else levels.push(this.height);
    this.#names.push(name);
    this.#noteFirstBytes();
  }

  closeTo(height: number): void {
    if (height >= this.height) return;
    for (const name of this.#names.splice(height)) this.#levels.get(name)?.pop();
    this.#noteFirstBytes();
  }

  /** The innermost multipart whose boundary the line from `from` to `to` is, with or without its line end. */
  at(bytes: Buffer, from: number, to: number): Boundary | null {
    if (bytes[from] !== DASH || bytes[from + 1] !== DASH || to - from > longestBoundary) return null;
    if (!this.#firstBytes.has(bytes[from + 2])) return null;
    this.#lines -= 1;
    if (this.exhausted) return null;
    const name = bytes.toString('utf8', from + 2, to).trimEnd();
    const open = this.#levels.get(name)?.at(-1);
    if (open !== undefined) return { level: open, closing: false };
    const closed = name.endsWith('--') ? this.#levels.get(name.slice(0, -2).trimEnd())?.at(-1) : undefined;
    return closed === undefined ? null : { level: closed, closing: true };
  }

  #noteFirstBytes(): void {
    this.#firstBytes = new Set(this.#names.map((name) => Buffer.from(name.slice(0, 1))[0]));
  }
}
