/** Everything that our SMTP and LMTP doors say of their own: one table, neutral texts that name nobody. */

/** Enhanced status codes: RFC 3463, and RFC 5321 §4.2 for the codes themselves. */
const replies = {
  kept: { code: 250, text: '2.6.0 Kept' },
  'not-ours': { code: 550, text: '5.1.1 No such recipient here' },
  'too-large': { code: 552, text: '5.3.4 Message exceeds the announced size' },
  // RFC 5321 §2.3.8: CR and LF only ever stand together.
  'bare-line-ending': { code: 550, text: '5.5.2 Bare CR or LF received, lines end with CRLF' },
  'start-anew': { code: 421, text: '4.5.2 Closing after a protocol violation' },
  'not-kept': { code: 451, text: '4.3.0 Not kept, try again later' },
  'cannot-keep': { code: 554, text: '5.3.0 Cannot be kept' },
  'memory-full': { code: 452, text: '4.3.1 Too much in flight, try again later' },
  'too-many-connections': { code: 421, text: '4.7.0 Too many connections, try again later' },
  'too-many-guesses': { code: 421, text: '4.7.0 Too many unknown recipients' },
  'too-fast': { code: 451, text: '4.7.1 Too many messages, try again later' },
  'too-slow': { code: 421, text: '4.4.2 Too slow, closing' },
  stopping: { code: 421, text: '4.3.2 Shutting down, try again later' },
} as const;

export type ReplyReason = keyof typeof replies;

/** The form in which smtp-server takes a refusal. */
export class Reply extends Error {
  readonly responseCode: number;

  constructor(reason: ReplyReason) {
    super(replies[reason].text);
    this.responseCode = replies[reason].code;
  }

  /** As it goes over the wire, for a socket that the library has lost hold of. */
  get line(): string {
    return `${this.responseCode} ${this.message}\r\n`;
  }
}

export const keptText: string = replies.kept.text;
