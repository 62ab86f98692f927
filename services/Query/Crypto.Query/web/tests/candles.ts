import type { Candle } from '../src/api/types';

/** A candle that opens that many minutes after midnight of 2024-08-09. */
export function candle(minute: number, change: Partial<Candle> = {}): Candle {
  const open = Date.UTC(2024, 7, 9) + minute * 60_000;
  return {
    openTime: new Date(open).toISOString(), closeTime: new Date(open + 59_999).toISOString(),
    open: '100', high: '102', low: '99', close: '101', volume: '2', quoteVolume: '201', vwap: '100.500000000000',
    tradeCount: 3, state: 'closed', revision: 0, version: 1, complete: true, ...change,
  };
}
