import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTemplates, renderLetter } from '../../src/publication/templates.ts';
import { letter, team } from '../mail/outgoing.ts';
import { sources, templatesWith } from './templates-here.ts';

const text = (source: string, scope: object): string =>
  templatesWith({ 'x.txt.liquid': source }).text('x.txt.liquid', scope);
const html = (source: string, scope: object): string =>
  templatesWith({ 'x.html.liquid': source }).html('x.html.liquid', scope);

describe('a text template', () => {
  it('prints every value on one line unless it says otherwise', () => {
    expect(text('Title: {{ a }}\nEnd\n', { a: 'x\r\n\r\nCredits\n-------\u2028y' })).toBe(
      'Title: x Credits ------- y\nEnd\n',
    );
    expect(text('{{ a | block }}', { a: 'x\r\ny' })).toBe('x\ny\n');
    expect(text('{{ a | quote }}', { a: 'x\n\n> y' })).toBe('> x\n>\n>> y\n');
  });

  it('breaks lines at 72 columns, hangs what it broke, and leaves links whole', () => {
    const long = `${'word '.repeat(20)}https://example.org/${'x'.repeat(90)}`;
    const lines = text('* {{ a | wrap: 70, "  " }}', { a: long }).trimEnd().split('\n');
    expect(lines.map((line) => line.length > 72)).toEqual([false, false, true]);
    expect(lines[2]).toMatch(/^ {2}https:\S+$/);
    expect(lines[1]).toMatch(/^ {2}word/);
  });

  it('leaves code as it is', () => {
    const code = `    ${'x = y; '.repeat(15)}z`;
    expect(text('{{ a | wrap }}', { a: `See:\n${code}` })).toBe(`See:\n${code}\n`);
  });

  it('lets no armor line through, not even a quoted one, and nothing that acts on a terminal', () => {
    const armor = '-----BEGIN PGP SIGNED MESSAGE-----';
    expect(text('{{ a | block }}', { a: `a\n${armor}\n  > ${armor}\n--\u200B---BEGIN PGP MESSAGE-----` })).toBe(
      `a\n- ${armor}\n  > - ${armor}\n- -----BEGIN PGP MESSAGE-----\n`,
    );
    expect(text('{{ a | block }}', { a: 'red \u001B[31m\u0007\u202Eevil\u2066' })).toBe('red [31mevil\n');
  });

  it('never runs what a value says, and fails where it names a value that is not there', () => {
    expect(text('{{ a }}', { a: '{{ team }} {% include "x" %}' })).toBe('{{ team }} {% include "x" %}\n');
    expect(() => text('{{ b }}', {})).toThrow(/undefined variable: b/);
  });

  it('prints any text as lines without white space at their ends, once settled for good', () => {
    const render = (value: string): string => text('{{ a | wrap }}', { a: value });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (value) => {
        const once = render(value);
        expect(once).not.toMatch(/[ \t]\n|\r/);
        expect(once.isWellFormed()).toBe(true);
        expect(render(once)).toBe(once);
      }),
    );
  });
});

describe('an HTML template', () => {
  it('escapes every value', () => {
    expect(html('<a title="{{ a }}">{{ a }}</a>', { a: `"><script>'&` })).toBe(
      '<a title="&quot;&gt;&lt;script&gt;&#39;&amp;">&quot;&gt;&lt;script&gt;&#39;&amp;</a>',
    );
  });

  it('makes paragraphs and code of text, and nothing else', () => {
    expect(html('{{ a | paragraphs }}', { a: 'one\ntwo <b>\n\n\n    code\n      more\n\nend' })).toBe(
      '<p>one<br>\ntwo &lt;b&gt;</p>\n<pre>code\n  more</pre>\n<p>end</p>',
    );
  });

  it('links to the web and to mail only', () => {
    expect(html('{{ a | href }}', { a: 'https://x.example/?a=1&b="' })).toBe('https://x.example/?a=1&amp;b=&quot;');
    for (const a of ['javascript:alert(1)', ' data:text/html,x', 'java\nscript:x', '//x.example', 'HTTPS:x'])
      expect(html('{{ a | href }}', { a })).toBe('#');
  });
});

describe('the templates as a whole', () => {
  it('are refused together, each fault with its file, before any of them is used', () => {
    const read = readTemplates(new Map([...sources, ['a.txt.liquid', '{% if %'], ['b.html.liquid', '{{ x | nope }}']]));
    expect(read.ok ? [] : read.problem).toEqual([
      expect.stringMatching(/^templates\/a\.txt\.liquid: /),
      expect.stringMatching(/^templates\/b\.html\.liquid: .*nope/),
    ]);
  });

  it('give a letter its facts, the mail that it passes on, and the team', () => {
    const source = '{{ subject }} {{ team.name }} {{ case }} {{ who }}\n{{ passed_on | quote }}';
    const of = letter({ facts: { who: 'Ada' }, passesOn: { mail: 'm' as never, text: 'a\nb', attachments: [] } });
    expect(renderLetter(of, team, templatesWith({ 'message.txt.liquid': source }))).toBe(
      'Tenant reads files of the host Example Vulnerability Management Team EXM-2026-0007 Ada\n> a\n> b\n',
    );
  });
});
