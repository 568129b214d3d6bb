/** Tells where a mail client has put somebody else's words below the writer's own, without marking them with `>`. */

/** What clients write above the mail that is answered or forwarded, in the languages that they are met in. */
const titles = [
  'original message',
  'forwarded message',
  'original-nachricht',
  'ursprüngliche nachricht',
  'weitergeleitete nachricht',
  "message d['’]origine",
  'message original',
  'message transféré',
  'mensaje original',
  'mensaje reenviado',
  'messaggio originale',
  'messaggio inoltrato',
  'mensagem original',
  'mensagem encaminhada',
  'oorspronkelijk bericht',
  'doorgestuurd bericht',
  'ursprungligt meddelande',
  'vidarebefordrat meddelande',
  'oprindelig meddelelse',
  'opprinnelig melding',
  'alkuperäinen viesti',
  'wiadomość oryginalna',
  'oryginalna wiadomość',
  'původní zpráva',
  'eredeti üzenet',
  'özgün ileti',
  'исходное сообщение',
  'пересылаемое сообщение',
  '元のメッセージ',
  '原始邮件',
  '原始郵件',
  '원본 메시지',
];

const title = new RegExp(String.raw`^(-{2,}\s*(${titles.join('|')})\s*-{2,}|_{30,})\s*$`, 'iu');

const begin =
  /^(begin forwarded message|anfang der weitergeleiteten nachricht|début du message (réexpédié|transféré)|inicio del mensaje reenviado|inizio messaggio inoltrato|begin doorgestuurd bericht)\s?:\s*$/iu;

/** A header that Outlook repeats in the text: `From:`, and below it `Sent:`; some put the names between asterisks. */
const field = (names: string): RegExp => new RegExp(String.raw`^\*?(${names})\s?[:：]\*?\s*\S`, 'iu');

const author = field(
  'from|von|de|da|van|från|fra|lähettäjä|od|feladó|kimden|gönderen|от|від|差出人|送信者|发件人|發件人|寄件者|보낸 사람',
);

const moment = field(
  'sent|date|gesendet|datum|envoyé( le)?|enviado( el| em)?|fecha|inviato|data|verzonden|skickat|sendt|dato|lähetetty|päivämäärä|odesláno|wysłano|elküldve|dátum|gönderildi|tarih|отправлено|дата|надіслано|送信日時|日付|发送时间|日期|寄件日期|보낸 날짜|날짜',
);

/** The same in any language: a label, a colon, and something behind it. */
const anyField = /^\*?\p{L}[\p{L}\p{M} .'’-]{0,30}[:：]\*?\s*\S/u;
const dayAndTime = /\p{N}{4}.*\p{N}{1,2}[:.]\p{N}{2}|\p{N}{1,2}[:.]\p{N}{2}.*\p{N}{4}/u;

/** Who, when and to whom, in that order: Outlook writes so whatever it calls them. */
function isRepeatedHeader(lines: readonly string[]): boolean {
  const [who = '', when = '', whom = ''] = lines.map((line) => line.slice(0, 200)); // enough, and soon looked through
  return [who, when, whom].every((line) => anyField.test(line)) && /\S@\S/.test(who) && dayAndTime.test(when);
}

/** Does the writer's own text end above the line of this index? `-- ` (its blank may be lost on the way), or somebody else's words. */
export function endsOwnWords(lines: readonly string[], at: number): boolean {
  const [line = '', next = ''] = lines.slice(at, at + 2);
  if (/^-- ?$/.test(line) || title.test(line) || begin.test(line)) return true;
  return (author.test(line) && moment.test(next)) || isRepeatedHeader(lines.slice(at, at + 3));
}
