/** The part of the configuration file about people: coordinators, experts, and the groups that experts are invited by. */

import * as z from 'zod';
import * as is from './values.ts';

const name = is.words('a name for people to read').optional();

const timezone = is.timezone.optional();

const coordinator = z
  .strictObject({ name, address: is.address('the coordinator'), key: is.fingerprint, timezone })
  .meta({ description: 'a coordinator: name, address, key and timezone' });

const expert = z
  .strictObject({
    name,
    address: is.address('the expert'),
    key: is.fingerprint.optional(),
    groups: z
      .array(is.words('the name of a group'))
      .default([])
      .meta({ description: 'names of groups, by which experts are invited together' }),
    timezone,
  })
  .meta({ description: 'an expert: name, address, key, groups and timezone' });

const group = z
  .strictObject({
    name: is.words('the name of a group, as its experts have it'),
    components: z
      .array(is.words('the name of a component, as #affects says it'))
      .default([])
      .meta({ description: 'the components that the group looks after, by which it is invited too' }),
    atOnce: is
      .yesOrNo('whoever is invited with this group gets the content of the case at once, without #accept before')
      .default(false),
  })
  .meta({ description: 'a group of experts: name, components and atOnce' });

export const roster = z
  .strictObject({
    coordinators: z.array(coordinator).default([]).meta({ description: 'a list of coordinators' }),
    experts: z.array(expert).default([]).meta({ description: 'a list of experts' }),
    groups: z.array(group).default([]).meta({ description: 'what there is to say of groups of experts' }),
  })
  .prefault({})
  .meta({ description: 'the people: coordinators, experts and groups' });
