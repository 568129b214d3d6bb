/** What is sent about a case, from the report to the end, and where it takes another way. */

import { approvalOf } from '../../src/core/advisories/approval.ts';
import type { Effect, Letter } from '../../src/core/cases/effects.ts';
import type { CaseEvent } from '../../src/core/cases/events.ts';
import { parseCveId } from '../../src/core/identifiers.ts';
import {
  ada,
  address,
  advisory,
  ben,
  contextAt,
  cve,
  dan,
  distros,
  dora,
  eve,
  id,
  incoming,
  key,
  keysOf,
  lettersIn,
  mail,
  messageOf,
  policy,
  reportedBy,
  rita,
  sha,
  start,
  Story,
} from '../core/given.ts';
import { report, reported } from '../core/cases/reported-case.ts';
import { approvedByBoth, whole } from './approved-case.ts';
import type { Named } from './every-letter.ts';

const keylessReport = incoming(90, { ...rita, key: null }, { encrypted: false });
const until = start.add({ hours: 246 });
const otherCve = parseCveId('CVE-2026-23456') ?? cve;
/** A team where nobody discloses alone. */
const two = { policy: { ...policy, disclosure: { earlyNeeds: 2, leakNeeds: 2 } } };

/** The first letter of each kind, for each role. */
class Letters {
  readonly byName = new Map<string, Letter>();

  /** `only`: of this template. */
  keep(effects: readonly Effect[], only?: Letter['template']): void {
    for (const effect of effects) {
      if (effect.kind !== 'letter' || (only !== undefined && effect.template !== only)) continue;
      const { template, to } = effect;
      const name = template === 'stage' ? `stage-${this.byName.size}` : `${template}-${to[0]?.role ?? 'nobody'}`;
      if (!this.byName.has(name)) this.byName.set(name, effect);
    }
  }

  put(name: string, letters: readonly Letter[]): void {
    for (const letter of letters) this.byName.set(name, letter);
  }
}

/** A reporter without a key is thanked, and asked for one. */
function withoutKey(letters: Letters): void {
  const story = new Story();
  letters.keep(story.happens([reportedBy(keylessReport)], keylessReport), 'acknowledgement-clear');
  const question = incoming(91, ada, {
    text: '[embargod: encrypted; signed, the signature is good]\n  Which version?',
  });
  letters.keep(story.happens([{ type: 'message-received', message: messageOf(question) }], question), 'need-key');
}

/** An embargo, until distributors have the notice. */
function secret(letters: Letters): Story {
  const story = new Story();
  letters.keep(story.happens([reportedBy(report)], report));
  letters.keep(story.happens([{ type: 'invited', ...eve }], incoming(2, ada)));
  const planned: readonly CaseEvent[] = [
    ...whole,
    { type: 'patch-attached', branch: 'main', mail: mail(5), parts: ['1.2'] },
    { type: 'embargo-set', until, zone: 'Europe/Berlin', reason: null },
  ];
  letters.keep(story.happens(planned, incoming(3, ada)));
  const [, ...known] = story.log.map(({ event }) => event);
  const shown = { type: 'draft-shown', digest: sha(8), reporters: [rita.address] } as const;
  letters.keep(story.happens([shown]));
  const keyless = new Story();
  keyless.happens([reportedBy(keylessReport), ...known], keylessReport);
  letters.keep(keyless.happens([shown]), 'draft-waits');
  letters.keep(story.happens([{ type: 'accepted', address: eve.address }], incoming(4, eve)));
  const said = incoming(5, eve, {
    text: '[embargod: encrypted; signed, the signature is good]\n  The fix looks right to me:\n\n  -  if (n < 4)\n  +  if (n < 8)',
  });
  letters.keep(story.happens([{ type: 'message-received', message: messageOf(said) }], said));
  const members = [dora.address, dan.address];
  letters.keep(story.happens([{ type: 'notified', list: distros, members, skipped: [] }], incoming(6, ada)));
  return story;
}

/** Its moment passes without an approval; then it is public. */
function disclosed(letters: Letters, story: Story): void {
  story.later({ hours: 249 });
  const { digest } = approvalOf(story.case, contextAt(story.now));
  const findings = [
    { kind: 'unapproved', have: 1, needed: 2, digest },
    { kind: 'no-key', address: ben.address, why: 'expired on 2026-01-02', inClear: false },
    { kind: 'link', url: 'https://wiki.internal/1', fault: 'internal' },
    { kind: 'no-cve', asked: false },
  ] as const;
  letters.keep(story.happens([{ type: 'rehearsed', asked: 1, moment: until, mails: 7, files: 21, digest, findings }]));
  letters.keep(story.happens([{ type: 'approval-missed' }]));
  letters.keep(story.happens([{ type: 'disclosed', digest, due: until }]));
  letters.keep(story.happens([{ type: 'closed' }], incoming(7, ada)));
}

/** No vulnerability after all; and one that nobody has mended in time. */
function withoutEmbargo(letters: Letters): void {
  const reason = 'The parser runs without privileges.';
  letters.keep(reported().happens([{ type: 'rejected', class: 'hardening', reason }], incoming(2, ada)));
  const lapsed = reported(report, { type: 'titled', title: 'Heap overflow in the parser' }).later({ hours: 24 * 90 });
  letters.keep(lapsed.happens([{ type: 'end-reached' }]));
}

/** `log`: of the secret case that somebody has told. */
function leaked(letters: Letters, log: readonly CaseEvent[]): void {
  const story = new Story();
  story.happens(log, incoming(6, ada));
  letters.keep(story.happens([{ type: 'leaked', url: 'https://forum.example/t/42' }], incoming(8, ada)));
}

/** A key comes that nobody vouches for. */
function offered(letters: Letters): void {
  const event = { type: 'reporter-key-offered', reporter: rita.address, key: key('9'), proven: false } as const;
  letters.keep(reported().happens([event], incoming(9, { ...rita, key: null })), 'key-offered');
}

const request = ({ case: state, now }: Story) =>
  ({
    type: 'disclosure-requested',
    digest: approvalOf(state, contextAt(now)).digest,
    coordinator: ada.address,
  }) as const;

function asked(letters: Letters): void {
  const story = approvedByBoth();
  letters.keep(story.happens([request(story)], incoming(8, ada), two));
}

/** `log`: of a case that has an id; here another CNA is asked for it. */
function numbered(letters: Letters, log: readonly CaseEvent[]): void {
  const [, ...known] = log;
  const story = new Story();
  story.happens([reportedBy(report), ...known.filter(({ type }) => type !== 'cve-assigned')], incoming(6, ada));
  const cna = { kind: 'cna', name: 'Example CNA', address: address('cve@cna.example'), key: key('7') } as const;
  letters.keep(story.happens([{ type: 'cve-asked', of: cna }], incoming(10, ada), { keys: keysOf([ada, ben, cna]) }));
  letters.keep(story.happens([{ type: 'cve-reserved', cve }]));
}

/** What those hear who have the notice. */
function moved(letters: Letters): void {
  const story = reported(report, ...whole, { type: 'embargo-set', until, zone: 'UTC', reason: null });
  story.happens([{ type: 'notified', list: distros, members: [dora.address], skipped: [] }], incoming(6, ada));
  const later = { type: 'embargo-set', until: until.add({ hours: 120 }), zone: 'UTC', reason: null } as const;
  for (const event of [later, { type: 'held', reason: 'x' }, { type: 'resumed' }] as const)
    letters.put(`plan-changed-${event.type}`, lettersIn(story.happens([event], incoming(7, ada)), 'plan-changed'));
}

/** What is otherwise where it is approved already, or the expert may begin at once. */
function otherwise(letters: Letters): void {
  const told = approvedByBoth();
  const leak = told.happens([{ type: 'leaked', url: null }, request(told)], incoming(8, ada), two);
  for (const letter of lettersIn(leak, 'leaked').filter(({ to }) => to[0]?.role !== 'expert'))
    letters.put(`leaked-word-${letter.to[0]?.role ?? 'nobody'}`, [letter]);
  const reserved = approvedByBoth().happens([{ type: 'cve-reserved', cve: otherCve }]);
  letters.put('cve-reserved-voided', lettersIn(reserved, 'cve-reserved'));
  const invited = reported(report, ...whole).happens([{ type: 'invited', ...eve, atOnce: true }], incoming(2, ada));
  letters.put('invitation-at-once', lettersIn(invited, 'invitation'));
  const found = incoming(2, ada, {
    text: '[embargod: encrypted; signed, the signature is good]\n  We found this ourselves.',
  });
  const title = 'Heap overflow in the parser';
  const opened = { type: 'opened', case: id, title, message: { ...messageOf(found), audience: 'team' } } as const;
  const byHand = new Story().happens([opened, { type: 'confirmed', advisory }], found);
  letters.put('report-confirmed', lettersIn(byHand, 'report'));
}

/** Every letter that a small embargo sends, by a name for each. */
export function ofCases(): readonly Named[] {
  const letters = new Letters();
  withoutKey(letters);
  const story = secret(letters);
  const log = story.log.map(({ event }) => event);
  disclosed(letters, story);
  withoutEmbargo(letters);
  leaked(letters, log);
  offered(letters);
  asked(letters);
  numbered(letters, log);
  moved(letters);
  otherwise(letters);
  return [...letters.byName];
}

/** A report that may be known already. */
export function likely(): readonly Named[] {
  const { case: known } = reported();
  const again = incoming(2, rita, { likely: [{ case: known.id, words: ['parser', 'overflow', 'heap'] }] });
  const effects = new Story().happens([reportedBy(again)], again, { cases: [known] });
  return lettersIn(effects, 'report').map((letter) => ['report-likely', letter] as const);
}
