import {
  CandlestickSeries, createChart, CrosshairMode, HistogramSeries, LineSeries, LineStyle, PriceLineSource,
  type IChartApi, type ISeriesApi, type MouseEventParams, type UTCTimestamp,
} from 'lightweight-charts';
import { formatNumber, significantScale } from '../core/format';
import { dayVwap, simpleAverage, type Point } from './averages';
import { CandleBook, type Bar, type Merged } from './candleBook';
import { averageLengths, type LayerChoice, type LayerId } from './layers';
import { readPalette, type Palette } from './palette';
import { toCandle, toCandles, toVolume } from './seriesData';
import { timeFormatter, tickFormatter } from './timeAxis';

type Line = ISeriesApi<'Line'>;

/** The candlestick chart with its volume and lines. Draws what its book holds; it fetches nothing itself. */
export class PriceChart {
  readonly book = new CandleBook();
  readonly chart: IChartApi;
  readonly candles: ISeriesApi<'Candlestick'>;
  palette: Palette = readPalette();
  /** Seconds from one candle to the next. */
  step = 60;
  /** There is nothing older than the oldest bar. */
  exhausted = false;
  private readonly volume: ISeriesApi<'Histogram'>;
  private readonly lines = new Map<LayerId, Line>();
  private scale = 2;

  constructor(container: HTMLElement, private readonly choice: LayerChoice) {
    this.chart = createChart(container, {
      autoSize: true,
      // The library's own logo injects a style element, which the policy forbids; the page carries the link itself.
      layout: { attributionLogo: false, background: { color: 'transparent' } },
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.14, bottom: 0.2 } },
      timeScale: { borderVisible: false, rightOffset: 6, barSpacing: 8, minBarSpacing: 0.8, timeVisible: true, tickMarkFormatter: tickFormatter },
      localization: { timeFormatter },
    });
    const price = { priceFormat: { type: 'custom' as const, formatter: (v: number) => formatNumber(v, this.scale), minMove: 0.01 } };
    const quiet = { lastValueVisible: false, priceLineVisible: false, crosshairMarkerVisible: false, lineWidth: 2 as const };
    this.volume = this.chart.addSeries(HistogramSeries, {
      priceScaleId: '', priceFormat: { type: 'volume' }, lastValueVisible: false, priceLineVisible: false,
    });
    this.volume.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.candles = this.chart.addSeries(CandlestickSeries, {
      ...price, borderVisible: true, priceLineStyle: LineStyle.Dotted,
      // As the label on the axis: scrolled into the past, both tell of the last candle in sight.
      priceLineSource: PriceLineSource.LastVisible,
    });
    for (const { id } of averageLengths) this.lines.set(id, this.chart.addSeries(LineSeries, { ...price, ...quiet }));
    this.lines.set('vwap', this.chart.addSeries(LineSeries, {
      ...price, ...quiet, lineStyle: LineStyle.Dashed,
      // Far from the price it would squeeze the candles; the legend has its value then.
      autoscaleInfoProvider: () => null,
    }));
    this.restyle();
  }

  /** Takes the colours anew, after the theme or a font changed. */
  restyle(): void {
    const p = (this.palette = readPalette());
    this.chart.applyOptions({
      layout: { textColor: p.text, fontFamily: p.font, fontSize: 11 },
      grid: { vertLines: { color: p.grid }, horzLines: { color: p.grid } },
      crosshair: { vertLine: { color: p.text, labelBackgroundColor: p.label }, horzLine: { color: p.text, labelBackgroundColor: p.label } },
    });
    this.candles.applyOptions({
      upColor: p.up, downColor: p.down, wickUpColor: p.up, wickDownColor: p.down, borderUpColor: p.up, borderDownColor: p.down,
    });
    averageLengths.forEach(({ id }, i) => this.lines.get(id)?.applyOptions({ color: p.averages[i] ?? p.text }));
    this.lines.get('vwap')?.applyOptions({ color: p.vwap });
    this.redraw();
  }

  /** Draws what a merge into the book changed. */
  draw(merged: Merged): void {
    if (merged === 'rebuild') this.redraw();
    else if (merged === 'newest') this.drawNewest();
  }

  redraw(): void {
    const bars = this.book.bars;
    this.updateScale();
    this.candles.setData(toCandles(bars, this.step, this.palette));
    this.volume.setData(this.choice.has('volume') ? bars.map((bar) => toVolume(bar, this.palette)) : []);
    for (const { id, length } of averageLengths) this.setLine(id, () => simpleAverage(bars, length));
    this.setLine('vwap', () => dayVwap(bars, this.exhausted));
  }

  /** The value of a line at a bar, for the legend. */
  lineAt(id: LayerId, params: MouseEventParams | undefined): number | undefined {
    const line = this.lines.get(id);
    if (!line || !this.choice.has(id)) return undefined;
    const data = params?.time === undefined ? line.data().at(-1) : params.seriesData.get(line);
    return data && 'value' in data && typeof data.value === 'number' ? data.value : undefined;
  }

  /** Fraction digits of the prices shown. */
  get priceScale(): number {
    return this.scale;
  }

  /** How far the newest bar is from where it is by default; positive when scrolled into the past. */
  get barsBehind(): number {
    return -this.chart.timeScale().scrollPosition();
  }

  private drawNewest(): void {
    const bars = this.book.bars;
    const bar = this.book.newest;
    if (!bar) return;
    if (bar.time - (bars.at(-2)?.time ?? bar.time) > this.step) {
      this.redraw();
      return;
    }
    this.candles.update(toCandle(bar, this.palette));
    if (this.choice.has('volume')) this.volume.update(toVolume(bar, this.palette));
    for (const { id, length } of averageLengths) this.updateLine(id, simpleAverage(bars, length, bars.length - 1).at(-1));
    if (this.choice.has('vwap')) this.updateLine('vwap', dayVwap(this.today(bar), this.exhausted || this.book.oldest!.time < startOfDay(bar.time)).at(-1));
  }

  private today(newest: Bar): readonly Bar[] {
    const from = startOfDay(newest.time);
    const bars = this.book.bars;
    let index = bars.length - 1;
    while (index > 0 && bars[index - 1]!.time >= from) index--;
    return bars.slice(index);
  }

  private updateScale(): void {
    this.scale = Math.max(2, this.book.scale(significantScale));
    const minMove = 10 ** -this.scale;
    const priceFormat = { type: 'custom' as const, formatter: (v: number) => formatNumber(v, this.scale), minMove };
    this.candles.applyOptions({ priceFormat });
    for (const line of this.lines.values()) line.applyOptions({ priceFormat });
  }

  private setLine(id: LayerId, points: () => Point[]): void {
    this.lines.get(id)?.setData(this.choice.has(id) ? points().map(toLine) : []);
  }

  private updateLine(id: LayerId, point: Point | undefined): void {
    if (point && this.choice.has(id)) this.lines.get(id)?.update(toLine(point));
  }
}

function toLine(point: Point): { time: UTCTimestamp; value: number } | { time: UTCTimestamp } {
  const time = point.time as UTCTimestamp;
  return point.value === undefined ? { time } : { time, value: point.value };
}

function startOfDay(seconds: number): number {
  return seconds - (seconds % 86_400);
}
