import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

import { renderLetter } from '../../src/publication/templates.ts';
import { incoming, lettersIn, reportedBy, rita, Story, team, templates } from '../core/given.ts';
import { everyLetter } from './every-letter.ts';

const golden = join(import.meta.dirname, 'letters');

describe('the letters of a case', () => {
  beforeAll(() => mkdirSync(golden, { recursive: true }));

  it.each(everyLetter)('%s reads as it was reviewed', async (name, letter) => {
    await expect(renderLetter(letter, team, templates)).toMatchFileSnapshot(join(golden, `${name}.txt`));
  });

  it('are one text for each kind of letter that there is', () => {
    const made = new Set(everyLetter.map(([, letter]) => `${letter.template}.txt.liquid`));
    const shipped = readdirSync(join(import.meta.dirname, '../../templates')).filter((name) =>
      name.endsWith('.txt.liquid'),
    );
    const parts = new Set([
      'advisory.txt.liquid',
      'advance-notice.txt.liquid',
      'letter-foot.txt.liquid',
      'quarantine-items.txt.liquid',
      'embargo-terms.txt.liquid',
      'voided.txt.liquid',
    ]);
    expect(shipped.filter((name) => !parts.has(name)).toSorted()).toEqual([...made].toSorted());
  });

  it('are 72 columns wide, but for links, addresses and what people wrote', () => {
    for (const [, letter] of everyLetter)
      for (const line of renderLetter(letter, team, templates).split('\n'))
        if (!/^[>|]|[^ ]{40}/.test(line)) expect(line.length, line).toBeLessThanOrEqual(72);
  });

  it('have no command in column one, where an answer that quotes them without marks would run it', () => {
    for (const [, letter] of everyLetter) expect(renderLetter(letter, team, templates)).not.toMatch(/^#/m);
  });

  it('show what people wrote without letting it pose as a mark of ours', () => {
    const letter = lettersIn(new Story().happens([reportedBy(incoming(1, rita))], incoming(1, rita)), 'report')[0];
    const text = letter === undefined ? '' : renderLetter(letter, team, templates);
    expect(text.match(/^\[embargod:/gm)).toHaveLength(2);
  });
});
