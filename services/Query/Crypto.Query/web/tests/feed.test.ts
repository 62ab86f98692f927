import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Candle } from '../src/api/types';
import { Feed } from '../src/app/feed';
import { staleMs, type FeedVerdict } from '../src/app/feedState';
import { candle } from './candles';

const flat: Partial<Candle> = { volume: '0', quoteVolume: '0', vwap: null, tradeCount: 0 };

/** An event stream that the test speaks through. */
class Source {
  private controller!: ReadableStreamDefaultController<Uint8Array>;
  readonly response = new Response(new ReadableStream<Uint8Array>({ start: (controller) => void (this.controller = controller) }), {
    headers: { 'content-type': 'text/event-stream' },
  });

  say(event: string, data: unknown): void {
    this.controller.enqueue(new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  }
}

describe('the feed', () => {
  let candles: Source;
  let trades: Source;
  let seen: Candle[];
  let last: FeedVerdict | undefined;
  let hide: () => void;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    [candles, trades, seen, last] = [new Source(), new Source(), [], undefined];
    const page = { hidden: false, addEventListener: (_: string, changed: () => void) => void (hide = () => ((page.hidden = true), changed())) };
    vi.stubGlobal('document', page);
    serve({ candles: candles.response, trades: trades.response });
  });

  function serve(streams: { candles?: Response; trades?: Response }): void {
    const missing = () => new Response(null, { status: 404 });
    vi.stubGlobal('fetch', (path: string) => Promise.resolve(
      path.startsWith('/stream/candles') ? streams.candles ?? missing() : path.startsWith('/stream/trades') ? streams.trades ?? missing()
        : Response.json({ market: 'running', roles: {}, trades: [], candles: [candle(seen.length, flat)] })));
  }

  function follow(): void {
    new Feed({
      onCandles: (some) => seen.push(...some), onTrades: () => undefined, onReturn: () => undefined,
      onVerdict: (verdict) => (last = verdict),
    }).follow({ symbol: 'BTCUSDT', interval: '1s' });
  }

  afterEach(() => {
    hide();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  async function flatCandles(milliseconds: number): Promise<void> {
    for (let passed = 0; passed <= milliseconds; passed += 1_000) {
      const known = seen.length;
      candles.say('candle', candle(passed / 1_000, flat));
      await vi.waitFor(() => expect(seen.length).toBe(known + 1));
      vi.advanceTimersByTime(1_000);
    }
  }

  it('is stale without trades, although the candles go on', async () => {
    follow();
    candles.say('candle', candle(0));
    await vi.waitFor(() => expect(last?.state).toBe('live'));
    await flatCandles(staleMs);
    expect(last?.state).toBe('stale');

    trades.say('trade', { tradeId: 1 });
    await vi.waitFor(() => {
      vi.advanceTimersByTime(500);
      expect(last?.state).toBe('live');
    });
  });

  it('is stale when it never brought a trade', async () => {
    follow();
    await flatCandles(staleMs);
    expect(last?.state).toBe('stale');
  });

  it('is stale when a host without streams has flat candles only', async () => {
    serve({});
    follow();
    for (let passed = 0; passed <= staleMs; passed += 1_000) {
      const known = seen.length;
      await vi.waitFor(() => {
        vi.advanceTimersByTime(1_000);
        expect(seen.length).toBeGreaterThan(known);
      });
    }
    expect(last?.state).toBe('stale');
  });
});
