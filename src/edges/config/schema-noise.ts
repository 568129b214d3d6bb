/** The part of the configuration file that is about noise: whose spam marks are believed, and how many reports come through. */

import * as z from 'zod';
import * as is from './values.ts';

export const spam = z
  .strictObject({
    host: is.domain('the mail server whose spam filter is believed, as its Received lines name it'),
    marks: z.enum(['above', 'below']).default('above').meta({
      description:
        "above: only marks above that server's Received line count; below: those right under it too, where Postfix puts what a milter adds",
    }),
  })
  .optional()
  .meta({ description: 'whose spam marks (X-Spam-Flag and its like) put a report into quarantine: host' });

/** Providers of mailboxes for everyone. */
const usualSharedDomains =
  'gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com proton.me protonmail.com pm.me gmx.de gmx.net web.de mail.ru yandex.ru qq.com 163.com'.split(
    ' ',
  );

export const noise = z
  .strictObject({
    perSender: is.count(1, 10_000, 'new reports in clear from one address within 24 hours').default(5),
    perDomain: is.count(1, 100_000, 'new reports in clear from one domain within 24 hours').default(20),
    sharedDomains: z
      .array(is.domain('a mail provider'))
      .default(usualSharedDomains)
      .meta({ description: 'domains where strangers have addresses side by side: not limited as a domain' }),
    perHour: is.count(1, 100_000, 'new reports in clear, of all senders, within an hour').default(30),
    sealedPerHour: is
      .count(1, 100_000, 'new encrypted or signed reports of unproven writers within an hour')
      .default(60),
  })
  .prefault({})
  .meta({ description: 'how many new reports of unproven writers come through; further ones are kept apart' });
