import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/core/identifiers.ts';
import { imapEnvelope } from '../../src/edges/imap-recipient.ts';

const team = parseAddress('security@example.org')!;
const read = (head: string) =>
  imapEnvelope(
    Buffer.from(`${head}\r\n\r\nTo: security+body@example.org\r\n`),
    (a) => /^security.*@example\.org$/.test(a),
    team,
  );

describe('the recipient of a fetched mail', () => {
  it.each([
    [
      'what the delivering server wrote',
      'To: security@example.org\r\nDelivered-To: security+a@example.org',
      'security+a@example.org',
    ],
    [
      'the first field that names one of ours',
      'Delivered-To: imapuser@mx.example.org\r\nX-Original-To: security+b@example.org',
      'security+b@example.org',
    ],
    [
      'of several the one of more detail',
      'To: "Team, the" <Security@Example.org>,\r\n\t<security+c@example.org>, x@far.example',
      'security+c@example.org',
    ],
    ['one that was only copied', 'To: other@far.example\r\nCc: security+d@example.org', 'security+d@example.org'],
    ['the team where none of ours is named', 'To: undisclosed-recipients:;', 'security@example.org'],
    ['never what the body says', 'Subject: x', 'security@example.org'],
  ])('is %s', (_name, head, recipient) => expect(read(head).recipient).toBe(recipient));

  it('takes the sender from Return-Path, and knows the null sender', () => {
    expect(read('Return-Path: <a@far.example>')).toMatchObject({ sender: 'a@far.example', nullSender: false });
    expect(read('Return-Path: <>')).toMatchObject({ sender: null, nullSender: true });
    expect(read('From: a@far.example')).toMatchObject({ sender: null, nullSender: false });
  });

  it('is found in a header section that is broken or without end', () => {
    for (const head of ['', ':', '\r\n\r\n', 'To', 'To:', 'a:b\r'.repeat(100_000), 'a:\n'.repeat(100_000)])
      expect(read(head).recipient).toBe('security@example.org');
  });
});
