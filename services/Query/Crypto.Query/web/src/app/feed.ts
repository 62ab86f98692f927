import { getJson } from '../api/client';
import { LiveStream, type StreamState } from '../api/liveStream';
import type { Candle, Health, Trade } from '../api/types';
import { judge, type FeedVerdict } from './feedState';
import type { Route } from './route';

export interface FeedHandlers {
  onCandles(candles: Candle[]): void;
  onTrades(trades: Trade[], live: boolean): void;
  onVerdict(verdict: FeedVerdict): void;
  /** The newest candles should be asked for: the stream came back, and what happened meanwhile is not known. */
  onReturn(): void;
}

const fallbackMs = 1_000;
const healthMs = 5_000;
const tradesShown = 40;

/**
 * The live side of the page: two event streams for what is shown, and how well they do. Streams rest while the page is
 * hidden, since a browser allows only six connections to a host; a host without streams is asked every second instead.
 */
export class Feed {
  private streams: LiveStream[] = [];
  private route: Route | undefined;
  private stream: StreamState = 'connecting';
  private wasOpen = false;
  private lostAt: number | undefined;
  private lastArrival = -Infinity;
  private market: string | undefined;
  private trouble: string | undefined;

  constructor(private readonly handlers: FeedHandlers) {
    setInterval(() => this.judge(), 500);
    setInterval(() => void this.checkHealth(), healthMs);
    setInterval(() => void this.fallBack(), fallbackMs);
    void this.checkHealth();
    document.addEventListener('visibilitychange', () => (document.hidden ? this.rest() : this.open()));
  }

  follow(route: Route): void {
    this.route = route;
    this.lastArrival = -Infinity;
    this.wasOpen = false;
    this.rest();
    if (!document.hidden) this.open();
  }

  private rest(): void {
    for (const stream of this.streams) stream.close();
    this.streams = [];
  }

  private open(): void {
    if (!this.route || this.streams.length > 0) return;
    const symbol = encodeURIComponent(this.route.symbol);
    this.streams = [
      new LiveStream(`/stream/candles?symbol=${symbol}&interval=${this.route.interval}&snapshot=2`, {
        onEvent: (event) => {
          if (event.event !== 'candle' && event.event !== 'message') return;
          const candle = JSON.parse(event.data) as Candle;
          if (hasTrades(candle)) this.arrived();
          this.handlers.onCandles([candle]);
        },
        onState: (state) => this.streamState(state),
      }),
      new LiveStream(`/stream/trades?symbol=${symbol}`, {
        onEvent: (event) => {
          if (event.event !== 'trade' && event.event !== 'message') return;
          this.arrived();
          this.handlers.onTrades([JSON.parse(event.data) as Trade], true);
        },
        onState: (state) => {
          if (state === 'open') void this.loadTrades(this.route);
        },
      }),
    ];
  }

  private streamState(state: StreamState): void {
    if (state === 'closed') return;
    this.stream = state;
    // What never says anything is silent since it could, by a stream or by being asked.
    if ((state === 'open' || state === 'missing') && this.lastArrival === -Infinity) this.arrived();
    if (state === 'open') {
      this.lostAt = undefined;
      if (this.wasOpen) this.handlers.onReturn();
      this.wasOpen = true;
      void this.checkHealth();
    } else if (state === 'lost') {
      this.lostAt ??= Date.now();
    }
    this.judge();
  }

  private arrived(): void {
    this.lastArrival = Date.now();
  }

  private async loadTrades(route: Route | undefined): Promise<void> {
    if (!route) return;
    const answer = await getJson<{ trades: Trade[] }>(`/prices/${encodeURIComponent(route.symbol)}?limit=${tradesShown}`);
    if (answer.kind === 'ok' && route === this.route) this.handlers.onTrades(answer.value.trades ?? [], false);
  }

  private async fallBack(): Promise<void> {
    if (this.stream !== 'missing' || !this.route || document.hidden) return;
    const route = this.route;
    await this.loadTrades(route);
    const answer = await getJson<{ candles: Candle[] }>(`/ohlc/${encodeURIComponent(route.symbol)}?interval=${route.interval}&limit=2`);
    if (answer.kind !== 'ok' || route !== this.route) return;
    const { candles } = answer.value;
    if (candles.some(hasTrades) && !answer.unchanged) this.arrived();
    this.handlers.onCandles(candles);
  }

  private async checkHealth(): Promise<void> {
    if (document.hidden) return;
    const answer = await getJson<Health>('/health');
    if (answer.kind !== 'ok') return;
    this.market = answer.value.market ?? undefined;
    this.trouble = describeTrouble(answer.value);
    this.judge();
  }

  private judge(): void {
    this.handlers.onVerdict(judge({
      stream: this.stream,
      market: this.market,
      trouble: this.trouble,
      lostFor: this.lostAt === undefined ? undefined : Date.now() - this.lostAt,
      silentFor: Date.now() - this.lastArrival,
    }));
  }
}

/** A flat candle comes because time passes, with a silent exchange as well. */
function hasTrades(candle: Candle): boolean {
  return candle.tradeCount > 0;
}

/** The reasons of the roles that do not work, in one sentence; undefined when all do. */
export function describeTrouble(health: Health): string | undefined {
  const reasons = Object.entries(health.roles ?? {}).flatMap(([name, role]) => {
    if (typeof role !== 'object' || role === null) return [];
    const { status, reason } = role as { status?: string; reason?: string };
    return status && status !== 'healthy' ? [`${name}: ${reason ?? status}`] : [];
  });
  return reasons.length > 0 ? `${reasons.join('; ')}.` : undefined;
}
