import { describe, expect, it } from 'vitest';
import { parseDecimal } from '../src/core/decimal';
import { columnScale, formatCompact, formatDecimal, formatPercent, formatRounded, significantScale, splitSymbol } from '../src/core/format';
import { clockTime, dateTime, epochSeconds, formatAge, intervalSeconds, marketNow } from '../src/core/time';

describe('numbers for people', () => {
  it.each([
    ['61685.99000000', 2, '61,685.99'], ['2683.80000000', 2, '2,683.80'], ['0.00001234', 2, '0.00001234'],
    ['-1234567.5', 0, '−1,234,567.5'], ['100.00000000', 0, '100'], ['12345678901234567890.123456789', 2, '12,345,678,901,234,567,890.123456789'],
  ])('%s with at least %d decimals is %s', (number, scale, shown) => expect(formatDecimal(number, scale)).toBe(shown));

  it('says how many decimals carry information', () => {
    expect(significantScale('2683.80000000')).toBe(1);
    expect(significantScale('5')).toBe(0);
  });

  it('gives a column as many decimals as its longest number needs', () => {
    expect(columnScale(['0.02000000', '0.00977000', '5'], 0)).toBe(5);
    expect(columnScale(['7'], 2)).toBe(2);
    expect(columnScale([], 2)).toBe(2);
  });

  it('rounds where it must', () => {
    expect(formatRounded('0.125', 2)).toBe('0.12');
    expect(formatCompact('63580.12')).toBe('63.58K');
    expect(formatCompact('3919000000')).toBe('3.92B');
    expect(formatCompact('17.7001')).toBe('17.700');
  });

  it('signs a change', () => {
    expect(formatPercent(parseDecimal('1.50'))).toBe('+1.50%');
    expect(formatPercent(parseDecimal('-0.04'))).toBe('−0.04%');
    expect(formatPercent(undefined)).toBe('–');
  });
});

describe('symbols', () => {
  it.each([
    ['BTCUSDT', { base: 'BTC', quote: 'USDT', venue: '' }], ['ETHBTC', { base: 'ETH', quote: 'BTC', venue: '' }],
    ['binance-usdm:BTCUSDT', { base: 'BTC', quote: 'USDT', venue: 'binance-usdm' }], ['XYZ', { base: 'XYZ', quote: '', venue: '' }],
  ])('%s is cut where its quote begins', (symbol, parts) => expect(splitSymbol(symbol)).toEqual(parts));
});

describe('times', () => {
  it('are read with microseconds and shown in UTC', () => {
    expect(epochSeconds('2024-08-09T00:00:01.999999Z')).toBe(1723161601);
    expect(clockTime('2024-08-09T00:00:01.437000Z')).toBe('00:00:01');
    expect(dateTime(1723161601437)).toBe('2024-08-09 00:00:01');
  });

  it('know how long an interval is', () => expect(['1s', '5m', '4h', '1d'].map(intervalSeconds)).toEqual([1, 300, 14_400, 86_400]));

  it('are the exchange’s own where a recording keeps its clock', () => {
    const [wall, trade] = [Date.UTC(2026, 10, 21), Date.UTC(2024, 7, 9)];
    expect(marketNow(wall, trade, true)).toBe(trade);
    expect(marketNow(wall, trade, false)).toBe(wall);
    expect(marketNow(wall, wall - 60_000, true)).toBe(wall);
    expect(marketNow(wall, 0, true)).toBe(wall);
  });

  it('say how long ago', () => {
    expect([400, 59_000, 61_000, 7_300_000, 200_000_000].map(formatAge)).toEqual(['0 s', '59 s', '1 min', '2 h', '2 d']);
  });
});
