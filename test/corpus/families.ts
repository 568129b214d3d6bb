/** The families of mails in the corpora, and for each of them what its expectations mean in our words. */

import { z } from 'zod';

import type { Explanation } from '../../src/cli/explanation.ts';

export interface Family {
  readonly name: string;
  /** The file that holds them, and what stands before its names to make paths below the corpora. */
  readonly expectations: { readonly path: string; readonly prefix: string } | null;
  /** For a family without expectations: it must be explained without a crash. */
  readonly covers: (path: string) => boolean;
  readonly compare: (expected: unknown, mail: Explanation) => string | null;
}

type Part = Explanation['parts'][number];

const nowhere = (): boolean => false;

const openpgp = z.object({
  decrypt_ok: z.boolean().nullable(),
  signer_fprs_over_whole_payload: z.array(z.string()),
  subject: z.string().nullable(),
  payload_path: z.string().nullable(),
  envelope: z.array(z.object({ outside_text: z.boolean().optional() })),
  tree: z.unknown(),
});

const isContent = ({ type }: Part): boolean => !type.startsWith('application/pgp-');

/** Keys whose good signature covers every part with content. */
function signersOf(parts: readonly Part[]): readonly string[] {
  const [first, ...rest] = parts.filter(isContent).map(goodKeys);
  return [...(first ?? [])].filter((key) => rest.every((keys) => keys.has(key))).toSorted();
}

const signaturesOf = ({ layers }: Part) => layers.flatMap((layer) => ('signed' in layer ? layer.signed : []));

const isEncrypted = ({ layers }: Part): boolean => layers.some((layer) => 'encrypted' in layer);

const goodKeys = (part: Part): ReadonlySet<string> =>
  new Set(signaturesOf(part).flatMap(({ verdict, key }) => (verdict === 'good' && key !== null ? [key] : [])));

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

function compareOpenpgp(given: unknown, { parts, opened, failure, subject }: Explanation): string | null {
  const expected = openpgp.parse(given);
  const decrypted = parts.some(isEncrypted);
  if ((expected.decrypt_ok === true) !== decrypted) {
    return `decrypted ${decrypted}, expected ${expected.decrypt_ok} (${failure ?? 'no failure'})`;
  }
  if (expected.decrypt_ok === false && opened) return 'opened, expected closed';
  const signers = signersOf(parts).join();
  const whole = expected.envelope.every(({ outside_text: outside }) => outside !== true);
  const wanted = whole ? expected.signer_fprs_over_whole_payload.toSorted().join() : '';
  if (signers !== wanted) return `signed by ${signers || 'nobody'}, expected ${wanted || 'nobody'}`;
  const inner = expected.envelope.length > 0 ? innerSubject(expected.tree, expected.payload_path) : null;
  return subject.protected === inner ? null : `protected subject ${subject.protected}, expected ${inner}`;
}

const gpg = z.object({ dec_ok: z.boolean(), goodmdc: z.boolean(), sig: z.array(z.string()) });

function compareRnp(given: unknown, { parts, failure }: Explanation): string | null {
  const { dec_ok: decrypted, goodmdc: whole, sig: statuses } = gpg.parse(given);
  const opened = parts.some(isEncrypted);
  const may = decrypted && whole;
  if (opened !== may) return may ? `stays closed: ${failure}` : 'opened, GnuPG does not';
  const verdicts = parts.flatMap(signaturesOf).map(({ verdict }) => verdict);
  const wanted = statuses.filter((status) => status === 'GOODSIG').length;
  if (verdicts.filter((verdict) => verdict === 'good').length === wanted) return null;
  return `signed ${verdicts.join() || 'by nobody'} (${failure ?? 'no failure'}), GnuPG ${statuses.join() || 'nobody'}`;
}

const flufl = z.object({ permanent: z.array(z.string()), temporary: z.array(z.string()) });

const sameAddresses = (left: readonly string[], right: readonly string[]): boolean =>
  [...new Set(left.map((each) => each.toLowerCase()))].toSorted().join() ===
  [...new Set(right.map((each) => each.toLowerCase()))].toSorted().join();

function compareFlufl(given: unknown, { kind, bounce }: Explanation): string | null {
  const { permanent, temporary } = flufl.parse(given);
  if (bounce === null) return `${kind}, expected bounce`;
  if (bounce.permanent !== permanent.length > 0) return `permanent ${bounce.permanent}`;
  const wanted = permanent.length > 0 ? permanent : temporary;
  if (sameAddresses(bounce.recipients, wanted)) return null;
  return `to ${bounce.recipients.join()}, expected ${wanted.join()}`;
}

const sisimai = z.object({ class: z.string(), results: z.array(z.object({ recipient: z.string() })) });

function compareSisimai(given: unknown, { kind, bounce }: Explanation): string | null {
  const expected = sisimai.parse(given);
  const kinds: Readonly<Record<string, string>> = {
    bounce: 'bounce',
    'feedback-report': 'auto-reply',
    'delivery-success-report': 'auto-reply',
    'not-a-bounce': 'report',
  };
  const fitting = kinds[expected.class];
  if (fitting !== undefined && kind !== fitting) return `${kind}, expected ${fitting}`;
  const wanted = expected.results.map(({ recipient }) => recipient);
  if (bounce === null || wanted.length === 0 || sameAddresses(bounce.recipients, wanted)) return null;
  return `to ${bounce.recipients.join()}, expected ${wanted.join()}`;
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
    compare: (expected, { answerAllowed }) =>
      answering.parse(expected).must_not_autoreply && answerAllowed ? 'would be answered' : null,
  },
  { name: 'all: explained', expectations: null, covers: () => true, compare: () => null },
];
