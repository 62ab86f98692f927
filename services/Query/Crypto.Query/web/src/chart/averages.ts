import type { Bar } from './candleBook';

export interface Point {
  time: number;
  value?: number;
}

const daySeconds = 86_400;

/** Mean of the last `length` closes at each bar; no value before there are that many. */
export function simpleAverage(bars: readonly Bar[], length: number, from = 0): Point[] {
  const points: Point[] = [];
  for (let i = from; i < bars.length; i++) {
    const bar = bars[i]!;
    if (i + 1 < length) {
      points.push({ time: bar.time });
      continue;
    }
    // Summed anew per bar: a running sum of doubles would drift over a long session.
    let sum = 0;
    for (let j = i - length + 1; j <= i; j++) sum += Number(bars[j]!.close);
    points.push({ time: bar.time, value: sum / length });
  }
  return points;
}

/**
 * The day's volume-weighted average price at each bar, from midnight UTC. A day whose beginning is not loaded has none,
 * unless there is nothing older (`fromStart`): then it begins with the first candle there is.
 */
export function dayVwap(bars: readonly Bar[], fromStart: boolean): Point[] {
  const points: Point[] = [];
  let day = -1;
  let known = false;
  let volume = 0;
  let quote = 0;
  for (const [i, bar] of bars.entries()) {
    const today = Math.floor(bar.time / daySeconds);
    if (today !== day) {
      day = today;
      known = i > 0 || fromStart || bar.time % daySeconds === 0;
      volume = 0;
      quote = 0;
    }
    volume += Number(bar.volume);
    quote += Number(bar.quoteVolume);
    points.push(known && volume > 0 ? { time: bar.time, value: quote / volume } : { time: bar.time });
  }
  return points;
}
