// Times and numbers as people read them.

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const precise = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** "6:30 PM", here. */
export const shortTime = (at) => clock.format(at);

/** "06:30:00 PM", here. */
export const exactTime = (at) => precise.format(at);

/** "today 6:30 PM EST", where the person asked for it. */
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

/** "0:42", "1:05:09", "3 days": how long from now until then, or how long something took. */
export function span(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds >= 2 * 86_400) return `${Math.round(seconds / 86_400)} days`;
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

const GROUPS = [
  [/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 $1 $2 $3"],
  [/^\+44(20)(\d{4})(\d{4})$/, "+44 $1 $2 $3"],
  [/^\+44(\d{4})(\d{6})$/, "+44 $1 $2"],
];

/** "+1 212 555 0142": a number in the groups in which it is read. */
export function spaced(number) {
  const known = GROUPS.find(([shape]) => shape.test(number));
  if (known) return number.replace(...known);
  return number.replace(
    /^(\+\d{2})(\d+)$/,
    (_, country, rest) => `${country} ${rest.replace(/(\d{3})(?=\d{2})/g, "$1 ")}`,
  );
}
