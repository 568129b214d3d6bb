/** One file of the public site, and how the team key vouches for it. */

export interface SiteFile {
  /** Below the site's folder, with forward slashes. */
  readonly path: string;
  readonly content: string | Uint8Array;
  /** `clear`: cleartext-signed before it is written. `beside`: a detached signature goes to `PATH.asc`, before the file itself. */
  readonly signature: 'none' | 'clear' | 'beside';
}

export const file = (path: string, content: string | Uint8Array): SiteFile => ({ path, content, signature: 'none' });

export const signedText = (path: string, content: string): SiteFile => ({ path, content, signature: 'clear' });
