import { describe, expect, it } from 'vitest';

import { unsaidIn } from '../../../src/core/cases/completeness.ts';
import { incoming, keysOf, lettersIn, ada, ben, reportedBy, rita, Story, team, templates } from '../given.ts';
import { renderLetter } from '../../../src/publication/templates.ts';

const said = (text: string, attachmentNames: readonly string[] = []): readonly string[] =>
  unsaidIn({ subject: 'A problem', text: text.replaceAll(/^/gm, '  '), attachmentNames });

const whole = `Since version 27.0 the parser trusts a length. An attacker who sends a crafted header runs code.
To reproduce: ./poc.py target
No AI was used. Please credit me as Rita of Research Ltd. I have no deadline.`;

describe('the completeness of a report', () => {
  it('is whole where all that is usually asked is said', () => {
    expect(said(whole)).toEqual([]);
  });

  it('lacks everything where nothing is said, in the order in which it is asked', () => {
    expect(said('The parser is broken.')).toEqual([
      'version',
      'reproduction',
      'impact',
      'assistance',
      'credit',
      'deadline',
    ]);
  });

  it.each([
    ['version', 'tested on nova 27.0.1'],
    ['version', 'all versions since last year'],
    ['version', 'as of commit 3f2a91c0'],
    ['version', 'on the master branch'],
    ['reproduction', 'Steps to reproduce are below.'],
    ['reproduction', '1. start it\n2. send a long header'],
    ['reproduction', '$ curl -H "X: $(cat long)" localhost'],
    ['impact', 'This leads to remote code execution.'],
    ['impact', 'It leaks the files of other users.'],
    ['assistance', 'I wrote this with the help of an LLM.'],
    ['assistance', 'Found by hand.'],
    ['credit', 'Please keep me anonymous.'],
    ['deadline', 'We publish after 90 days.'],
    ['deadline', 'I give a talk about it in Berlin on 1 May.'],
    ['deadline', 'I am in no hurry.'],
  ])('sees %s in "%s"', (item, text) => {
    expect(said(text)).not.toContain(item);
  });

  it.each([
    ['version', 'it answers on 127.0.0.1 since 12.03.2026'],
    ['credit', 'the form takes credit card numbers'],
    ['assistance', 'i said that it is broken; ai-ai-ai'],
  ])('is not taken in over %s by "%s"', (item, text) => {
    expect(said(text)).toContain(item);
  });

  it('takes an attachment that is a test case for an answer', () => {
    expect(said('It breaks.', ['poc.py'])).not.toContain('reproduction');
    expect(said('It breaks.', ['letterhead.pdf'])).toContain('reproduction');
  });

  it('is not read off the marks that the program puts between the texts', () => {
    const text = '[embargod: encrypted; attackers, version 1.2.3, AI, credit, deadline]\n  It breaks.';
    expect(unsaidIn({ subject: null, text, attachmentNames: [] })).toHaveLength(6);
  });

  it('is found however long or strange the text is', () => {
    const strange = ['1. a\n', 'version ', '1.', 'disclose ', '$', ' '].map((part) => part.repeat(100_000));
    for (const text of strange) expect(unsaidIn({ subject: null, text, attachmentNames: [] })).toContain('impact');
  });
});

describe('a report that leaves something open', () => {
  const report = incoming(1, rita, { text: '[embargod: encrypted]\n  Version 27.0 breaks.', attachmentNames: [] });
  const textOf = (template: 'acknowledgement' | 'acknowledgement-clear' | 'report', from = report): string => {
    const keys = from.key === null ? { keys: keysOf([ada, ben]) } : {};
    const [letter] = lettersIn(new Story().happens([reportedBy(from)], from, keys), template);
    return letter === undefined ? '' : renderLetter(letter, team, templates);
  };

  it('is answered with friendly questions about just that, and the coordinators see what was asked', () => {
    const answer = textOf('acknowledgement');
    expect(answer).toContain('How can we see the problem for ourselves');
    expect(answer).not.toContain('Which versions are affected');
    expect(answer).toContain('Your report is read either way.');
    expect(textOf('report')).toMatch(/Not said: {4}how to see the problem\n[^]*the reporter was asked/);
  });

  it('that answers everything is thanked for it', () => {
    expect(textOf('acknowledgement', incoming(1, rita, { text: whole }))).toContain('answers what we usually ask');
    expect(textOf('report', incoming(1, rita, { text: whole }))).not.toContain('Not said');
  });

  it('is asked the same as everyone in clear, so that the questions tell nothing of it', () => {
    const plain = { ...rita, key: null };
    const open = textOf('acknowledgement-clear', incoming(1, plain, { text: 'It breaks.', key: null }));
    expect(open).toContain('We ask everyone the same');
    expect(textOf('acknowledgement-clear', incoming(1, plain, { text: whole, key: null }))).toBe(open);
    expect(textOf('report', incoming(1, plain, { text: '  It breaks.', key: null }))).not.toContain('was asked');
  });
});
