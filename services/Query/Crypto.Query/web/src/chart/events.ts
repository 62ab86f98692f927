import { createSeriesMarkers, type ISeriesMarkersPluginApi, type MouseEventParams, type SeriesMarker, type Time, type UTCTimestamp } from 'lightweight-charts';
import { h } from '../core/dom';
import { dateTime } from '../core/time';
import type { PriceChart } from './priceChart';

/** Something that happened at a moment: an alert or a headline. */
export interface ChartEvent {
  id: string;
  kind: 'alert' | 'news';
  severity: string;
  time: number;
  title: string;
  detail: string;
}

/** Alerts above and headlines below the candles in which they happened, with a tooltip for both. */
export class EventMarkers {
  private readonly markers: ISeriesMarkersPluginApi<Time>;
  private events: readonly ChartEvent[] = [];

  constructor(private readonly price: PriceChart, private readonly tooltip: HTMLElement, private readonly shown: () => boolean) {
    this.markers = createSeriesMarkers(price.candles, []);
    price.chart.subscribeCrosshairMove((params) => this.point(params));
  }

  set(events: readonly ChartEvent[]): void {
    this.events = events;
    this.draw();
  }

  /** Draws the events that fall into the loaded candles. */
  draw(): void {
    const { oldest, newest } = this.price.book;
    if (!oldest || !newest || !this.shown()) {
      this.markers.setMarkers([]);
      return;
    }
    const markers = this.events.flatMap((event) => {
      const time = this.candleOf(event.time);
      return time === undefined ? [] : [this.toMarker(event, time)];
    });
    this.markers.setMarkers(markers.sort((a, b) => Number(a.time) - Number(b.time)));
  }

  private toMarker(event: ChartEvent, at: number): SeriesMarker<Time> {
    const { palette } = this.price;
    const id = `${event.kind}:${event.id}`;
    const time = at as UTCTimestamp;
    if (event.kind === 'news') return { id, time, position: 'belowBar', shape: 'circle', color: palette.news, size: 0.8 };
    const color = /crit|high|error/i.test(event.severity) ? palette.critical : /info|low/i.test(event.severity) ? palette.text : palette.warn;
    return { id, time, position: 'aboveBar', shape: 'arrowDown', color, size: 1.1 };
  }

  // The candle in which it happened; none where that candle is not loaded.
  private candleOf(time: number): number | undefined {
    const opened = Math.floor(time / this.price.step) * this.price.step;
    return this.price.book.at(opened)?.time;
  }

  private point(params: MouseEventParams): void {
    const id = params.hoveredObjectId;
    const event = typeof id === 'string' ? this.events.find((e) => `${e.kind}:${e.id}` === id) : undefined;
    this.tooltip.hidden = !event || !params.point;
    if (!event || !params.point) return;
    this.tooltip.replaceChildren(h('strong', {}, event.title), h('span', {}, `${event.detail} · ${dateTime(event.time * 1000)} UTC`));
    const width = this.tooltip.offsetWidth;
    const room = this.tooltip.parentElement!.clientWidth;
    const x = Math.max(8, Math.min(params.point.x + 14, room - width - 8));
    this.tooltip.style.transform = `translate(${x}px, ${params.point.y + 14}px)`;
  }
}
