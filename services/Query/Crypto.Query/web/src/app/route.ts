import { intervals, type Interval } from '../core/time';

/** What is shown; kept in the address, so that it can be bookmarked and reloaded: #BTCUSDT/1m. */
export interface Route {
  symbol: string;
  interval: Interval;
}

export function parseRoute(hash: string): Partial<Route> {
  const [symbol = '', interval = ''] = decodeURIComponent(hash.replace(/^#/, '')).split('/');
  const known = intervals.find((i) => i === interval);
  return { ...(symbol ? { symbol } : {}), ...(known ? { interval: known } : {}) };
}

export function formatRoute(route: Route): string {
  return `#${encodeURIComponent(route.symbol)}/${route.interval}`;
}
