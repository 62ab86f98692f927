import type { Candle } from '../api/types';
import { epochSeconds } from '../core/time';

/** A candle with its opening time in seconds, which is the chart's key. */
export interface Bar extends Candle {
  time: number;
}

/** What a merge did: nothing, only the newest bar, or something in the middle. */
export type Merged = 'nothing' | 'newest' | 'rebuild';

/** The loaded candles of one symbol and interval, oldest first, each in its highest version. */
export class CandleBook {
  private items: Bar[] = [];

  get bars(): readonly Bar[] {
    return this.items;
  }

  get newest(): Bar | undefined {
    return this.items.at(-1);
  }

  get oldest(): Bar | undefined {
    return this.items[0];
  }

  clear(): void {
    this.items = [];
  }

  at(time: number): Bar | undefined {
    const index = this.indexOf(time);
    const bar = this.items[index];
    return bar?.time === time ? bar : undefined;
  }

  /** The fraction digits that the book's prices need. */
  scale(digits: (text: string) => number): number {
    let scale = 0;
    for (const bar of this.items.slice(-200)) scale = Math.max(scale, digits(bar.high), digits(bar.low), digits(bar.close));
    return scale;
  }

  merge(candles: readonly Candle[]): Merged {
    let result: Merged = 'nothing';
    for (const candle of candles) {
      const done = this.put({ ...candle, time: epochSeconds(candle.openTime) });
      if (done === 'rebuild' || result === 'nothing') result = done;
      // Two new bars are more than the newest one.
      else if (done === 'newest' && candles.length > 1) result = 'rebuild';
    }
    return result;
  }

  private put(bar: Bar): Merged {
    const index = this.indexOf(bar.time);
    const known = this.items[index];
    if (known?.time !== bar.time) {
      this.items.splice(index, 0, bar);
      return index === this.items.length - 1 ? 'newest' : 'rebuild';
    }
    if (bar.version <= known.version) return 'nothing';
    this.items[index] = bar;
    return index === this.items.length - 1 ? 'newest' : 'rebuild';
  }

  /** The first index whose bar is not before this time. */
  private indexOf(time: number): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.items[middle]?.time ?? Infinity) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
