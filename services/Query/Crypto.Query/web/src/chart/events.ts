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
    const end = Date.parse(newest.closeTime) / 1000;
    const inside = this.events.filter((e) => e.time >= oldest.time && e.time <= end);
    this.markers.setMarkers(inside.map((e) => this.toMarker(e)).sort((a, b) => Number(a.time) - Number(b.time)));
  }

  private toMarker(event: ChartEvent): SeriesMarker<Time> {
    const { palette } = this.price;
    const id = `${event.kind}:${event.id}`;
    const time = this.candleOf(event.time) as UTCTimestamp;
    if (event.kind === 'news') return { id, time, position: 'belowBar', shape: 'circle', color: palette.news, size: 0.8 };
    const color = /crit|high|error/i.test(event.severity) ? palette.critical : /info|low/i.test(event.severity) ? palette.text : palette.warn;
    return { id, time, position: 'aboveBar', shape: 'arrowDown', color, size: 1.1 };
  }

  private candleOf(time: number): number {
    let found = this.price.book.oldest!.time;
    for (const bar of this.price.book.bars) {
      if (bar.time > time) break;
      found = bar.time;
    }
    return found;
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
