/** What a report leaves unsaid, by rules that never judge it: what is missed here is asked for, and nobody is turned away. */

import { type Incoming, withoutMarks } from './incoming.ts';

export type Unsaid = 'version' | 'reproduction' | 'impact' | 'assistance' | 'credit' | 'deadline';

/** More of a report than this is not looked at, in characters: what matters is said before. */
const looked = 100_000;

interface Rule {
  /** Any of these in the text, and it is said. Each is linear in the length of the text. */
  readonly words: readonly RegExp[];
  /** Or any attachment of such a name. */
  readonly files?: RegExp;
}

/** In the order in which they are asked. That something is unknown, or not wished for, is an answer too. */
const rules: { readonly [item in Unsaid]: Rule } = {
  version: {
    words: [
      /\b(versions?|releases?|series|tags?|v\.?)\s{0,3}[^\n\d]{0,40}\d/i,
      // 27.0.1, and neither an IP address nor a date.
      /(?<![\w.])v?\d{1,5}\.\d{1,5}\.(?!(19|20)\d\d\b)\d{1,6}(?!\.?\d)/i,
      /\b(commit|revision|sha)\b[^\n]{0,20}\b[0-9a-f]{7,40}\b/i,
      /\b(all|every|latest|newest|older|current|any) (\w{1,20} )?(versions?|releases?)\b/i,
      /\b(main|master|trunk|development|stable) branch\b|\bbranch (main|master|stable)\b|\bHEAD\b/i,
    ],
  },
  reproduction: {
    words: [
      /\brepro(duc\w{0,12})?\b|\bproof[ -]of[ -]concept\b|\bpoc\b|\btest ?case\b/i,
      /\btrigger(s|ed|ing)?\b|\b(run|send|open|call|execute)(ing)? (this|these|the following|the attached)\b/i,
      /^[ \t]{0,40}(\$|curl|wget) /m,
      /^[ \t]{0,40}1[.)] [^\n]{1,400}\n(?:[^\n]{0,400}\n){0,8}[ \t]{0,40}2[.)] /m,
    ],
    files: /poc|proof|exploit|repro|crash|test|trigger|demo|\.(sh|py|pl|rb|js|c|cc|cpp|go|rs|java|php|pcap|http|bin)$/i,
  },
  impact: {
    words: [
      /\b(attackers?|adversary|impact|consequences?|severity|CVSS)\b/i,
      /\b(code|command) execution\b|\bRCE\b|\bden(y|ial)[ -]of[ -]service\b|\bDoS\b|\bprivileges?\b|\bescalat\w{1,6}\b/i,
      /\b(bypass|leak|expos|forg|spoof|imperson|hijack|exfiltrat|steal|crash|tak(e|ing) over)\w{0,8}\b/i,
      /\b(arbitrary|unauthori[sz]ed|someone else's|other (users?|tenants?|people)('s|s')?)\b/i,
    ],
  },
  assistance: {
    words: [
      /\bA\.?I\.?\b|\b(artificial intelligence|machine learning|chat ?bots?)\b/,
      /\bLLMs?\b|\b(language|generative) models?\b|\b(chat)?gpt\b|\b(machine|auto)[ -]?generated\b/i,
      /\b(found|written|discovered|reviewed|checked) (it )?(by hand|manually|by a person)\b/i,
    ],
  },
  credit: {
    words: [
      /\bcredit(?! cards?\b)(s|ed)?\b|\backnowledge\w{0,6}\b|\battribut\w{1,6}\b|\banonym\w{1,6}\b|\bpseudonym\b/i,
    ],
  },
  deadline: {
    words: [
      /\bdeadline\b|\bembargo\b|\b(no|any) (hurry|rush|date)\b|\b\d{1,3}[ -]days?\b/i,
      /\b(disclos|publish|publication|present|go(ing)? public)\w{0,8} [^\n.]{0,60}(\d{4}|\d{1,2}(st|nd|rd|th)?\b|policy|timeline|date)/i,
      /\b(conference|talk|paper) [^\n.]{0,40}\b(on|in|at)\b/i,
    ],
  },
};

/** What the readable text of a report, its Subject and the names of its attachments do not say, in the order to ask in. */
export function unsaidIn({
  subject,
  text,
  attachmentNames,
}: Pick<Incoming, 'subject' | 'text' | 'attachmentNames'>): readonly Unsaid[] {
  const said = `${subject ?? ''}\n${withoutMarks(text.slice(0, looked))}`;
  const items: readonly Unsaid[] = ['version', 'reproduction', 'impact', 'assistance', 'credit', 'deadline'];
  return items.filter((item) => {
    const { words, files } = rules[item];
    return !words.some((word) => word.test(said)) && !attachmentNames.some((name) => files?.test(name) === true);
  });
}
