/** The families of mails in the corpora, and for each of them what its expectations mean in our words. */

import { z } from 'zod';

import type { OpenedMessage, OpenedPart } from '../../src/core/message.ts';

export interface Family {
  readonly name: string;
  /** The file that holds them, and what stands before its names to make paths below the corpora. */
  readonly expectations: { readonly path: string; readonly prefix: string } | null;
  /** For a family without expectations: it must be opened without a crash. */
  readonly covers: (path: string) => boolean;
  readonly compare: (expected: unknown, message: OpenedMessage, answerAllowed: boolean) => string | null;
}

/** Null where the mail was opened as it should be. */
export const differenceOf = (
  family: Family,
  expected: unknown,
  message: OpenedMessage,
  answerAllowed: boolean,
): string | null => family.compare(expected, message, answerAllowed);

const nowhere = (): boolean => false;

const openpgp = z.object({
  decrypt_ok: z.boolean().nullable(),
  signer_fprs_over_whole_payload: z.array(z.string()),
  subject: z.string().nullable(),
  payload_path: z.string().nullable(),
  envelope: z.array(z.object({ outside_text: z.boolean().optional() })),
  tree: z.unknown(),
});

const isContent = ({ role, type }: OpenedPart): boolean => role !== 'control' && type !== 'application/pgp-keys';

/** Keys whose good signature covers every part with content. */
function signersOf(parts: readonly OpenedPart[]): readonly string[] {
  const [first, ...rest] = parts.filter(isContent).map(goodKeys);
  return [...(first ?? [])].filter((key) => rest.every((keys) => keys.has(key))).toSorted();
}

const goodKeys = ({ layers }: OpenedPart): ReadonlySet<string> =>
  new Set(
    layers
      .flatMap((layer) => (layer.kind === 'signed' ? layer.signatures : []))
      .flatMap(({ verdict, key }) => (verdict === 'good' && key !== null ? [key] : [])),
  );

/** The subject that the payload's own header protects, somewhere in the tree of the reference. */
function innerSubject(tree: unknown, path: string | null): string | null {
  const node = z.object({
    path: z.string(),
    inner_subject: z.string().optional(),
    children: z.array(z.unknown()).optional(),
  });
  const read = node.safeParse(tree);
  if (!read.success) return null;
  if (read.data.path === path) return read.data.inner_subject ?? null;
  return read.data.children?.map((child) => innerSubject(child, path)).find((each) => each !== null) ?? null;
}

function compareOpenpgp(given: unknown, message: OpenedMessage): string | null {
  const expected = openpgp.parse(given);
  const decrypted = message.parts.some(({ layers }) => layers.some(({ kind }) => kind === 'encrypted'));
  if ((expected.decrypt_ok === true) !== decrypted) {
    return `decrypted ${decrypted}, expected ${expected.decrypt_ok} (${message.failure ?? 'no failure'})`;
  }
  if (expected.decrypt_ok === false && message.opened) return 'opened, expected closed';
  const signers = signersOf(message.parts).join();
  const whole = expected.envelope.every(({ outside_text: outside }) => outside !== true);
  const wanted = whole ? expected.signer_fprs_over_whole_payload.toSorted().join() : '';
  if (signers !== wanted) return `signed by ${signers || 'nobody'}, expected ${wanted || 'nobody'}`;
  const subject = expected.envelope.length > 0 ? innerSubject(expected.tree, expected.payload_path) : null;
  const found = message.protectedHeaders?.subject ?? null;
  return found === subject ? null : `protected subject ${found}, expected ${subject}`;
}

const gpg = z.object({ dec_ok: z.boolean(), goodmdc: z.boolean() });

function compareRnp(given: unknown, message: OpenedMessage): string | null {
  const { dec_ok: decrypted, goodmdc: whole } = gpg.parse(given);
  const opened = message.encryptedTo.length > 0 && message.opened;
  const may = decrypted && whole;
  if (opened === may) return null;
  return may ? `stays closed: ${message.failure}` : 'opened, GnuPG does not';
}

const flufl = z.object({ permanent: z.array(z.string()), temporary: z.array(z.string()) });

const sameAddresses = (left: readonly string[], right: readonly string[]): boolean =>
  [...new Set(left.map((each) => each.toLowerCase()))].toSorted().join() ===
  [...new Set(right.map((each) => each.toLowerCase()))].toSorted().join();

function compareFlufl(given: unknown, { traffic }: OpenedMessage): string | null {
  const { permanent, temporary } = flufl.parse(given);
  if (traffic.kind !== 'bounce') return `${traffic.kind}, expected bounce`;
  if (traffic.bounce.permanent !== permanent.length > 0) return `permanent ${traffic.bounce.permanent}`;
  const wanted = permanent.length > 0 ? permanent : temporary;
  if (sameAddresses(traffic.bounce.recipients, wanted)) return null;
  return `to ${traffic.bounce.recipients.join()}, expected ${wanted.join()}`;
}

const sisimai = z.object({ class: z.string(), results: z.array(z.object({ recipient: z.string() })) });

function compareSisimai(given: unknown, { traffic }: OpenedMessage): string | null {
  const expected = sisimai.parse(given);
  const kinds: Readonly<Record<string, string>> = {
    bounce: 'bounce',
    'feedback-report': 'auto-reply',
    'delivery-success-report': 'auto-reply',
    'not-a-bounce': 'person',
  };
  const kind = kinds[expected.class];
  if (kind !== undefined && traffic.kind !== kind) return `${traffic.kind}, expected ${kind}`;
  const wanted = expected.results.map(({ recipient }) => recipient);
  if (traffic.kind !== 'bounce' || wanted.length === 0 || sameAddresses(traffic.bounce.recipients, wanted)) return null;
  return `to ${traffic.bounce.recipients.join()}, expected ${wanted.join()}`;
}

const answering = z.object({ must_not_autoreply: z.boolean() });

export const families: readonly Family[] = [
  {
    name: 'openpgp: thunderbird',
    expectations: { path: 'comm-central/expected-openpgp.json', prefix: '' },
    covers: nowhere,
    compare: compareOpenpgp,
  },
  {
    name: 'openpgp: deltachat',
    expectations: { path: 'deltachat/expected-openpgp.json', prefix: '' },
    covers: nowhere,
    compare: compareOpenpgp,
  },
  {
    name: 'openpgp: rnp',
    expectations: {
      path: 'comm-central/expected-rnp-messages-gpg.json',
      prefix: 'comm-central/third_party/rnp/src/tests/data/test_messages/',
    },
    covers: nowhere,
    compare: compareRnp,
  },
  {
    name: 'bounces: flufl',
    expectations: { path: 'flufl-bounce/expected.json', prefix: 'flufl-bounce/bounce/tests/data/' },
    covers: nowhere,
    compare: compareFlufl,
  },
  {
    name: 'bounces: sisimai',
    expectations: { path: 'sisimai/expected.json', prefix: 'sisimai/' },
    covers: nowhere,
    compare: compareSisimai,
  },
  {
    name: 'never answered',
    expectations: { path: 'expected-autoreply.json', prefix: '' },
    covers: nowhere,
    compare: (expected, _message, allowed) =>
      answering.parse(expected).must_not_autoreply && allowed ? 'would be answered' : null,
  },
  { name: 'all: opened', expectations: null, covers: () => true, compare: () => null },
];
