/** Says what would be made of a mail, as one JSON object for scripts and people; changes nothing. */

import { answerAllowed } from '../core/answer-allowed.ts';
import { type Route, route } from '../core/cases/routing.ts';
import { authorise, type Spoken } from '../core/commands/authority.ts';
import { tellRefusal } from '../core/commands/refusals.ts';
import { type CaseId, parseCaseId } from '../core/identifiers.ts';
import type { Envelope, Layer, OpenedMessage, OpenedPart } from '../core/message.ts';
import type { Policy, Team } from '../core/policy.ts';
import type { Roster } from '../core/roster/people.ts';

export interface ExplainFacts {
  readonly team: Team;
  readonly policy: Policy;
  readonly roster: Roster;
  readonly now: Temporal.Instant;
}

/** Without a store to ask, every case of ours that a mail names counts as one that there is. */
function casesNamed(envelope: Envelope, message: OpenedMessage, { team }: ExplainFacts): ReadonlySet<CaseId> {
  const texts = [envelope.recipient, message.claims.subject, message.protectedHeaders?.subject].join(' ');
  const ids = [...texts.matchAll(/[a-z0-9]+-\d{4}-\d{4,6}/gi)].map(([id]) => parseCaseId(id));
  return new Set(ids.filter((id) => id !== null).filter((id) => id.startsWith(`${team.prefix.case}-`)));
}

const layerOf = (layer: Layer) =>
  layer.kind === 'encrypted'
    ? { encrypted: layer.to }
    : { signed: layer.signatures.map(({ verdict, key, at }) => ({ verdict, key, at: at?.toString() ?? null })) };

const partOf = ({ path, type, filename, content, sha256, text, layers }: OpenedPart) => ({
  path,
  type,
  filename,
  bytes: content.length,
  sha256,
  text,
  layers: layers.map(layerOf),
});

/** The key of the good signature over the text, whether or not it may command. */
function signerOf({ part: path, speakers, knownKey }: Spoken, { parts }: OpenedMessage): string | null {
  const [speaker] = speakers;
  if (speaker !== undefined) return speaker.fingerprint;
  const layers = parts.find((part) => part.path === path)?.layers ?? [];
  const signatures = layers.flatMap((layer) => (layer.kind === 'signed' ? layer.signatures : []));
  return knownKey ?? signatures.find(({ verdict }) => verdict === 'good')?.key ?? null;
}

function commandsOf(spoken: Spoken, message: OpenedMessage) {
  const { part, read, refusal } = spoken;
  const speaker = signerOf(spoken, message);
  const whole = refusal === null ? null : tellRefusal(refusal).text;
  const good = read.commands.map(({ line, verb, arguments: words }) => ({
    part,
    line,
    verb,
    arguments: words,
    speaker,
    refusal: whole,
  }));
  const wrong = read.problems.map(({ line, raw, refusal: why }) => ({
    part,
    line,
    verb: /^#(\S*)/.exec(raw)?.[1]?.toLowerCase() ?? '',
    arguments: [],
    speaker,
    refusal: whole ?? tellRefusal(why).text,
  }));
  return [...good, ...wrong].toSorted((one, other) => one.line - other.line);
}

const kindOf = (where: Route): string => (where.kind === 'ambiguous' ? 'case' : where.kind);

/** The shape that the contract promises; layers are from the outside in. */
export function explain(envelope: Envelope, message: OpenedMessage, facts: ExplainFacts) {
  const { claims, protectedHeaders, traffic, opened, failure, parts } = message;
  const { team, roster } = facts;
  const where = route(envelope, message, [], { team, roster, cases: casesNamed(envelope, message, facts) });
  const addressed = 'case' in where ? where.case : null;
  const spoken = authorise(message, { ...facts, state: null, seen: new Set(), addressed });
  return {
    kind: kindOf(where),
    case: addressed,
    from: claims.from.map(({ address }) => address),
    messageId: claims.messageId,
    date: claims.date?.toString() ?? null,
    subject: { outer: claims.subject, protected: protectedHeaders?.subject ?? null },
    opened,
    failure,
    parts: parts.map(partOf),
    commands: spoken.flatMap((text) => commandsOf(text, message)),
    answerAllowed: answerAllowed(message, envelope),
    bounce: traffic.kind === 'bounce' ? traffic.bounce : null,
  };
}
