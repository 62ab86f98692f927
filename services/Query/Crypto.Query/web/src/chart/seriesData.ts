import type { CandlestickData, HistogramData, UTCTimestamp } from 'lightweight-charts';
import type { Bar } from './candleBook';
import type { Palette } from './palette';

/** A candle as the chart draws it; one with missing trades has the warning's outline. */
export function toCandle(bar: Bar, palette: Palette): CandlestickData<UTCTimestamp> {
  const data = {
    time: bar.time as UTCTimestamp,
    open: Number(bar.open), high: Number(bar.high), low: Number(bar.low), close: Number(bar.close),
  };
  return bar.complete || bar.state === 'live' ? data : { ...data, borderColor: palette.warn, wickColor: palette.warn };
}

export function toVolume(bar: Bar, palette: Palette): HistogramData<UTCTimestamp> {
  const rising = Number(bar.close) >= Number(bar.open);
  return { time: bar.time as UTCTimestamp, value: Number(bar.volume), color: rising ? palette.upFaint : palette.downFaint };
}
