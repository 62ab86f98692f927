import { getJson } from '../api/client';
import type { Candle } from '../api/types';
import { EventMarkers, type ChartEvent } from '../chart/events';
import { History } from '../chart/history';
import type { LayerChoice } from '../chart/layers';
import { Legend } from '../chart/legend';
import { PriceChart } from '../chart/priceChart';
import { byId, setText } from '../core/dom';
import { intervalSeconds } from '../core/time';
import type { Route } from './route';

const firstPage = 500;
/** Empty bars between the newest candle and the price axis. */
const rightMargin = 6;
const daySeconds = 86_400;
/** The candles that every installation keeps. */
const commonInterval = '1m';

/** The chart of what is chosen: loads it, keeps it current, and loads more as one scrolls. */
export class MarketView {
  readonly price: PriceChart;
  private readonly legend: Legend;
  private readonly markers: EventMarkers;
  private readonly history: History;
  private readonly latest = byId<HTMLButtonElement>('latest');
  private readonly empty = byId('chart-empty');
  private route: Route | undefined;
  private loading: AbortController | undefined;
  private loaded = false;

  constructor(private readonly container: HTMLElement, private readonly choice: LayerChoice) {
    this.price = new PriceChart(container, choice);
    this.legend = new Legend(byId('legend'), this.price);
    this.markers = new EventMarkers(this.price, byId('tooltip'), () => choice.has('events'));
    this.history = new History(this.price, (before, limit) => this.loadOlder(before, limit), () => this.wantsDay());
    this.latest.addEventListener('click', () => this.toLatest());
    this.price.chart.timeScale().subscribeVisibleLogicalRangeChange(() => (this.latest.hidden = this.price.barsBehind < 4));
  }

  async show(route: Route): Promise<void> {
    this.loading?.abort();
    this.loading = new AbortController();
    this.route = route;
    this.price.book.clear();
    this.price.exhausted = false;
    this.price.step = intervalSeconds(route.interval);
    this.loaded = false;
    this.price.redraw();
    this.describe();
    this.price.chart.applyOptions({ timeScale: { secondsVisible: route.interval === '1s', timeVisible: route.interval !== '1d' } });
    this.legend.render();
    const loaded = await this.load(`limit=${firstPage}`, this.loading.signal);
    if (route !== this.route) return;
    // Without an answer the stream fills the chart, and the history comes as the chart asks for it.
    this.loaded = true;
    this.empty.hidden = loaded === undefined || loaded.length > 0;
    if (!this.empty.hidden) await this.explainEmpty(route);
    if (!loaded) return;
    this.price.exhausted = loaded.length < firstPage;
    this.take(loaded, true);
    this.price.chart.priceScale('right').setAutoScale(true);
    this.frame();
    await this.history.check();
  }

  /** Takes candles of the stream, or of any answer. */
  take(candles: readonly Candle[], rebuild = false): void {
    // Before the first page came: it holds these too.
    if (!this.loaded && !rebuild) return;
    this.price.draw(rebuild ? (this.price.book.merge(candles), 'rebuild') : this.price.book.merge(candles));
    this.describe();
    this.legend.render();
    if (rebuild) this.markers.draw();
  }

  /**
   * After the stream came back: the newest page again, since older candles may have been corrected meanwhile too. Where it
   * does not reach back to what is known, the chart begins anew rather than with a hole.
   */
  async catchUp(): Promise<void> {
    const route = this.route;
    const newest = this.price.book.newest;
    if (!route || !this.loaded) return;
    const loaded = await this.load(`limit=${firstPage}`, this.loading?.signal);
    if (!loaded || route !== this.route) return;
    const first = loaded[0];
    if (first && newest && first.openTime > newest.openTime) await this.show(route);
    else this.take(loaded, true);
  }

  setEvents(events: readonly ChartEvent[]): void {
    this.markers.set(events);
  }

  redraw(): void {
    this.price.redraw();
    this.markers.draw();
    this.legend.render();
    void this.history.check();
  }

  restyle(): void {
    this.price.restyle();
    this.redraw();
  }

  scroll(bars: number): void {
    const scale = this.price.chart.timeScale();
    scale.scrollToPosition(scale.scrollPosition() + bars, false);
  }

  zoom(factor: number): void {
    const scale = this.price.chart.timeScale();
    scale.applyOptions({ barSpacing: Math.max(0.8, Math.min(60, scale.options().barSpacing * factor)) });
  }

  toLatest(): void {
    // Not animated: a page of history that arrives in that second would end the animation half-way.
    this.price.chart.timeScale().scrollToPosition(rightMargin, false);
  }

  // A canvas tells nothing to a screen reader, nor to a test; the element says what it shows.
  private describe(): void {
    const { bars, oldest, newest } = this.price.book;
    if (bars.length > 0) this.empty.hidden = true;
    const { symbol = '', interval = '' } = this.route ?? {};
    Object.assign(this.container.dataset, {
      symbol, interval, candles: String(bars.length), oldest: oldest?.openTime ?? '', newest: newest?.openTime ?? '', close: newest?.close ?? '',
    });
    this.container.setAttribute('aria-description', newest ? `${symbol}, ${interval}: ${bars.length} candles, the last closed at ${newest.close}` : 'no candles');
  }

  // A symbol that has other candles has none of this length because nobody folds them.
  private async explainEmpty(route: Route): Promise<void> {
    setText(this.empty, 'No candles yet. They appear with the first trade.');
    const minutes = await this.load('limit=1', this.loading?.signal, commonInterval);
    if (route !== this.route || route.interval === commonInterval || !minutes?.length) return;
    setText(this.empty, `Candles of ${route.interval} are not kept here: Aggregation:Intervals says which are.`);
  }

  // Few candles are not stretched over the whole width, many are shown at a readable size.
  private frame(): void {
    const scale = this.price.chart.timeScale();
    const width = scale.width();
    const wanted = Math.min(this.price.book.bars.length + rightMargin, Math.max(40, Math.round(width / 9)));
    scale.applyOptions({ barSpacing: Math.max(4, Math.min(16, width / Math.max(1, wanted))) });
    scale.scrollToPosition(rightMargin, false);
  }

  // The day's average needs the day from midnight on.
  private wantsDay(): boolean {
    const { newest, oldest } = this.price.book;
    if (!newest || !oldest || !this.route || !this.choice.has('vwap') || intervalSeconds(this.route.interval) < 60) return false;
    return oldest.time > newest.time - (newest.time % daySeconds);
  }

  private async loadOlder(before: string, limit: number): Promise<boolean> {
    const route = this.route;
    const older = await this.load(`limit=${limit}&to=${encodeURIComponent(before)}`, this.loading?.signal);
    if (!older || route !== this.route) return false;
    this.price.exhausted = older.length === 0;
    this.take(older, true);
    return older.length > 0;
  }

  private async load(query: string, signal?: AbortSignal, interval = this.route!.interval): Promise<Candle[] | undefined> {
    const { symbol } = this.route!;
    const answer = await getJson<{ candles: Candle[] }>(`/ohlc/${encodeURIComponent(symbol)}?interval=${interval}&${query}`, signal);
    return answer.kind === 'ok' ? answer.value.candles : undefined;
  }
}
