import { describe, expect, it } from 'vitest';
import { dayVwap, simpleAverage } from '../src/chart/averages';
import { CandleBook } from '../src/chart/candleBook';
import type { Palette } from '../src/chart/palette';
import { toCandles } from '../src/chart/seriesData';
import { foldDay } from '../src/panels/dayStats';
import { candle } from './candles';

const minutes = (book: CandleBook): number[] => book.bars.map((bar) => new Date(bar.openTime).getUTCMinutes());

describe('the candle book', () => {
  it('orders candles however they come', () => {
    const book = new CandleBook();
    expect(book.merge([candle(3), candle(1), candle(2)])).toBe('rebuild');
    expect(minutes(book)).toEqual([1, 2, 3]);
  });

  it('keeps the highest version of each candle', () => {
    const book = new CandleBook();
    book.merge([candle(1, { version: 5, close: '105' })]);
    expect(book.merge([candle(1, { version: 4, close: '104' })])).toBe('nothing');
    expect(book.merge([candle(1, { version: 6, close: '106' })])).toBe('newest');
    expect(book.newest?.close).toBe('106');
  });

  it('tells a change of the newest candle from one in the past', () => {
    const book = new CandleBook();
    book.merge([candle(1), candle(2)]);
    expect(book.merge([candle(3)])).toBe('newest');
    expect(book.merge([candle(2, { version: 2 })])).toBe('rebuild');
    expect(book.merge([candle(0)])).toBe('rebuild');
    expect(book.merge([candle(4), candle(5)])).toBe('rebuild');
    expect(minutes(book)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('finds a candle by its time', () => {
    const book = new CandleBook();
    book.merge([candle(1), candle(3)]);
    expect(book.at(Date.parse(candle(3).openTime) / 1000)?.openTime).toBe(candle(3).openTime);
    expect(book.at(Date.parse(candle(2).openTime) / 1000)).toBeUndefined();
  });
});

describe('lines', () => {
  const bars = (...closes: number[]) => {
    const book = new CandleBook();
    book.merge(closes.map((close, i) => candle(i, { close: String(close), volume: '1', quoteVolume: String(close) })));
    return book.bars;
  };

  it('a moving average begins when there are enough closes', () => {
    expect(simpleAverage(bars(1, 2, 3, 6), 3).map((p) => p.value)).toEqual([undefined, undefined, 2, 11 / 3]);
  });

  it('the last point alone is the same as in the whole line', () => {
    const all = bars(5, 3, 8, 1, 9);
    expect(simpleAverage(all, 4, all.length - 1)).toEqual(simpleAverage(all, 4).slice(-1));
  });

  it('the day’s VWAP weighs by volume from midnight on', () => {
    expect(dayVwap(bars(10, 20, 60), false).map((p) => p.value)).toEqual([10, 15, 30]);
  });

  it('a day that is not loaded from its beginning has no VWAP, unless there is nothing older', () => {
    const late = bars(10, 20).slice(1);
    expect(dayVwap(late, false).map((p) => p.value)).toEqual([undefined]);
    expect(dayVwap(late, true).map((p) => p.value)).toEqual([20]);
  });
});

describe('the time axis', () => {
  const palette = { warn: '#f00' } as Palette;

  it('keeps the place of candles that are missing', () => {
    const book = new CandleBook();
    book.merge([candle(0), candle(1), candle(4)]);
    const drawn = toCandles(book.bars, 60, palette);
    expect(drawn.map((d) => (d.time - drawn[0]!.time) / 60)).toEqual([0, 1, 2, 3, 4]);
    expect(drawn.map((d) => 'open' in d)).toEqual([true, true, false, false, true]);
  });

  it('does not draw a hole of days', () => {
    const book = new CandleBook();
    book.merge([candle(0), candle(100_000)]);
    expect(toCandles(book.bars, 60, palette)).toHaveLength(2);
  });

  it('outlines a settled candle that lacks trades', () => {
    const book = new CandleBook();
    book.merge([candle(0, { complete: false }), candle(1, { complete: false, state: 'live' })]);
    expect(toCandles(book.bars, 60, palette).map((d) => 'borderColor' in d)).toEqual([true, false]);
  });
});

describe('the day', () => {
  it('is folded exactly', () => {
    const day = foldDay([
      candle(0, { open: '0.1', high: '0.30', low: '0.1', volume: '0.1', quoteVolume: '0.00000001' }),
      candle(1, { open: '0.2', high: '0.3', low: '0.09', volume: '0.2', quoteVolume: '0.00000002' }),
    ]);
    expect(day).toMatchObject({ open: '0.1', high: '0.30', low: '0.09', volume: '0.3', quoteVolume: '0.00000003' });
    expect(day!.hours).toBeCloseTo(2 / 60, 3);
  });

  it('is nothing without candles', () => expect(foldDay([])).toBeUndefined());
});
