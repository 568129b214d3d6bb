/** Fills templates from values, so that no value can become structure: not a line of its own, not markup, not a link that runs. */

import { Liquid, type LiquidOptions } from 'liquidjs';

import type { Letter } from '../core/cases/effects.ts';
import { plainLine, plainText } from '../core/plain-text.ts';
import type { Team } from '../core/policy.ts';
import { failed, ok, type Result } from '../core/result.ts';
import { isCode, quote, settle, underline, wrap } from './text-layout.ts';

/**
 * Template sources by path below `templates/`, with forward slashes: `advisory.txt.liquid`, `site/index.html.liquid`.
 * Reading them is an edge: `loadTemplates(folders: readonly string[]): Promise<TemplateSources>`, where a file of a
 * later folder (the operator's) takes the place of the one of the same path in an earlier folder (ours).
 */
export type TemplateSources = ReadonlyMap<string, string>;

export interface Templates {
  /**
   * Fills a text template. `{{ value }}` is always one line; `| wrap`, `| wrap: width, hang`, `| quote` and `| block`
   * print values of several lines, `| underline: "="` makes a heading. Throws where the template names an unknown
   * value: that is a bug in the template, and better found than sent.
   */
  text(name: string, scope: object): string;
  /** Fills an HTML, XML or MJML template: every value is escaped; `| paragraphs` and `| href` are the two ways to markup. */
  html(name: string, scope: object): string;
  /** The source as it stands, for files that are no template (style sheets). */
  source(name: string): string;
}

const asText = (value: unknown): string =>
  value === null || value === undefined
    ? ''
    : Array.isArray(value)
      ? value.map(asText).join(', ')
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => plainText(text).replaceAll(/[&<>"']/g, (mark) => marks[mark] ?? '');

/** Blank lines part paragraphs; one whose every line is indented is code. */
function paragraphs(text: string): string {
  return plainText(text)
    .split(/\n(?:[ \t]*\n)+/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => paragraph.replaceAll(/^\n+|\s+$/g, ''))
    .map((paragraph) =>
      paragraph.split('\n').every(isCode)
        ? `<pre>${escapeHtml(paragraph.replaceAll(/^( {4}|\t)/gm, ''))}</pre>`
        : `<p>${escapeHtml(paragraph.trim()).replaceAll('\n', '<br>\n')}</p>`,
    )
    .join('\n');
}

/** A web or mail address fit for an attribute; anything else (`javascript:`, `data:`) leads nowhere. */
function href(text: string): string {
  return /^(https?:\/\/|mailto:)/i.test(text.trim()) ? escapeHtml(plainLine(text)) : '#';
}

const strict: LiquidOptions = {
  strictVariables: true,
  strictFilters: true,
  // A template may ask `{% if value %}` of a value that not every letter has.
  lenientIf: true,
  ownPropertyOnly: true,
  cache: true,
};

function textEngine(sources: TemplateSources): Liquid {
  const engine = new Liquid({
    ...strict,
    templates: Object.fromEntries(sources),
    outputEscape: (value: unknown) => plainLine(asText(value)),
  });
  const multiline = (name: string, handler: (text: string, ...rest: readonly unknown[]) => string): void =>
    engine.registerFilter(name, {
      raw: true,
      handler: (value: unknown, ...rest: readonly unknown[]) => handler(asText(value), ...rest),
    });
  multiline('wrap', (text, width, hang) =>
    wrap(text, typeof width === 'number' ? width : undefined, typeof hang === 'string' ? hang : undefined),
  );
  multiline('quote', quote);
  multiline('block', plainText);
  multiline('underline', (text, mark) => underline(text, asText(mark)));
  return engine;
}

function htmlEngine(sources: TemplateSources): Liquid {
  const engine = new Liquid({
    ...strict,
    templates: Object.fromEntries(sources),
    outputEscape: (value: unknown) => escapeHtml(asText(value)),
  });
  engine.registerFilter('paragraphs', { raw: true, handler: (value: unknown) => paragraphs(asText(value)) });
  engine.registerFilter('href', { raw: true, handler: (value: unknown) => href(asText(value)) });
  return engine;
}

function faults(engine: Liquid, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    try {
      engine.parseFileSync(name);
      return [];
    } catch (error) {
      return [`templates/${name}: ${error instanceof Error ? error.message : String(error)}`];
    }
  });
}

/** All templates, parsed; or what is wrong with them, one line each, all at once: found at start, not on disclosure day. */
export function readTemplates(sources: TemplateSources): Result<Templates, readonly string[]> {
  const text = textEngine(sources);
  const html = htmlEngine(sources);
  const names = [...sources.keys()];
  const isText = (name: string): boolean => name.endsWith('.txt.liquid');
  const isMarkup = (name: string): boolean => /\.(html\.liquid|xml\.liquid|mjml)$/.test(name);
  const problems = [...faults(text, names.filter(isText)), ...faults(html, names.filter(isMarkup))];
  if (problems.length > 0) return failed(problems);
  const source = (name: string): string => {
    const found = sources.get(name);
    if (found === undefined) throw new Error(`no template ${name}`);
    return found;
  };
  return ok({
    text: (name, scope) => (source(name), settle(String(text.renderFileSync(name, scope)))),
    html: (name, scope) => (source(name), String(html.renderFileSync(name, scope))),
    source,
  });
}

/**
 * The text of a letter, from `templates/NAME.txt.liquid`. Besides the letter's facts, which go first, a template sees
 * `case` (id or null), `subject`, `audience`, `passed_on` (what may be quoted of the mail passed on, or null) and
 * `team` (`name`, `address`, `siteUrl`, `timezone`).
 */
export function renderLetter(letter: Letter, team: Team, templates: Templates): string {
  return templates.text(`${letter.template}.txt.liquid`, {
    case: letter.case,
    subject: letter.subject,
    audience: letter.audience,
    passed_on: letter.passesOn?.text ?? null,
    team,
    ...letter.facts,
  });
}
