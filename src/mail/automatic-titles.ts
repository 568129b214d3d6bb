/** The titles by which programs answer for a person who is away, and mail systems tell of a failure, by language. */

/** Begins with, in small letters: nobody titles a report so, whatever follows. */
const awayOpenings = [
  String.raw`auto(?:matic|mated)?[- ]?(?:reply|response|antwort|respuesta)`,
  String.raw`out[- ]of[- ](?:the[- ])?office|(?:on|away on) (?:vacation|holiday|leave)|away from (?:my|the) (?:mail|office|desk)`,
  String.raw`i(?:['’]| a)m (?:currently )?(?:out of (?:the )?office|away from|on (?:vacation|holiday|leave))`,
  String.raw`vacation (?:reply|notice|response|message)`,
  String.raw`automatische[rs]? (?:antwort|reactie)|abwesenheits(?:notiz|nachricht|meldung|assistent)|(?:ich bin )?nicht im büro`,
  String.raw`automatisch antwoord|afwezigheids(?:melding|bericht)`,
  String.raw`r[eé]ponse automatique|message d['’]absence|absence du bureau`,
  String.raw`respuesta autom[aá]tica|fuera de (?:la )?oficina`,
  String.raw`risposta automatica|fuori (?:ufficio|sede)`,
  String.raw`resposta autom[aáà]tica|fora do escrit[oó]rio`,
  String.raw`autosvar|automatiskt? svar|sjálfvirkt svar`,
  String.raw`automaattinen vastaus|automaatvastus|automātisk[aā] atbilde|automatinis atsakymas`,
  String.raw`automatick[aá] odpov[eěé][dď]|autoodpowied[zź]|odpowied[zź] automatyczna|a[uv]tomatski odgovor`,
  String.raw`automatikus válasz|r[aă]spuns automat|otomatik (?:yan[ıi]t|cevap)|balasan otomatis|tự động trả lời`,
  String.raw`автоматический ответ|автоответ|автоматичен отговор|автоматична відповідь`,
  String.raw`αυτόματη απάντηση|תשובה אוטומטית|(?:ال)?رد (?:ال)?تلقائي|ตอบกลับอัตโนมัติ`,
  String.raw`自動(?:応答|返信|回覆)|不在(?:通知|のお知らせ)|自动(?:回复|答复)|자동 ?(?:회신|응답)|부재중 ?자동`,
];
/** Words of any mail: they tell only where they are a whole title, or stand before its colon. */
const awayWords =
  'abwesend|abwesenheit|au(?:ss|ß)er haus|urlaub|ooo|vacation|absence|absent|en congés?|ausente|assente|afwezig|frånvarande|fravær|poissa';

const away = new RegExp(String.raw`^\W{0,9}(?:${awayOpenings.join('|')})|^\s*(?:${awayWords})\s*(?::|$)`, 'iu');

/** Is it the title of an automatic answer? */
export const tellsOfAbsence = (subject: string): boolean => away.test(subject.normalize('NFC'));

const failures = [
  String.raw`undeliver(?:able|ed)|undelivered|returned? (?:e-?)?mail|failure notice|fail(?:ed|ure) (?:mail|delivery|notice)`,
  String.raw`delivery (?:status|fail|problem|error|report|delayed|warning|has failed|notification|incomplete|unsuccessful)`,
  String.raw`deliver(?:y|ed|ing)? .{0,30}fail|mail (?:system )?(?:delivery|error|failure|could not)|mail failed`,
  String.raw`could ?n[o']t (?:be )?deliver|not delivered|non[- ]?(?:remis|delivery|deliverable)|error sending|returning message`,
  String.raw`message (?:not|could not)|warning: (?:message|could not)|user unknown`,
  String.raw`unzustellbar|nicht zugestellt|onbestelbaar|niet bezorgd|échec de (?:la )?remise`,
  String.raw`no se (?:puede|pudo|ha podido) entregar|falha na entrega|não (?:é possível entregar|entregue)`,
  String.raw`mancat[ao] (?:recapito|consegna)|impossibile recapitare`,
  String.raw`olevererbar|gick inte att leverera|kan ikke leveres|ikke levert|ei voi(?:tu|da) toimittaa|teslim edilemedi`,
  String.raw`nie mo[zż]na dostarczy[cć]|niedostarczon|nedoručiteln|nelze doručit|kézbesíthetetlen|nelivrabil`,
  String.raw`не (?:уда(?:е|ё)тся |удалось )?доставить|(?:не ?)доставлен`,
  String.raw`配[信送].{0,8}(?:エラー|不能|できません|失敗)|(?:送信|お届け)できません`,
  String.raw`退信|未送[达達]|未傳遞|无法(?:送达|投递)|無法(?:傳遞|送達)|(?:발송|전송|전달) ?실패|반송`,
];
const failure = new RegExp(failures.join('|'), 'iu');

/** Where the title tells of a failure: an offset; -1 where it does not. */
export const failureIn = (subject: string): number => subject.normalize('NFC').search(failure);
