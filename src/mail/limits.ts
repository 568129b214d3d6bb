/** The most that one mail may ask of us: beyond any of these it is refused unopened. */

export interface Limits {
  /** Of the whole mail, and of all its plaintexts together. */
  readonly bytes: number;
  /** MIME entities, counted over all layers. */
  readonly parts: number;
  /** MIME entities inside one another. */
  readonly depth: number;
  /** Lines that might be a boundary, and are compared with those that are open. */
  readonly boundaryLines: number;
  /** Of one header section. */
  readonly headerBytes: number;
  /** Of all header sections of a mail, over all layers. */
  readonly headersBytes: number;
  /** Of one unfolded header field; what is longer is cut. */
  readonly fieldBytes: number;
  /** Mailboxes, or Message-IDs, taken from one field. */
  readonly perField: number;
  /** OpenPGP layers around one part. */
  readonly layers: number;
  /** Inline OpenPGP blocks in one mail. */
  readonly blocks: number;
  /** Of a text that is read in place; a longer one is an attachment only. */
  readonly textBytes: number;
  /** HTML of a mail that is reduced to text; a page beyond it is an attachment only. */
  readonly htmlBytes: number;
  /** Key blocks that are looked at, and the size of each. */
  readonly keyBlocks: number;
  readonly keyBytes: number;
}

export const defaultLimits: Limits = {
  bytes: 64 * 1024 * 1024,
  parts: 1000,
  depth: 36,
  boundaryLines: 500_000,
  headerBytes: 256 * 1024,
  headersBytes: 1024 * 1024,
  fieldBytes: 32 * 1024,
  perField: 500,
  layers: 4,
  blocks: 20,
  textBytes: 1024 * 1024,
  htmlBytes: 512 * 1024,
  keyBlocks: 8,
  keyBytes: 256 * 1024,
};
