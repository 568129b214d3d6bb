import { beforeAll, describe, expect, test } from 'vitest';

import { answerAllowed } from '../../src/core/answer-allowed.ts';
import type { Envelope } from '../../src/core/message.ts';
import { addressOf } from '../edges/keys/people.ts';
import { envelopeOf, head, opened, people } from './incoming.ts';
import type { People } from './incoming.ts';

let all: People;
beforeAll(async () => {
  all = await people();
});

const judged = async (mail: string, envelope: Partial<Envelope> = {}): Promise<readonly [unknown, boolean]> => {
  const message = await opened(mail, all.crypto, { envelope });
  return [message.traffic, answerAllowed(message, envelopeOf(envelope))];
};

const report = (fields: string, type = 'multipart/report; report-type=delivery-status'): string =>
  `From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail Returned to Sender\nContent-Type: ${type}; boundary=r

--r
Content-Type: text/plain

This is the mail system.
--r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

${fields}
--r
Content-Type: message/rfc822

${head}Content-Type: multipart/encrypted; boundary=e

--e--
--r--
`;

const notice = (from: string, subject: string, text: string): string =>
  `From: ${from}\nSubject: ${subject}\n\n${text}\n`;

describe('a bounce', () => {
  test('by RFC 3464 names the recipients that failed, whether for good, and the status', async () => {
    const failed = 'Final-Recipient: rfc822; Dora@Example.NET\nAction: failed\nStatus: 5.1.1\n';
    const late = 'Final-Recipient: rfc822; eve@example.net\nAction: delayed\nStatus: 4.4.7\n';
    expect(await judged(report(`${failed}\n${late}`))).toEqual([
      { kind: 'bounce', bounce: { recipients: ['dora@example.net'], permanent: true, status: '5.1.1' } },
      false,
    ]);
    expect(await judged(report(late))).toMatchObject([
      { bounce: { recipients: ['eve@example.net'], permanent: false, status: '4.4.7' } },
      false,
    ]);
  });

  test('is judged before anything in it is decrypted, and its copy of our mail stays an attachment', async () => {
    const message = await opened(report('Final-Recipient: rfc822;a@b.example\nAction: failed\n'), all.crypto);
    expect(message.parts.at(-1)).toMatchObject({ type: 'message/rfc822', role: 'attachment', layers: [] });
    expect(message.encryptedTo).toEqual([]);
  });

  test('that tells of a success is no bounce, and is not answered', async () => {
    expect(await judged(report('Final-Recipient: rfc822; a@b.example\nAction: relayed\nStatus: 2.0.0\n'))).toEqual([
      { kind: 'auto-reply', why: 'delivery report' },
      false,
    ]);
  });

  test.each([
    [
      'qmail',
      notice(
        'MAILER-DAEMON@mx.example.net',
        'failure notice',
        "Hi. This is the qmail-send program.\nI'm afraid I wasn't able to deliver your message.\n\n<dora@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nTo: other@example.net",
      ),
    ],
    [
      'exim',
      `X-Failed-Recipients: dora@example.net\n${notice('Mail Delivery System <mailer-daemon@mx.example.net>', 'Mail delivery failed', 'could not be delivered')}`,
    ],
    [
      'a postmaster',
      notice(
        'postmaster@mx.example.net',
        'Undeliverable: hello',
        'Your message did not reach the following recipient(s):\n\ndora@example.net on Mon\n    The recipient name is not recognized',
      ),
    ],
  ])('as %s writes it is recognised', async (_name, mail) => {
    expect(await judged(mail)).toMatchObject([
      { kind: 'bounce', bounce: { recipients: ['dora@example.net'], permanent: true } },
      false,
    ]);
  });

  test.each([
    ['German', 'Unzustellbar: hello', 'Ihre Nachricht hat diesen Empfänger nicht erreicht:'],
    ['French', 'Non remis : hello', 'Échec de la remise pour ces destinataires :'],
    ['Portuguese', 'Falha na entrega: hello', 'A entrega falhou para estes destinatários:'],
    ['Polish', 'Nie można dostarczyć: hello', 'Wiadomość nie dotarła do:'],
    ['Finnish', 'Ei voitu toimittaa: hello', 'Viestiä ei voitu toimittaa:'],
    ['Russian', 'Не удается доставить: hello', 'Сообщение не доставлено:'],
    ['Japanese', '配信不能: hello', '次の受信者に配信できませんでした:'],
    ['Chinese', '系统退信', '抱歉，您的邮件被退回来了'],
    ['Korean', '발송 실패 안내', '메일 발송에 실패하였습니다.'],
    ['a language that nobody here knows', 'Xyz: hello', 'Abc def:'],
  ])('a postmaster writes in %s is recognised', async (_name, subject, text) => {
    const mail = notice('postmaster@mx.example.net', subject, `${text}\n\ndora@example.net\n`);
    expect(await judged(mail, { nullSender: true, sender: null })).toMatchObject([
      { kind: 'bounce', bounce: { recipients: ['dora@example.net'] } },
      false,
    ]);
  });

  test.each([
    [
      'a full mailbox',
      'Postmaster <postmaster@mx.example.net>',
      'Undeliverable Mail',
      'User mailbox exceeds allowed size: dora@example.net',
    ],
    [
      'a filter',
      'InterScan MSS <imss@mx.example.net>',
      'Mail could not be delivered',
      'Unable to deliver message to <dora@example.net>.',
    ],
    [
      'a gateway to telephones',
      'Post Master <post_master@mx.example.net>',
      'Undeliverable Message',
      'Error: No valid recipients.\n\nTo: dora@example.net',
    ],
  ])('of %s, by no null sender, is recognised', async (_name, from, subject, text) => {
    const returned = `${from}\nMIME-Version: 1.0`;
    const whole = `From: ${returned}\nSubject: ${subject}\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\n${text}\n--m\nContent-Type: message/rfc822\n\n${head}\nhello\n--m--\n`;
    expect(await judged(whole)).toMatchObject([
      { kind: 'bounce', bounce: { recipients: ['dora@example.net'], permanent: true } },
      false,
    ]);
  });

  test('that only warns of a delay is not for good', async () => {
    const mail = notice(
      'Mailer-Daemon@mx.example.net',
      'Warning: message delayed 24 hours',
      'has not yet been delivered to:\n\n  dora@example.net\n\nDelivery attempts will continue.',
    );
    expect(await judged(mail)).toMatchObject([
      { kind: 'bounce', bounce: { recipients: ['dora@example.net'], permanent: false } },
      false,
    ]);
  });

  test('that a person writes about, or forwards, is a report like any other', async () => {
    const text = 'Your message could not be delivered to <dora@example.net>: the parser fails on 5.1.1.';
    for (const mail of [
      notice('ada@example.org', 'Crash on undeliverable mail', text),
      notice('ada@example.org', 'Fwd: Undelivered Mail Returned to Sender', text),
      `In-Reply-To: <a@example.org>\n${notice('ada@example.org', 'delivery failure', text)}`,
    ]) {
      expect(await judged(mail)).toEqual([{ kind: 'person' }, true]);
    }
  });
});

describe('mail that no person wrote', () => {
  test.each([
    ['Auto-Submitted: auto-replied'],
    ['Auto-Submitted: auto-generated (failure)'],
    ['Precedence: bulk'],
    ['List-Id: <dev.example.org>'],
    ['X-Autoreply: yes'],
    ['X-Autorespond: x'],
    ['X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent'],
    ['X-Vacation: yes'],
    ['List-Archive: <https://lists.example.org/>'],
    ['X-Bugzilla-Type: changed'],
    ['Delivered-To: Autoresponder'],
  ])('%s: is told from a person, and not answered', async (field) => {
    expect(await judged(`${field}\n${head}\nhello\n`)).toMatchObject([{ kind: 'auto-reply' }, false]);
  });

  test('nor is a vacation notice that says so in its subject only, nor a feedback report', async () => {
    expect(await judged(notice('ada@example.org', 'Abwesenheitsnotiz: hello', 'bis Montag'))).toMatchObject([
      { kind: 'auto-reply' },
      false,
    ]);
    expect(await judged(notice('ada@example.org', 'Out of the office: hello', 'until Monday'))).toMatchObject([
      { kind: 'auto-reply' },
      false,
    ]);
    const feedback = report('Feedback-Type: abuse\n', 'multipart/report; report-type=feedback-report');
    expect(await judged(feedback.replace('message/delivery-status', 'message/feedback-report'))).toMatchObject([
      { kind: 'auto-reply' },
      false,
    ]);
  });

  test.each([
    'Abwesend: hello',
    'Ich bin nicht im Büro',
    'Message d’absence',
    'Afwezigheidsmelding',
    'Automatisk svar: hello',
    'Frånvarande: hello',
    'Autoodpowiedź: hello',
    'Otomatik yanıt: hello',
    'Automatikus válasz: hello',
    'Автоматична відповідь: hello',
    'Αυτόματη απάντηση: hello',
    'תשובה אוטומטית: hello',
    'رد تلقائي: hello',
    '自動回覆: hello',
    '不在通知',
    '부재중 자동응답',
    '***AUTO REPLY*** hello',
    'I’m on vacation Re: hello',
  ])('nor is one that is titled %s', async (subject) => {
    expect(await judged(notice('ada@example.org', subject, 'x'))).toMatchObject([{ kind: 'auto-reply' }, false]);
  });

  test.each([
    'Absence of a bounds check in the parser',
    'Vacation program runs any command',
    'Urlaubsplaner: SQL injection',
    'Ooo-impress: overflow',
  ])('but %s is a report', async (subject) => {
    expect(await judged(notice('ada@example.org', subject, 'x'))).toEqual([{ kind: 'person' }, true]);
  });

  test('but Auto-Submitted: no is a person', async () => {
    expect(await judged(`Auto-Submitted: no\n${head}\nhello\n`)).toEqual([{ kind: 'person' }, true]);
  });
});

describe('an answer is not sent', () => {
  test.each([
    ['to a null sender', { envelope: { nullSender: true, sender: null }, mail: `${head}\nhello\n` }],
    ['where an earlier door saw one', { envelope: {}, mail: `Return-Path: <>\n${head}\nhello\n` }],
    ['to nobody', { envelope: {}, mail: 'Subject: x\n\nhello\n' }],
    ['to several', { envelope: {}, mail: 'From: a@example.org, b@example.org\n\nhello\n' }],
    ['to noreply', { envelope: {}, mail: 'From: no-reply@example.org\n\nhello\n' }],
    ['where it is asked for', { envelope: {}, mail: `X-Auto-Response-Suppress: All\n${head}\nhello\n` }],
  ])('%s, and the mail is still a person’s', async (_name, { envelope, mail }) => {
    expect(await judged(mail, envelope)).toMatchObject([{ kind: 'person' }, false]);
  });

  test.each([
    ['from our own address', 'From: security@example.org\n\nhello\n', {}],
    ['from a case address', 'From: Team <security+EXM-2026-0001@example.org>\n\nhello\n', {}],
    ['under our return path', `${head}\nhello\n`, { sender: addressOf('security+b-1234@example.org') }],
  ])('%s: our own mail has come back, as far as that can be told', async (_name, mail, envelope) => {
    expect(await judged(mail, envelope)).toEqual([{ kind: 'loop', doubtful: true }, false]);
    expect(await judged(`X-Loop: security@example.org\n${mail}`, envelope)).toEqual([{ kind: 'loop' }, false]);
  });

  test('a like address of somebody else is not ours', async () => {
    expect(await judged('From: security@example.com\n\nhello\n')).toEqual([{ kind: 'person' }, true]);
    expect(await judged('From: security-team@example.org\n\nhello\n')).toEqual([{ kind: 'person' }, true]);
  });
});
