/** The moment that a Date field names (RFC 5322 §3.3), in any of the ways that mail programs write it. */

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** RFC 5322 §4.3; letters of the military zones say nothing reliable, so they are UTC. */
const zones: ReadonlyMap<string, number> = new Map([
  ['est', -5],
  ['edt', -4],
  ['cst', -6],
  ['cdt', -5],
  ['mst', -7],
  ['mdt', -6],
  ['pst', -8],
  ['pdt', -7],
  ['bst', 1],
  ['cet', 1],
  ['cest', 2],
  ['met', 1],
  ['mest', 2],
  ['eet', 2],
  ['eest', 3],
  ['msk', 3],
  ['jst', 9],
]);

const written =
  /^(?:[a-z]{2,9}\.?,?\s+)?(\d{1,2})[\s-]+([a-z]{3})[a-z]*[\s-]+(\d{2,4})\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\s*([+-]\d{4}|[a-z]{1,5}))?/i;

/** Null where the field names no moment that exists. */
export function readDate(value: string): Temporal.Instant | null {
  const plain = value
    .replaceAll(/\([^()]*\)/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 100);
  const match = written.exec(plain);
  if (match === null) return null;
  const [, day, month = '', year = '', hour, minute, second = '0', zone = ''] = match;
  const monthNumber = months.indexOf(month.toLowerCase()) + 1;
  try {
    return Temporal.PlainDateTime.from(
      {
        year: fullYear(Number(year), year.length),
        month: monthNumber,
        day: Number(day),
        hour: Number(hour),
        minute: Number(minute),
        second: Math.min(Number(second), 59),
      },
      { overflow: 'reject' },
    )
      .subtract({ minutes: offsetMinutes(zone) })
      .toZonedDateTime('UTC')
      .toInstant();
  } catch {
    return null;
  }
}

/** RFC 5322 §4.3: two digits are of this century below 50, three count from 1900. */
const fullYear = (year: number, digits: number): number =>
  digits === 2 ? year + (year < 50 ? 2000 : 1900) : digits === 3 ? year + 1900 : year;

function offsetMinutes(zone: string): number {
  if (!/^[+-]\d{4}$/.test(zone)) return (zones.get(zone.toLowerCase()) ?? 0) * 60;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5));
  return zone.startsWith('-') ? -minutes : minutes;
}
