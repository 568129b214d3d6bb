/** Tells a well-formed CVSS vector from one that is not: version 3.1 or 4.0, every metric known, once, with a value that it has. */

import { failed, ok, type Result } from '../result.ts';

type Metrics = ReadonlyMap<string, readonly string[]>;
interface Grammar {
  readonly mandatory: Metrics;
  readonly optional: Metrics;
  /** 4.0 has one order of its metrics (§7); 3.1 has any (§6). */
  readonly ordered: boolean;
}

/** `AV:NALP` is a metric and the letters that it can have. */
const metrics = (text: string): Metrics =>
  new Map(
    text.split(' ').map((entry): readonly [string, readonly string[]] => {
      const [name = '', values = ''] = entry.split(':');
      return [name, values.includes(',') ? values.split(',') : [...values]];
    }),
  );

const grammars: ReadonlyMap<string, Grammar> = new Map([
  [
    '3.1',
    {
      mandatory: metrics('AV:NALP AC:LH PR:NLH UI:NR S:UC C:HLN I:HLN A:HLN'),
      optional: metrics(
        'E:XHFPU RL:XUWTO RC:XCRU CR:XHML IR:XHML AR:XHML MAV:XNALP MAC:XLH MPR:XNLH MUI:XNR MS:XUC MC:XNLH MI:XNLH MA:XNLH',
      ),
      ordered: false,
    },
  ],
  [
    '4.0',
    {
      mandatory: metrics('AV:NALP AC:LH AT:NP PR:NLH UI:NPA VC:HLN VI:HLN VA:HLN SC:HLN SI:HLN SA:HLN'),
      optional: metrics(
        'E:XAPU CR:XHML IR:XHML AR:XHML MAV:XNALP MAC:XLH MAT:XNP MPR:XNLH MUI:XNPA MVC:XHLN MVI:XHLN MVA:XHLN MSC:XHLN MSI:XSHLN MSA:XSHLN S:XNP AU:XNY R:XAUI V:XDC RE:XLMH U:X,Clear,Green,Amber,Red',
      ),
      ordered: true,
    },
  ],
]);

/** The vector as it was written, or why it is none: a clause that follows `it is not a CVSS vector:`. */
export function parseCvss(text: string): Result<string, string> {
  const [head = '', ...parts] = text.split('/');
  const grammar = head.startsWith('CVSS:') ? grammars.get(head.slice('CVSS:'.length)) : undefined;
  if (grammar === undefined) return failed('it begins with CVSS:3.1/ or CVSS:4.0/');
  const order = [...grammar.mandatory.keys(), ...grammar.optional.keys()];
  const said = new Set<string>();
  let last = -1;
  for (const part of parts) {
    const [name = '', value = '', more] = part.split(':');
    const values = grammar.mandatory.get(name) ?? grammar.optional.get(name);
    if (values === undefined || more !== undefined) return failed(`there is no metric "${part.slice(0, 20)}"`);
    if (!values.includes(value)) return failed(`${name} is one of ${values.join(', ')}`);
    if (said.has(name)) return failed(`${name} stands twice`);
    if (grammar.ordered && order.indexOf(name) < last) return failed(`${name} stands too late; the order is fixed`);
    said.add(name);
    last = order.indexOf(name);
  }
  const absent = [...grammar.mandatory.keys()].filter((name) => !said.has(name));
  return absent.length === 0 ? ok(text) : failed(`it lacks ${absent.join(', ')}`);
}
