// Times arrive as RFC 3339 UTC with microseconds ("2024-08-09T00:00:01.437000Z"); JavaScript's clock has milliseconds.

export const intervals = ['1s', '1m', '5m', '15m', '1h', '4h', '1d'] as const;
export type Interval = (typeof intervals)[number];

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400 };

/** Seconds since the Unix epoch, fractions dropped. */
export function epochSeconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}

/** An interval's length in seconds. */
export function intervalSeconds(interval: string): number {
  return Number(interval.slice(0, -1)) * (unitSeconds[interval.slice(-1)] ?? Number.NaN);
}

/** "00:00:01" in UTC. */
export function clockTime(time: string | number): string {
  return new Date(time).toISOString().slice(11, 19);
}

/** "2024-08-09 00:00:01" in UTC. */
export function dateTime(time: string | number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}

/**
 * The exchange's present: wall time, unless a recording plays with its own clock; then the newest trade's time. Hours of
 * difference tell the two apart, since a feed that merely stopped shall look old.
 */
export function marketNow(wallMs: number, newestTradeMs: number, recorded: boolean): number {
  const isAnotherTime = recorded && newestTradeMs > 0 && Math.abs(wallMs - newestTradeMs) > 6 * 3_600_000;
  return isAnotherTime ? newestTradeMs : wallMs;
}

/** "3 s", "5 min", "2 h", "4 d": how long ago, for ages beside a headline. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}
