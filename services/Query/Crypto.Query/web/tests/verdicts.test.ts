import { describe, expect, it } from 'vitest';
import { readAlerts, readNews, readSentiment } from '../src/api/contextAnswers';
import type { Coverage } from '../src/api/types';
import { describeTrouble } from '../src/app/feed';
import { judge, staleMs, type FeedFacts } from '../src/app/feedState';
import { formatRoute, parseRoute } from '../src/app/route';
import { missingIds, summarise, withoutGaps } from '../src/panels/coverage';
import { daysBefore, zoneOf } from '../src/panels/gauge';

describe('the feed', () => {
  const well: FeedFacts = { stream: 'open', market: 'live', trouble: undefined, lostFor: undefined, silentFor: 200 };

  it('is live while trades arrive', () => expect(judge(well)).toMatchObject({ state: 'live', notice: undefined }));

  it('is stale when nothing arrives, and says for how long', () => {
    const verdict = judge({ ...well, silentFor: staleMs + 5_000 });
    expect(verdict.state).toBe('stale');
    expect(verdict.notice).toContain('20 s');
  });

  it('does not call the end of a recording stale', () => {
    expect(judge({ ...well, market: 'ended', silentFor: 600_000 })).toMatchObject({ state: 'ended', notice: undefined });
  });

  it('says that the connection is lost, but not for a blink', () => {
    expect(judge({ ...well, stream: 'lost', lostFor: 500 }).state).toBe('live');
    expect(judge({ ...well, stream: 'lost', lostFor: 4_000 })).toMatchObject({ state: 'lost', word: 'Reconnecting' });
  });

  it('gives the reasons of the roles that do not work', () => {
    const health = { status: 'unhealthy', roles: { query: { status: 'healthy' }, storage: { status: 'unhealthy', reason: 'no database' } } };
    expect(describeTrouble(health)).toBe('storage: no database.');
    expect(describeTrouble({ status: 'healthy', roles: { query: { status: 'healthy' } } })).toBeUndefined();
  });
});

describe('coverage', () => {
  const whole: Coverage = {
    symbol: 'BTCUSDT', firstTradeId: 1, lastTradeId: 1000, stored: 999, void: 1, complete: true, ranges: [{ first: 1, last: 1000 }], gaps: [],
  };

  it('is complete with its count', () => expect(summarise(whole)).toEqual({ state: 'complete', text: 'Complete · 999' }));

  it('says how many ids are missing', () => {
    const holed = { ...whole, complete: false, ranges: [{ first: 1, last: 400 }, { first: 502, last: 600 }, { first: 611, last: 1000 }] };
    expect(missingIds(holed)).toBe(111);
    expect(summarise(holed)).toEqual({ state: 'missing', text: '111 missing' });
  });

  it('does not deny a gap whose cause is not known yet', () => {
    expect(withoutGaps(whole)).toBe('There never was a gap.');
    expect(withoutGaps({ ...whole, ranges: [{ first: 1, last: 4 }, { first: 6, last: 9 }] })).toContain('not recorded yet');
  });

  it('promises nothing before the first trade', () => {
    expect(summarise({ ...whole, firstTradeId: null, lastTradeId: null, stored: 0, ranges: [] }).state).toBe('empty');
  });
});

describe('sentiment', () => {
  const values = readSentiment({ values: [
    { value: '30', classification: 'Fear', time: '2024-08-02T00:00:00.000000Z' },
    { value: 47, classification: 'Neutral', time: '2024-08-09T00:00:00.000000Z' },
    { value: 'many', classification: '?', time: '2024-08-08T00:00:00.000000Z' },
  ] });

  it('is ordered by time, without values that are none', () => expect(values.map((v) => v.value)).toEqual([47, 30]));

  it('of a missing day is not taken from its neighbour', () => {
    expect(daysBefore(values, 1)).toBeUndefined();
    expect(daysBefore(values, 7)?.value).toBe(30);
  });

  it('falls into the index’s own zones', () => expect([0, 24, 25, 46, 55, 75, 100].map(zoneOf)).toEqual([0, 0, 1, 2, 3, 4, 4]));
});

describe('alerts and news', () => {
  it('without what the page shows are left out', () => {
    expect(readAlerts({ alerts: [{ id: 1, symbol: 'BTCUSDT', kind: 'gap', severity: 'warning', message: 'm', time: 't' }, { id: 2 }, null] }))
      .toEqual([{ id: '1', symbol: 'BTCUSDT', kind: 'gap', severity: 'warning', message: 'm', time: 't' }]);
    expect(readNews({ items: [{ title: 'only a title' }] })).toEqual([]);
    expect(readNews('not even JSON of ours')).toEqual([]);
  });
});

describe('the address', () => {
  it('keeps symbol and interval', () => {
    expect(parseRoute(formatRoute({ symbol: 'binance-usdm:BTCUSDT', interval: '5m' }))).toEqual({ symbol: 'binance-usdm:BTCUSDT', interval: '5m' });
    expect(parseRoute('#ETHUSDT/7m')).toEqual({ symbol: 'ETHUSDT' });
    expect(parseRoute('')).toEqual({});
  });
});
