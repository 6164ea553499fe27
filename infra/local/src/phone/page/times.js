// Formats times, durations and phone numbers for people.

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const precise = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** Formats a time in the browser's time zone: "6:30 PM". */
export const shortTime = (at) => clock.format(at);

/** Formats a time with seconds in the browser's time zone: "06:30:00 PM". */
export const exactTime = (at) => precise.format(at);

/** Formats a due in the time zone of the reminder: "today 6:30 PM EST". */
export function dueTime(at, zone) {
  const day = (options) => new Intl.DateTimeFormat(undefined, { timeZone: zone, ...options });
  const date = (instant) => day({ dateStyle: "short" }).format(instant);
  const now = Date.now();
  const seconds = at.getSeconds() === 0 ? {} : { second: "2-digit" };
  const time = day({ hour: "numeric", minute: "2-digit", ...seconds, timeZoneName: "short" }).format(at);
  if (date(at) === date(now)) return `today ${time}`;
  if (date(at) === date(now + 86_400_000)) return `tomorrow ${time}`;
  return `${day({ weekday: "short", month: "short", day: "numeric" }).format(at)}, ${time}`;
}

/** Formats a duration: "0:42", "1:05:09", "3 days". */
export function span(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds >= 2 * 86_400) return `${Math.round(seconds / 86_400)} days`;
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Patterns of North American and British numbers, and how their digits are grouped. */
const GROUPS = [
  [/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 $1 $2 $3"],
  [/^\+44(20)(\d{4})(\d{4})$/, "+44 $1 $2 $3"],
  [/^\+44(\d{4})(\d{6})$/, "+44 $1 $2"],
];

/** Formats a phone number in groups: "+1 212 555 0142". */
export function spaced(number) {
  const known = GROUPS.find(([shape]) => shape.test(number));
  if (known) return number.replace(...known);
  return number.replace(
    /^(\+\d{2})(\d+)$/,
    (_, country, rest) => `${country} ${rest.replace(/(\d{3})(?=\d{2})/g, "$1 ")}`,
  );
}
