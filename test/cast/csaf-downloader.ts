/** Fetches advisories as a CSAF downloader does: it knows a domain, and takes no byte that hash and signature do not vouch for. */

import { createHash } from 'node:crypto';
import { Gnupg } from './gnupg.ts';

interface Downloaded {
  readonly document: unknown;
  /** Of the key that the provider names, and that the signature is by. */
  readonly fingerprint: string;
}

interface Metadata {
  readonly public_openpgp_keys: readonly { readonly fingerprint: string; readonly url: string }[];
  readonly distributions: readonly { readonly rolie?: { readonly feeds: readonly { readonly url: string }[] } }[];
}
interface Feed {
  readonly feed: {
    readonly entry: readonly {
      readonly content: { readonly src: string };
      readonly link: readonly { readonly rel: string; readonly href: string }[];
    }[];
  };
}

/** `port`: where the site is served on loopback, whatever host its addresses name. */
export class CsafDownloader {
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  async fetch(url: string): Promise<string> {
    const { pathname } = new URL(url);
    const response = await fetch(`http://127.0.0.1:${this.#port}${pathname}`);
    if (response.status !== 200) throw new Error(`${pathname}: ${response.status}`);
    return response.text();
  }

  async #json<Content>(url: string): Promise<Content> {
    return JSON.parse(await this.fetch(url)) as Content;
  }

  /** From the well-known address (§7.1.9) over the feeds to every document. Throws where one is not vouched for. */
  async downloadAll(): Promise<readonly Downloaded[]> {
    const metadata = await this.#json<Metadata>('https://site.example/.well-known/csaf/provider-metadata.json');
    const downloader = new Gnupg('Downloader', 'downloader@example.net');
    try {
      for (const { url } of metadata.public_openpgp_keys) await downloader.import(await this.fetch(url));
      const feeds = metadata.distributions.flatMap(({ rolie }) => rolie?.feeds ?? []);
      const documents: Downloaded[] = [];
      for (const { url } of feeds)
        for (const entry of (await this.#json<Feed>(url)).feed.entry) {
          const text = await this.#vouchedFor(entry, downloader);
          documents.push({ document: JSON.parse(text.content), fingerprint: text.fingerprint });
        }
      return documents;
    } finally {
      await downloader.leave();
    }
  }

  async #vouchedFor({ content, link }: Feed['feed']['entry'][number], downloader: Gnupg) {
    const text = await this.fetch(content.src);
    const links = (rel: string) => link.filter((each) => each.rel === rel).map(({ href }) => href);
    const hashes = links('hash');
    for (const href of hashes) {
      const digest = createHash(href.slice(href.lastIndexOf('.') + 1))
        .update(text)
        .digest('hex');
      if (!(await this.fetch(href)).startsWith(`${digest} `)) throw new Error(`${href} is of something else`);
    }
    const [signature] = links('signature');
    if (signature === undefined || hashes.length === 0) throw new Error('nothing vouches for it');
    const { goodBy, exitCode } = await downloader.verifyDetached(text, await this.fetch(signature));
    const [fingerprint] = goodBy;
    if (exitCode !== 0 || fingerprint === undefined) throw new Error(`${signature} is no good signature`);
    return { content: text, fingerprint };
  }
}
