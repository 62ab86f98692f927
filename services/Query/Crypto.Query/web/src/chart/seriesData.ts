import type { CandlestickData, HistogramData, UTCTimestamp, WhitespaceData } from 'lightweight-charts';
import type { Bar } from './candleBook';
import type { Palette } from './palette';

/** A hole of more candles than this is drawn as none at all. */
const widestHole = 2_000;

/**
 * The candles with empty places where some are missing, so that the time axis stays true: the chart puts neighbours side
 * by side, however far apart their times are.
 */
export function toCandles(bars: readonly Bar[], step: number, palette: Palette): (CandlestickData<UTCTimestamp> | WhitespaceData<UTCTimestamp>)[] {
  return bars.flatMap((bar, i) => {
    const previous = bars[i - 1]?.time ?? bar.time;
    const holes = Math.min((bar.time - previous) / step - 1, widestHole + 1);
    const empty = holes > 0 && holes <= widestHole
      ? Array.from({ length: holes }, (_, k) => ({ time: (previous + (k + 1) * step) as UTCTimestamp })) : [];
    return [...empty, toCandle(bar, palette)];
  });
}

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
