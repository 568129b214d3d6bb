/** The part of the configuration file about who must agree to publish at once. */

import * as z from 'zod';
import * as is from './values.ts';

export const disclosure = z
  .strictObject({
    earlyNeeds: is
      .count(1, 10, 'coordinators who must say #disclose ahead of the moment; 2 where the team has two or more')
      .optional(),
    leakNeeds: is.count(1, 10, 'coordinators whose word publishes after #leak, its sender among them').default(1),
  })
  .prefault({})
  .meta({ description: 'how many coordinators must agree to publish at once' });
