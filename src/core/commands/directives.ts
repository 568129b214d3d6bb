/** The lines that say how a mail is to be read, and do nothing to a case. */

export interface Directive {
  readonly usage: string;
  readonly summary: string;
  readonly example: string;
}

export const directives: ReadonlyMap<string, Directive> = new Map([
  [
    'case',
    {
      usage: '#case CASE',
      summary:
        'Names the case that the commands are for, in the first lines; not needed where the protected Subject has its tag.',
      example: '#case EXM-2026-0007',
    },
  ],
  [
    'list',
    {
      usage: '#list LIST@ADDRESS',
      summary:
        'Names the stakeholder list that the commands are for, in the first lines; not needed where the mail is encrypted with a protected To that has LIST-request@.',
      example: '#list distros@example.org',
    },
  ],
  [
    'dry',
    {
      usage: '#dry',
      summary: 'Says what the commands of this mail would do, and changes nothing. Stands above all other text.',
      example: '#dry',
    },
  ],
  ['stop', { usage: '#stop', summary: 'Ends the commands: all below it is text.', example: '#stop' }],
  ['end', { usage: '#end', summary: 'Ends the text of a command that takes one.', example: '#end' }],
]);
