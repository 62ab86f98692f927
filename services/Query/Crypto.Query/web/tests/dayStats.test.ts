import { describe, expect, it } from 'vitest';
import type { Candle } from '../src/api/types';
import { foldDay, spanOf, thinned } from '../src/panels/dayStats';
import { candle } from './candles';

const quarter = (minute: number, values: Partial<Candle>): Candle => {
  const open = Date.UTC(2024, 7, 9, 0, minute);
  return { ...candle(minute), openTime: new Date(open).toISOString(), closeTime: new Date(open + 899_999).toISOString(), ...values };
};

describe('the day', () => {
  it('is folded from its candles to the last digit', () => {
    const day = foldDay([
      quarter(0, { open: '0.1', high: '10', low: '9', close: '9.5', volume: '0.10000001', quoteVolume: '1' }),
      quarter(15, { open: '9.5', high: '9.75', low: '0.00000001', close: '9', volume: '0.2', quoteVolume: '2.5' }),
    ])!;
    expect(day).toMatchObject({ open: '0.1', high: '10', low: '0.00000001', volume: '0.30000001', quoteVolume: '3.5', closes: [9.5, 9] });
    expect(day.hours).toBeCloseTo(0.5, 3);
  });

  it('compares prices as numbers, not as text', () =>
    expect(foldDay([quarter(0, { high: '9' }), quarter(15, { high: '10' })])!.high).toBe('10'));

  it('is none without candles', () => expect(foldDay([])).toBeUndefined());

  it.each([[24, '24 h'], [23.9, '24 h'], [0, '24 h'], [2.2, '2 h'], [0.5, '30 min'], [0.001, '1 min']])('of %d hours is called %s', (hours, name) =>
    expect(spanOf(hours)).toBe(name));
});

describe('a small drawing', () => {
  it('takes no more points than it has room for, and always the last', () => {
    const values = Array.from({ length: 100 }, (_, i) => i);
    const few = thinned(values, 28);
    expect(few.length).toBeLessThanOrEqual(28);
    expect(few.at(-1)).toBe(99);
    expect(new Set(few.slice(1).map((v, i) => v - few[i]!)).size).toBe(1);
  });

  it('takes all where they are few', () => expect(thinned([3, 1, 2], 28)).toEqual([3, 1, 2]));

  it('takes nothing of nothing', () => expect(thinned([], 28)).toEqual([]));
});
