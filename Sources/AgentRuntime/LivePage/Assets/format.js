// Numbers and times, short enough for a table.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** 1234567 → 1.23 M. */
export function count(number) {
  if (!Number.isFinite(number)) return "–";
  if (Math.abs(number) < 10_000) return whole.format(number);
  return scaled(number, 1000, ["", "k", "M", "G", "T"]);
}

/** A second: one decimal below ten. */
export function rate(number) {
  if (!Number.isFinite(number)) return "–";
  if (number > 0 && number < 10) return number.toFixed(1);
  return count(Math.round(number));
}

export function bytes(number) {
  if (!Number.isFinite(number)) return "–";
  return scaled(number, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]);
}

function scaled(number, step, units) {
  let unit = 0;
  while (Math.abs(number) >= step && unit < units.length - 1) {
    number /= step;
    unit += 1;
  }
  const digits = unit === 0 || Math.abs(number) >= 100 ? 0 : Math.abs(number) >= 10 ? 1 : 2;
  return `${number.toFixed(digits)} ${units[unit]}`.trim();
}

/** Milliseconds → 840 ms, 12.3 s, 4 m 05 s, 3 h 07 m, 2 d 4 h. */
export function duration(milliseconds) {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return "–";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${two((seconds % 3600) / 60)} m`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

/** How long ago, without decimals: 12 s, 4 m, 3 h, 2 d. */
export function age(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** The time of today, the date as well of an earlier day. */
export function moment(milliseconds, now = Date.now()) {
  return now - milliseconds < 43_200_000 ? clock.format(milliseconds) : day.format(milliseconds);
}

export const percent = (part) => `${(part * 100).toFixed(part < 0.1 ? 1 : 0)} %`;
