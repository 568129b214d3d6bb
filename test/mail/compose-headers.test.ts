import { describe, expect, it } from 'vitest';
import { bare } from '../../src/core/cases/addressing.ts';
import type { Letter } from '../../src/core/cases/effects.ts';
import { tagsIn } from '../../src/core/cases/signed-for.ts';
import { isForTeam } from '../../src/core/cases/team-mark.ts';
import { parseMessageId } from '../../src/core/identifiers.ts';
import { announcementHeaders, letterHeaders, messageIdOf, threadRoot } from '../../src/mail/compose-headers.ts';
import { sealedMail, signedMail } from '../../src/mail/compose-mail.ts';
import { shareArmor } from '../../src/mail/armor.ts';
import { letterPayload } from '../../src/mail/compose-payload.ts';
import { ada, announcement, at, fieldNames, fieldOf, id, letter, sender, team } from './outgoing.ts';

const empty = new Uint8Array(30);
const head = (of = letter()): Uint8Array =>
  of.protection === 'sealed'
    ? sealedMail(letterHeaders(of, sender, at), shareArmor(empty)).copyFor(ada, empty).head
    : signedMail(letterHeaders(of, sender, at), empty, '').copyFor(ada).head;
const payload = (of = letter()): Promise<Uint8Array> =>
  letterPayload(letterHeaders(of, sender, at), of, { text: 'Hello\n', attachments: [] }, sender);
const reporters = parseMessageId('report-1@mail.secretive.example')!;

describe('the header of a sealed letter', () => {
  it('shows the case in the clear and the Subject only inside', async () => {
    expect(fieldOf(head(), 'Subject')).toBe('[EXM-2026-0007]');
    expect(fieldOf(await payload(), 'Subject')).toBe('[EXM-2026-0007] Tenant reads files of the host');
    expect(Buffer.from(head()).toString()).not.toContain('Tenant');
  });

  it('says inside what was shown outside, and names no single reader there', async () => {
    const inside = Buffer.from(await payload()).toString();
    expect(inside).toContain('HP-Outer: Subject: [EXM-2026-0007]\r\n');
    expect(inside).toContain('HP-Outer: Date: Tue, 20 Oct 2026 09:30:00 +0000\r\n');
    expect(inside).not.toMatch(/^(HP-Outer: )?To:/m);
    expect(fieldOf(await payload(), 'Content-Type')).toMatch(/protected-headers=v1; hp=cipher$/);
  });

  it('does not betray whose mail it passes on', async () => {
    const passed = letter({ template: 'report', inReplyTo: reporters });
    expect(Buffer.from(head(passed)).toString()).not.toContain('secretive');
    expect(fieldOf(await payload(passed), 'In-Reply-To')).toBe('<report-1@mail.secretive.example>');
  });

  it('threads an answer under the mail that it answers, and says that a machine answers', () => {
    const answer = head(letter({ template: 'acknowledgement', inReplyTo: reporters }));
    expect(fieldOf(answer, 'In-Reply-To')).toBe('<report-1@mail.secretive.example>');
    expect(fieldOf(answer, 'References')).toBe('<EXM-2026-0007@example.org> <report-1@mail.secretive.example>');
    expect(fieldOf(answer, 'Auto-Submitted')).toBe('auto-replied');
    expect(fieldOf(head(), 'Auto-Submitted')).toBe('auto-generated');
  });

  it('begins with what the receiving list asks for, inside and outside', async () => {
    const notice = letter({ template: 'notice', subjectPrefix: '[vs] ' });
    expect(fieldOf(head(notice), 'Subject')).toBe('[vs] [EXM-2026-0007]');
    expect(fieldOf(await payload(notice), 'Subject')).toMatch(/^\[vs\] \[EXM-2026-0007\] Tenant/);
  });

  it('is known to us by the team address when it comes back, and brings the key', () => {
    expect(fieldOf(head(), 'X-Loop')).toBe('security@example.org');
    expect(fieldOf(head(), 'Autocrypt')).toMatch(
      /^addr=security@example.org; prefer-encrypt=mutual; keydata= xjMEZQ==$/,
    );
  });
});

describe('a Subject', () => {
  const subject = (text: string, more: Partial<Letter> = {}): string | undefined =>
    letterHeaders(letter({ ...more, subject: text }), sender, at).inside.find(({ name }) => name === 'Subject')?.value;

  it('bears the mark of what is said among coordinators once, outside of it nobody sees it, and nobody else’s', () => {
    expect(subject('Re: [EXM-2026-0007] [team] it is worse', { audience: 'team' })).toBe(
      '[EXM-2026-0007] [team] Re: it is worse',
    );
    expect(subject('Re: [Team] it is worse')).toBe('[EXM-2026-0007] Re: it is worse');
    const cna = { ...ada, role: 'assigner' } as const;
    expect(subject('Request for a CVE id', { audience: 'team', to: [cna] })).not.toContain('[team]');
    expect(fieldOf(head(letter({ audience: 'team' })), 'Subject')).toBe('[EXM-2026-0007]');
  });

  it('holds the tag of its case once, and of no other case', () => {
    expect(subject('Re: [EXM-2026-0007] it is worse')).toBe('[EXM-2026-0007] Re: it is worse');
    expect(subject('see [exm-2026-0009]')).toBe('[EXM-2026-0007] see (EXM-2026-0009)');
  });

  it.each([
    '[[EXM-2026-0009]]',
    '[ EXM-2026-0009 ]',
    '[EXM-2026\u200B-0009]',
    '[EXM-2026-[EXM-2026-0007]0009]',
    '[[EXM-2026-[EXM-2026-0007]0009]]',
    '[EXM-2026-[team]0009]',
    '[[team]EXM-2026-0009]',
    '[te[team]am] [te[EXM-2026-0007]am] [te\u200Bam]',
  ])('written by somebody else as %s names no other case, nor the coordinators, to whoever answers it', (text) => {
    for (const of of [id, null]) {
      const made = subject(`Re: ${bare(text)} ${text}`, { case: of }) ?? '';
      expect(tagsIn(made, team)).toEqual(of === null ? [] : [of]);
      expect(isForTeam(made)).toBe(false);
    }
  });

  it('is cut where somebody wrote a book into it', () => {
    expect(subject('x'.repeat(50_000))?.length).toBeLessThan(500);
  });

  it('cannot add a header field', async () => {
    const evil = letter({ subject: 'a\r\nBcc: eve@evil.example\r\n\r\nbody\u2028X: y\0z' });
    const to = { ...ada, name: 'Ada\r\nBcc: eve@evil.example' };
    const mail = signedMail(letterHeaders({ ...evil, protection: 'signed' }, sender, at), empty, '').copyFor(to);
    expect(fieldNames(mail.head)).not.toContain('bcc');
    expect(fieldNames(mail.head)).not.toContain('x');
    expect(fieldNames(await payload(evil))).toEqual(
      ['subject', 'from', 'date', 'message-id', 'references'].concat(
        Array.from({ length: 5 }, () => 'hp-outer'),
        ['content-type', 'content-transfer-encoding'],
      ),
    );
  });
});

describe('Message-IDs', () => {
  it('are the same again for the same effect, and others for others', () => {
    expect(messageIdOf('a', team)).toBe(messageIdOf('a', team));
    expect(messageIdOf('a', team)).not.toBe(messageIdOf('b', team));
    expect(messageIdOf('a', team)).toMatch(/^[0-9a-f]{40}@example\.org$/);
    expect(threadRoot(id, team)).toBe('EXM-2026-0007@example.org');
  });
});

describe('the header of an announcement', () => {
  it('is to one list, without anything of the case or a word of machines', () => {
    const headers = announcementHeaders(announcement, '[EXSA-2026-001] nova: Title', sender, at);
    const { head: bytes } = signedMail(headers, empty, '').copyFor({ address: announcement.list.address, name: null });
    expect(fieldOf(bytes, 'To')).toBe('oss-security@lists.openwall.com');
    expect(fieldOf(bytes, 'Subject')).toBe('[EXSA-2026-001] nova: Title');
    expect(fieldNames(bytes)).not.toContain('auto-submitted');
    expect(Buffer.from(bytes).toString()).not.toContain('EXM-');
  });
});
