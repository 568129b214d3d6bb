/** Can machines read a file of the site as what its name says that it is? */

import { SaxesParser } from 'saxes';

const faults: { readonly [ending: string]: (text: string) => void } = {
  json: (text) => void JSON.parse(text),
  xml: (text) => {
    const parser = new SaxesParser({ xmlns: true });
    parser.on('error', (error) => {
      throw error;
    });
    parser.write(text).close();
  },
};

/** What is wrong with it; null for a file that is well-formed, or of which nothing is asked. */
export function wellFormed(path: string, content: string | Uint8Array): string | null {
  const check = faults[/\.([a-z]+)$/.exec(path)?.[1] ?? ''];
  try {
    check?.(typeof content === 'string' ? content : Buffer.from(content).toString('utf8'));
    return null;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'it cannot be read';
  }
}
