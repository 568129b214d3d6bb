/** Reads a delivery status notification (RFC 3464): what failed, for whom, and whether it is final. */

import { domainOf } from '../core/identifiers.ts';
import type { Address } from '../core/identifiers.ts';
import type { Bounce } from '../core/message.ts';
import { readAddressList } from './claims.ts';
import { readHeaderSection } from './header-fields.ts';
import type { Fields } from './header-fields.ts';
import type { Limits } from './limits.ts';
import { contentOf } from './mime-tree.ts';
import type { Entity } from './mime-tree.ts';

export type DeliveryReport =
  | { readonly kind: 'bounce'; readonly bounce: Bounce }
  /** A success only: delivered, relayed, expanded. */
  | { readonly kind: 'delivered' }
  /** No report, or none that names a recipient: what its text says may do. */
  | { readonly kind: 'none' };

type Action = 'failed' | 'delayed' | 'delivered';

interface Recipient {
  readonly address: Address | null;
  readonly action: Action;
  readonly status: string | null;
}

const none: DeliveryReport = { kind: 'none' };
const longestReport = 128 * 1024;

export function readDeliveryReport(mail: Entity, limits: Limits): DeliveryReport {
  const part = statusPart(mail);
  if (part === null) return none;
  const groups = fieldGroups(contentOf(part).subarray(0, longestReport), limits);
  const recipients = groups.flatMap((fields) => readRecipient(fields) ?? []);
  const failed = recipients.filter(({ action }) => action === 'failed');
  const delayed = recipients.filter(({ action }) => action === 'delayed');
  const told = failed.length > 0 ? failed : delayed;
  if (told.length === 0) return recipients.length > 0 ? { kind: 'delivered' } : none;
  const addresses = told.flatMap(({ address }) => address ?? []);
  if (addresses.length === 0) return none;
  const status = told.find((each) => each.status !== null)?.status ?? null;
  return { kind: 'bounce', bounce: { recipients: [...new Set(addresses)], permanent: failed.length > 0, status } };
}

/** The machine-readable part of a report; some gateways put the whole report into a multipart/mixed. */
function statusPart(mail: Entity): Entity | null {
  const report =
    mail.type === 'multipart/report' ? mail : mail.children.find(({ type }) => type === 'multipart/report');
  const within = report ?? (mail.type === 'multipart/mixed' ? mail : null);
  return within?.children.find(({ type }) => /^message\/(?:global-)?delivery-status$/.test(type)) ?? null;
}

/** Groups of fields, an empty line between two (RFC 3464 §2.1). */
function fieldGroups(content: Buffer, limits: Limits): readonly Fields[] {
  const groups: Fields[] = [];
  let at = 0;
  while (at < content.length && groups.length < limits.perField) {
    const group = readHeaderSection(content.subarray(at), 0, content.length - at, limits);
    if (group === null || group.bodyStart === 0) break;
    groups.push(group.fields);
    at += group.bodyStart;
  }
  return groups;
}

function readRecipient(fields: Fields): Recipient | null {
  const named = ['final-recipient', 'original-recipient', 'x-actual-recipient'].filter((name) => fields.has(name));
  if (named.length === 0) return null;
  const addresses = named.flatMap((name) => typedAddress(fields.first(name)) ?? []);
  const address = addresses.find((each) => domainOf(each).includes('.')) ?? addresses[0] ?? null;
  const status = statusIn(fields.first('status'));
  const diagnosed = status?.endsWith('.0.0') === true ? statusIn(fields.first('diagnostic-code')) : null;
  const precise = diagnosed !== null && diagnosed[0] === status?.[0] ? diagnosed : status;
  return { address, action: readAction(fields.first('action'), status), status: precise };
}

/** The enhanced status code (RFC 3463) in it; an address or a version number is none. */
export const statusIn = (text: string): string | null =>
  /(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/.exec(text)?.[1] ?? null;

/** `rfc822; user@example.org`, with or without the type, the space or brackets. */
function typedAddress(value: string): Address | null {
  const plain = value.slice(value.indexOf(';') + 1).trim();
  return readAddressList(plain)[0]?.address ?? null;
}

/** RFC 3464 §2.3.3; where the field is missing the class of the status tells (RFC 3463 §2). */
function readAction(action: string, status: string | null): Action {
  const word = /^[a-z]+/.exec(action.trim().toLowerCase())?.[0] ?? '';
  if (word === 'failed' || word === 'failure' || word === 'undeliverable') return 'failed';
  if (word === 'delayed') return 'delayed';
  if (['delivered', 'relayed', 'expanded'].includes(word)) return 'delivered';
  return status?.startsWith('4') === true ? 'delayed' : status?.startsWith('2') === true ? 'delivered' : 'failed';
}
