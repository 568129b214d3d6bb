import { describe, expect, it } from 'vitest';

import { readHeaderSection } from '../../src/mail/header-fields.ts';
import { defaultLimits } from '../../src/mail/limits.ts';
import { spamMarkOf } from '../../src/mail/spam-mark.ts';

const mark = (header: readonly string[], marks: 'above' | 'below' = 'above'): string | null => {
  const bytes = Buffer.from(`${header.join('\r\n')}\r\n\r\nText`);
  const section = readHeaderSection(bytes, 0, bytes.length, defaultLimits);
  if (section === null) throw new Error('the header does not read');
  return spamMarkOf(section.fields, { host: 'mx.example.org', marks });
};

const inner =
  'Received: from mx.example.org (mx.example.org [192.0.2.1]) by mail.example.org with LMTP; Mon, 2 Mar 2026 09:00:01 +0000';
const outer =
  'Received: from evil.example (evil.example [203.0.113.9])\r\n\tby mx.example.org (Postfix) with ESMTPS id 1;\r\n\tMon, 2 Mar 2026 09:00:00 +0000';
const forged =
  'Received: from someone ([198.51.100.1]) by mx.example.org (Postfix) with ESMTP; Mon, 2 Mar 2026 08:00:00 +0000';
const loop =
  'Received: from localhost (localhost [127.0.0.1]) by mx.example.org (Postfix) with ESMTP; Mon, 2 Mar 2026 09:00:00 +0000';
const amavis =
  'Received: from mx.example.org ([127.0.0.1]) by localhost (mx.example.org [127.0.0.1]) (amavisd-new, port 10024)';
const flag = 'X-Spam-Flag: YES';
const from = 'From: rita@research.example';

describe('a mark of the trusted host', () => {
  it.each([
    'X-Spam-Flag: YES',
    'X-Spam-Status: Yes, score=12.3 required=5.0 tests=BAYES_99',
    'X-Spam: Yes',
    'X-Spamd-Result: default: True [17.0 / 15.0]',
    'X-Rspamd-Action: add header',
    'X-Gm-Spam: 1',
    'X-Ms-Exchange-Organization-Scl: 9',
    'X-Forefront-Antispam-Report: CIP:203.0.113.9;SFV:SPM;',
  ])('is read: %s', (line) => {
    expect(mark([inner, line, outer, from])).toBe(line.slice(0, 80));
  });

  it.each([
    'X-Spam-Flag: NO',
    'X-Spam-Status: No, score=-1.0',
    'X-Spam: No',
    'X-Rspamd-Action: no action',
    'X-Gm-Spam: 0',
  ])('that it is none proves nothing: %s', (line) => {
    expect(mark([inner, line, outer, from])).toBeNull();
  });

  it('may stand on the very top, or between lines in which the host handed the mail to its own filter', () => {
    expect(mark([flag, outer, from])).toBe(flag);
    expect(mark([loop, flag, amavis, outer, from])).toBe(flag);
  });
});

describe('a mark that somebody else may have written', () => {
  it('does nothing below the line in which the host took the mail', () => {
    expect(mark([inner, outer, flag, from])).toBeNull();
    expect(mark([outer, from, flag])).toBeNull();
  });

  it('does nothing above a Received line in which the host is only claimed, further down', () => {
    expect(mark([inner, outer, flag, forged, from])).toBeNull();
    expect(mark([loop, amavis, outer, flag, loop, from])).toBeNull();
  });

  it('does nothing where the host is named by the other side, or in words for people', () => {
    const greeted = 'Received: from mx.example.org ([203.0.113.9]) by other.example (by mx.example.org) with SMTP';
    expect(mark([flag, greeted, from])).toBeNull();
    expect(mark([flag, from])).toBeNull();
  });

  it('counts right under that line where the operator says that a milter writes there, and no further', () => {
    expect(mark([outer, flag, from], 'below')).toBe(flag);
    expect(mark([outer, forged, flag, from], 'below')).toBeNull();
  });
});
