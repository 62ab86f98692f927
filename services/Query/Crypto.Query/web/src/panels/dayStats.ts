import { getJson } from '../api/client';
import type { Candle } from '../api/types';
import { add, compare, parseDecimal, toText } from '../core/decimal';

const quarterHoursOfDay = 96;

/** What the last 24 hours were, or as much of them as is stored. */
export interface DayStats {
  /** Price at the beginning. */
  open: string;
  high: string;
  low: string;
  volume: string;
  quoteVolume: string;
  /** Hours covered: 24 unless less is stored. */
  hours: number;
  closes: number[];
}

/** Folds the day's candles exactly; undefined without candles. */
export function foldDay(candles: readonly Candle[]): DayStats | undefined {
  const first = candles[0];
  const last = candles.at(-1);
  if (!first || !last) return undefined;
  const best = (pick: (c: Candle) => string, sign: number): string =>
    candles.map(pick).reduce((a, b) => (compare(parseDecimal(b), parseDecimal(a)) * sign > 0 ? b : a));
  const sum = (pick: (c: Candle) => string): string => toText(candles.map((c) => parseDecimal(pick(c))).reduce(add));
  return {
    open: first.open,
    high: best((c) => c.high, 1),
    low: best((c) => c.low, -1),
    volume: sum((c) => c.volume),
    quoteVolume: sum((c) => c.quoteVolume),
    hours: Math.min(24, (Date.parse(last.closeTime) - Date.parse(first.openTime)) / 3_600_000),
    closes: candles.map((c) => Number(c.close)),
  };
}

/** At most `most` of the values, evenly spaced and with the last one: more would fill a small drawing with ink. */
export function thinned(values: readonly number[], most: number): number[] {
  const step = Math.max(1, Math.ceil(values.length / most));
  return values.filter((_, i) => (values.length - 1 - i) % step === 0);
}

/** "24 h", or the shorter time that is stored. */
export function spanOf(hours: number): string {
  if (hours >= 23.7 || hours <= 0) return '24 h';
  return hours >= 0.95 ? `${Math.round(hours)} h` : `${Math.max(1, Math.round(hours * 60))} min`;
}

/** Asks for the day's candles; finer ones where the day is young, so that its shape shows. */
export async function loadDay(symbol: string): Promise<DayStats | undefined> {
  const day = await ask(symbol, '15m', quarterHoursOfDay);
  if (!day || day.length >= 24) return day && foldDay(day);
  const fine = await ask(symbol, '1m', 360);
  return foldDay(fine && fine.length > 0 ? fine : day);
}

async function ask(symbol: string, interval: string, limit: number): Promise<Candle[] | undefined> {
  const answer = await getJson<{ candles: Candle[] }>(`/ohlc/${encodeURIComponent(symbol)}?interval=${interval}&limit=${limit}`);
  return answer.kind === 'ok' ? answer.value.candles : undefined;
}
