/** Recognises the failure notices of mail systems that write them as prose instead of RFC 3464. */

import type { Address } from '../core/identifiers.ts';
import { parseAddress } from '../core/identifiers.ts';
import type { Bounce } from '../core/message.ts';
import { failureIn } from './automatic-titles.ts';
import { decodeText } from './charset.ts';
import { readAddressList, readMailboxes } from './claims.ts';
import { contentOf } from './mime-tree.ts';
import type { Entity } from './mime-tree.ts';
import { readHeaderSection } from './header-fields.ts';
import { reduceHtml } from './readable-text.ts';
import { isOurs } from './self.ts';
import type { Self } from './self.ts';
import type { Outside } from './traffic.ts';

/** Only the beginning of a notice is looked at: what follows is the mail that came back. */
const longestNotice = 16 * 1024;

/** Who mail systems say they are, in a From field as it stands: often it is no address at all. */
const daemon =
  /(?:^|[\s<"])(?:mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|mail ?delivery ?(?:sub-?)?system|maildeliverysystem)\b/i;
const mailSystem =
  /(?:^|[\s<"])(?:post[-_ ]?master|mail[-_.]?admin|interscan|mailgate|e\d+_smtp|smtp[-_.]?\w{0,20}@|bounces?@|administrator@)|smtp[-_ ]gateways?|mail[-_ ]?(?:gateway|scanner|server)\b|system administrator|internet mail delivery/i;

const failedText =
  /(?:could ?n[o']t|cannot|can't|not able to|unable to|wasn't able to|failed to|was not|were not|not) (?:be |been )?(?:deliver|accept|reach|found)|did not reach|(?:delivery|message|mail|recipients?|address(?:es)?)\b.{0,80}\b(?:failed|rejected|undeliverable|delayed|postponed|not delivered|had (?:permanent|delivery|fatal))|failed recipients|permanent (?:fatal )?(?:error|delivery)|(?:user|recipient|mailbox|address(?:ee)?|account|host) (?:is |was )?(?:unknown|full|not found|unavailable|disabled|rejected|inactive|over quota)|(?:unknown|no such|invalid|bad) (?:user|recipient|address|mailbox)|exceed(?:s|ed) .{0,40}(?:size|quota|limit)|no valid recipients|undeliverable|undelivered|returned to sender|transcript of (?:the )?session|delivery attempts|(?:^|[\s:>])[45]\d\d[ -][45]\.\d\.\d|rcpt to:|smtp error|non[- ]delivered|not listed in|couldn't be delivered|invalid (?:final )?delivery|(?:user|recipient|address) (?:is )?not known|delivery problems|did not (?:exactly )?match|incorrectly constructed|malformed|被退回|不存在/i;

const notYet =
  /will (?:continue|keep) (?:on )?(?:to )?(?:try|retry|deliver|attempt)|not yet been delivered|ha(?:s|ve) been (?:postponed|delayed|deferred)|attempts? will continue|will be (?:retried|re-?attempted|tried again)|still (?:be )?(?:being )?(?:retry|tried|trying|queued)|warning message only|(?:do|need) not (?:need to )?(?:resend|re-?send)|keep trying/i;
const delayedSubject = /\bwarning\b|\bdelayed\b|\bdelay\b|postponed|still trying/i;
const givenUp =
  /permanent(?:ly)? (?:fatal )?(?:error|fail)|giv(?:en|ing) up|gave up|has failed|could not be delivered for/i;

/** Null where it is no such notice. A person who forwards one or writes about one is not a mail system. */
export async function readFailureNotice(outside: Outside, self: Self): Promise<Bounce | null> {
  const { mail, claims } = outside;
  const failedRecipients = mail.fields.all('x-failed-recipients').flatMap((value) => readAddressList(value));
  const subject = claims.subject ?? '';
  const text = await noticeText(mail);
  const { notice, returned } = splitNotice(text);
  if (failedRecipients.length === 0 && !isNotice(outside, subject, notice, returned)) return null;
  const delayed = (notYet.test(notice) || delayedSubject.test(subject)) && !givenUp.test(notice);
  const named = failedRecipients.map(({ address }) => address);
  return {
    recipients: named.length > 0 ? [...new Set(named)] : recipientsOf(notice, returned, outside, self),
    permanent: !delayed,
    status: statusOf(notice, delayed ? '4' : '5'),
  };
}

/** Evidence that the sender is a mail system weighs more than words; without it, the mail that came back must be there. */
function isNotice({ mail, nullSender }: Outside, subject: string, notice: string, returned: string): boolean {
  const from = mail.fields.all('from').join(' ');
  const isDaemon = daemon.test(from);
  if (!nullSender && !isDaemon && (mail.fields.has('in-reply-to') || isAnswer.test(subject))) return false;
  const says = failedText.test(notice.replaceAll(/\s+/g, ' '));
  const titled = failureIn(subject) !== -1;
  if (isDaemon || claimsReport(mail)) return says || titled;
  if (mailSystem.test(from)) {
    // What a postmaster sends with the null reverse-path tells of a mail (RFC 5321 §4.5.5), whatever its language.
    return nullSender
      ? says || titled || namesAddress(notice) || holdsReturned(mail)
      : says && (titled || holdsReturned(mail));
  }
  if (nullSender) return titled;
  const holds = returned !== '' || holdsReturned(mail);
  return holds && says && failureIn(subject) === 0 && noticeOpening.test(notice.trim().slice(0, 200));
}

const namesAddress = (notice: string): boolean => notice.search(addressIn) !== -1;

const claimsReport = (mail: Entity): boolean =>
  mail.type === 'multipart/report' && /^(?:|delivery-status)$/i.test(mail.parameters.get('report-type') ?? '');

const holdsReturned = (mail: Entity): boolean =>
  mail.children.some(({ type }) => type === 'message/rfc822' || type === 'text/rfc822-headers');

const isAnswer = /^\s*(?:re|fwd?|aw|wg|tr|sv|vs|rif|r|antw)\s*:/i;
const noticeOpening =
  /^\W*(?:failed recipients|this (?:is an? auto|message was)|your (?:message|mail)|message (?:not|from)|the following|unable|delivery|could not)/i;

/** The readable texts of the outside, up to the mail that came back. */
async function noticeText(mail: Entity): Promise<string> {
  const texts: string[] = [];
  const waiting: Entity[] = [mail];
  let size = 0;
  const allowance = { htmlBytes: 8 * longestNotice };
  for (let entity = waiting.pop(); entity !== undefined && size < longestNotice; entity = waiting.pop()) {
    waiting.push(...entity.children.toReversed());
    if (entity.children.length > 0 || !/^text\/(?:plain|html)$/.test(entity.type)) continue;
    const room = entity.body.subarray(0, 4 * longestNotice);
    const text = decodeText(contentOf({ ...entity, body: room }), entity.parameters.get('charset') ?? '');
    const plain = entity.type === 'text/html' ? ((await reduceHtml(text, allowance)) ?? '') : text;
    texts.push(plain.slice(0, longestNotice));
    size += plain.length;
  }
  return texts.join('\n').replaceAll('\r\n', '\n');
}

const returnedMark =
  /^[-=*_+>\s]{0,80}(?:below this line|(?:the )?(?:text of the )?original (?:message|mail)(?= *(?:[-:=*.\n]|follows|as received|header|text|body|is (?:attached|below|following)))|(?:start of )?returned (?:message|mail)|unsent message|undelivered message|(?:this is |here is )?a copy of (?:the|your)|(?:the )?(?:first \d+ lines|headers?) of (?:the|your)|(?:end of|message) (?:header|text)|message headers? follow|included is a copy)/im;
const headerMark = /^(?:received|return-path|message-id|mime-version|x-mailer): *\S/im;

/** The notice itself, and what follows it. */
function splitNotice(text: string): { readonly notice: string; readonly returned: string } {
  const marks = [returnedMark.exec(text)?.index, headerMark.exec(text)?.index].filter((at) => at !== undefined);
  const at = Math.min(text.length, ...marks);
  return { notice: text.slice(0, at), returned: text.slice(at) };
}

const addressIn = /(?<![\w.+%=@-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?/gi;
/** An address that opens a line, bare or behind a label. */
const leading =
  /^[\s>*"'([-]*(?:(?!from|sender|by|reply|subject|message|date|host|reporting|postmaster|contact|questions)[\w'’ ()-]{1,60}[:=]\s*)?(?:rfc822;\s*)?["'<([]*$/i;

/** Those that lines begin with; else all that it names; else whom the returned mail was to. */
function recipientsOf(notice: string, returned: string, outside: Outside, self: Self): readonly Address[] {
  const { claims, mail } = outside;
  const others = new Set<Address>([...claims.from, ...claims.to].map(({ address }) => address));
  const found: { readonly address: Address; readonly leads: boolean }[] = [];
  for (const line of notice.split('\n').slice(0, 400)) {
    for (const match of line.slice(0, 1000).matchAll(addressIn)) {
      const address = parseAddress(match[0].replace(/^'|'$/g, ''));
      if (address === null || others.has(address) || isOurs(address, self)) continue;
      found.push({ address, leads: leading.test(line.slice(0, match.index)) });
    }
  }
  const leads = found.filter((each) => each.leads).map(({ address }) => address);
  const bare = leads.length > 0 ? [] : bareNames(notice, claims.from[0]?.address);
  const named = [leads, bare, found.map(({ address }) => address)].find((each) => each.length > 0);
  return named === undefined ? returnedTo(mail, returned, self) : [...new Set(named)].slice(0, self.limits.perField);
}

/** Some systems name a local part alone, on a line of its own: their own domain is meant. */
function bareNames(notice: string, from: Address | undefined): readonly Address[] {
  const names = /recipients?\b[^:]{0,160}:[ \t]*\n((?:[ \t]+[\w.+-]{1,64}[ \t]*(?:\n|$)){1,50})/i.exec(notice)?.[1];
  if (names === undefined || from === undefined) return [];
  const domain = from.slice(from.lastIndexOf('@'));
  return names.split('\n').flatMap((name) => parseAddress(name.trim() + domain) ?? []);
}

function returnedTo(mail: Entity, returned: string, self: Self): readonly Address[] {
  const attached = mail.children.find(({ type }) => type === 'message/rfc822' || type === 'text/rfc822-headers');
  const start = /^[\w-]+:/m.exec(returned)?.index ?? returned.length;
  const bytes = attached === undefined ? Buffer.from(returned.slice(start)) : contentOf(attached);
  const head = readHeaderSection(bytes, 0, bytes.length, self.limits);
  return head === null ? [] : readMailboxes(head.fields, 'to', self.limits).map(({ address }) => address);
}

/** An enhanced status code (RFC 3463) of that class; of the other where there is none. */
function statusOf(notice: string, preferred: '4' | '5'): string | null {
  const codes = Array.from(notice.matchAll(/(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])/g), (match) => match[1] ?? '');
  const fitting = codes.filter((code) => code.startsWith(preferred));
  return fitting.find((code) => !code.endsWith('.0.0')) ?? fitting[0] ?? codes[0] ?? null;
}
