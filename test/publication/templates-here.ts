/** The templates that come with the program, and their variations, for tests of what they print. */

import { join } from 'node:path';
import { loadTemplates } from '../../src/edges/template-files.ts';
import { readTemplates, type Templates, type TemplateSources } from '../../src/publication/templates.ts';

const folder = join(import.meta.dirname, '../../templates');

export const sources: TemplateSources = await loadTemplates([folder]);

/** Ours, with some replaced. */
export function templatesWith(changes: Readonly<Record<string, string>> = {}): Templates {
  const read = readTemplates(new Map([...sources, ...Object.entries(changes)]));
  if (!read.ok) throw new Error(read.problem.join('\n'));
  return read.value;
}

export const templates: Templates = templatesWith();
