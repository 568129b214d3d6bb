/** When people are reminded of what waits, and warned of keys that end. */

import * as z from 'zod';
import * as is from './values.ts';

export const reminders = z
  .strictObject({
    at: is.timeOfDay("when the daily digest goes out, in the team's zone").default('08:00'),
    againAfterDays: is.count(1, 90, 'days until what still waits is said again, then to all coordinators').default(3),
    acknowledgementDays: is
      .count(0, 90, 'days from receipt without a word of a coordinator to the reporter')
      .default(3),
    leadDays: is.count(0, 90, 'days from receipt without a lead').default(2),
    impactPercent: is.count(0, 100, 'percent of the embargo without a confirmed impact').default(50),
    approvalBusinessDays: is.count(0, 60, 'business days before disclosure without the approvals').default(3),
    noticeBusinessDays: is
      .count(0, 60, 'business days before the last day on which the advance notice leaves enough time')
      .default(1),
    disclosureDays: is.count(0, 60, 'days before disclosure').default(1),
    fixDays: is.count(0, 90, 'days from disclosure without a link to the fix').default(2),
    overdueHours: is.count(1, 24, 'hours after which all coordinators hear again of an overdue disclosure').default(1),
    endHours: is
      .count(1, 168, 'hours after which all coordinators hear again of an embargo that has run out of time')
      .default(24),
    keyDays: z
      .array(is.count(1, 365, 'days'))
      .max(12)
      .default([30, 14, 7, 1])
      .meta({ description: 'days before its end at which the owner of a key is warned, as in [30, 14, 7, 1]' }),
  })
  .prefault({})
  .meta({ description: 'when the coordinators are reminded of what waits, in one mail a day at most' });
