import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { approvalOf } from '../../../src/core/advisories/approval.ts';
import { isOpen, mayGoOut } from '../../../src/core/cases/confidentiality.ts';
import { decideDue, nextDeadlines } from '../../../src/core/cases/deadlines.ts';
import { clearTemplates, type Effect, type Letter } from '../../../src/core/cases/effects.ts';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import type { CaseState } from '../../../src/core/cases/state.ts';
import type { Fingerprint } from '../../../src/core/identifiers.ts';
import type { Roster } from '../../../src/core/roster/people.ts';
import { renderLetter } from '../../../src/publication/templates.ts';
import {
  ada,
  advisory,
  ben,
  contextAt,
  dora,
  incoming,
  keysOf,
  mail,
  messageOf,
  reportedBy,
  rita,
  roster,
  Story,
  team,
  templates,
} from '../given.ts';
import { assigner, everyKey, marker, people, secret, step, type Step } from './happenings.ts';
import { reported } from './reported-case.ts';

/** A world in which the case goes on: which keys have expired, who is still there, and what has gone out. */
class World {
  readonly story = new Story();
  readonly sent = new Map<string, Effect>();
  expired: readonly Fingerprint[] = [];
  roster: Roster = roster;
  number = 1;
  disclosures = 0;

  constructor(keyed: boolean) {
    const report = incoming(1, keyed ? rita : { ...rita, key: null }, { subject: secret, text: secret });
    this.record([reportedBy(report)], report);
  }

  get over(): { readonly keys: ReturnType<typeof keysOf>; readonly roster: Roster } {
    return { keys: keysOf(everyKey, this.expired), roster: this.roster };
  }

  record(events: readonly CaseEvent[], from: ReturnType<typeof incoming> | null): void {
    const before = this.story.state;
    this.disclosures += events.filter((event) => event.type === 'disclosed').length;
    const effects = this.story.happens(events, from, this.over);
    for (const effect of effects) this.check(effect, before);
    for (const effect of effects) this.sent.set(effect.key, effect);
  }

  check(effect: Effect, before: CaseState | null): void {
    const state = this.story.case;
    expect(mayGoOut(effect, state)).toBe(true);
    const text = effect.kind === 'letter' ? renderLetter(effect, team, templates) : '';
    if (effect.kind === 'letter') this.checkLetter(effect, text, state);
    // The record that stands beside an advisory goes on with its case.
    else if (effect.kind === 'publication') expect(state.disclosed).not.toBeNull();
    else expect([before?.disclosed, state.disclosed]).toEqual([null, expect.anything()]);
  }

  checkLetter(letter: Letter, text: string, state: CaseState): void {
    const whole = `${letter.subject} ${text} ${letter.passesOn?.text ?? ''}`;
    if (letter.protection === 'sealed')
      for (const { key: to } of letter.to) expect(to !== null && !this.expired.includes(to)).toBe(true);
    else if (!isOpen(state)) expect(whole).not.toContain(marker);
    if (clearTemplates.has(letter.template)) expect(whole).not.toContain(marker);
    if (letter.audience === 'team') expect(letter.protection === 'sealed' || !whole.includes(marker)).toBe(true);
    for (const { address: to, key: with_ } of letter.to) {
      if (!whole.includes(marker)) continue;
      expect(this.entitled(to, letter, state)).toBe(true);
      if (!isOpen(state)) expect(everyKey.some((each) => each.address === to && each.key === with_)).toBe(true);
    }
    this.checkNames(letter, text);
  }

  /** Told anew here, in the plainest way, and not by the code under test. */
  entitled(to: string, letter: Letter, state: CaseState): boolean {
    const coordinator = this.roster.coordinators.some((each) => each.address === to);
    if (!coordinator && state.removed.some((each) => each === to)) return false;
    const expert = state.experts.some((each) => each.address === to && each.accepted);
    const noticed = state.notices.some((notice) => notice.members.some((each) => each === to));
    if (letter.template === 'cve-request') return to === assigner.address && state.cveAsked !== null;
    if (letter.audience === 'team') return coordinator;
    if (letter.audience === 'case') return coordinator || expert || state.reporter?.address === to;
    return coordinator || expert || state.reporter?.address === to || noticed;
  }

  /** Only coordinators read who else there is. */
  checkNames(letter: Letter, text: string): void {
    if (letter.to.some((each) => each.role === 'coordinator')) return;
    const own = new Set(letter.to.map((each) => each.address));
    const others = people.filter((each) => !own.has(each.address));
    for (const { address: other } of others) expect(text).not.toContain(other);
  }

  take(next: Step): void {
    const { story } = this;
    switch (next.does) {
      case 'say':
        return this.say(next);
      case 'command':
        return this.record([next.event], incoming((this.number += 1), ada, { subject: secret, text: secret }));
      case 'approve': {
        const { digest } = this.approval;
        const approved = [ada, ben].map((each) => ({ type: 'approved', digest, coordinator: each.address }) as const);
        return this.record(approved, null);
      }
      case 'tick':
        return this.tick();
      case 'disclose': {
        const { complete, digest } = this.approval;
        if (complete && story.case.disclosed === null) this.record([{ type: 'disclosed', digest, due: null }], null);
        return;
      }
      case 'undo':
        return this.record([{ type: 'undone', sequences: [story.case.sequence], verb: 'x' }], null);
      case 'expire':
        this.expired = next.keys;
        return;
      case 'leave':
        this.roster = { ...roster, coordinators: roster.coordinators.filter((_, index) => index !== next.who) };
        return;
      case 'wait': {
        const until = story.later({ hours: next.hours }).now.add({ hours: 50 });
        return this.record([{ type: 'embargo-set', until, zone: 'UTC', reason: secret }], null);
      }
    }
  }

  get approval(): ReturnType<typeof approvalOf> {
    return approvalOf(this.story.case, contextAt(this.story.now, this.over));
  }

  say({ who, proven, audience, refused }: Extract<Step, { readonly does: 'say' }>): void {
    const person = people[who] ?? ada;
    const said = incoming((this.number += 1), proven ? person : { ...person, key: null }, {
      subject: secret,
      text: secret,
      refused,
    });
    this.record([{ type: 'message-received', message: messageOf(said, audience) }], said);
  }

  tick(): void {
    const { story } = this;
    const context = contextAt(story.now, this.over);
    const [deadline] = nextDeadlines(story.case, context);
    const events = deadline === undefined ? [] : decideDue(deadline, story.case, context);
    if (events.some((event) => event.type === 'disclosed')) this.checkDisclosure(context);
    this.record(events, null);
  }

  checkDisclosure(context: ReturnType<typeof contextAt>): void {
    const state = this.story.case;
    expect(approvalOf(state, context).complete).toBe(true);
    expect(state.embargo !== null && Temporal.Instant.compare(state.embargo.until, context.now) <= 0).toBe(true);
    expect(state.held).toBeNull();
    expect(state.disclosed).toBeNull();
  }
}

describe('whatever happens to a case', () => {
  it('nothing secret goes out in clear, or to anyone who may not read it, and nobody but coordinators reads a name', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(step, { minLength: 10, maxLength: 30 }), (keyed, steps) => {
        const world = new World(keyed);
        for (const next of steps) world.take(next);
        expect(world.disclosures).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});

describe('what may go out', () => {
  const sealed: Letter = {
    kind: 'letter',
    key: 'k',
    template: 'report',
    case: null,
    to: [{ address: ada.address, name: null, key: ada.key, role: 'coordinator' }],
    protection: 'sealed',
    subject: 's',
    facts: {},
    passesOn: null,
    attachments: [],
    inReplyTo: null,
    audience: 'team',
  };
  it('is no sealed letter with a reader who has no key', () => {
    expect(mayGoOut(sealed, null)).toBe(true);
    expect(mayGoOut({ ...sealed, to: [...sealed.to, { ...dora, key: null, role: 'stakeholder' }] }, null)).toBe(false);
  });

  it('is no letter in clear that holds or passes on anything of a secret case', () => {
    const clear: Letter = {
      ...sealed,
      protection: 'signed',
      audience: 'case',
      to: [{ ...rita, key: null, role: 'reporter' }],
    };
    expect(mayGoOut({ ...clear, template: 'stage' }, null)).toBe(false);
    expect(mayGoOut({ ...clear, template: 'need-key' }, null)).toBe(true);
    expect(mayGoOut({ ...clear, template: 'need-key', attachments: [{ mail: mail(1), part: '1' }] }, null)).toBe(false);
    expect(
      mayGoOut({ ...clear, template: 'need-key', passesOn: { mail: mail(1), text: '', attachments: [] } }, null),
    ).toBe(false);
  });

  it('is no announcement before the disclosure', () => {
    const story = reported();
    const list = roster.lists.find((each) => each.kind === 'announcement')!;
    const announcement: Effect = {
      kind: 'announcement',
      key: 'k',
      case: story.case.id,
      list,
      advisory: {
        id: advisory,
        case: story.case.id,
        title: '',
        cve: null,
        affected: [],
        fixed: [],
        description: '',
        patches: [],
        references: [],
        credits: [],
        disclosure: null,
      },
      publishedAt: story.now,
    };
    expect(mayGoOut(announcement, story.case)).toBe(false);
  });
});
