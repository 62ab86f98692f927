import { getJson } from './api/client';
import type { Price, Trade } from './api/types';
import { ContextPanels } from './app/contextPanels';
import { CoveragePanel } from './app/coveragePanel';
import { Feed } from './app/feed';
import type { FeedVerdict } from './app/feedState';
import { drawHelp, listenToKeys } from './app/keyboard';
import { formatRoute, parseRoute, type Route } from './app/route';
import { Segments } from './app/segments';
import { storage, theme, toggleTheme } from './app/theme';
import { LayerChoice, layers } from './chart/layers';
import { MarketView } from './app/marketView';
import { byId, h, setText } from './core/dom';
import { intervals, marketNow, type Interval } from './core/time';
import { loadDay } from './panels/dayStats';
import { Quote } from './panels/quote';
import { Tape } from './panels/tape';
import { Watchlist } from './panels/watchlist';

const pricesMs = 2_000;
const dayMs = 60_000;
const defaultInterval: Interval = '1m';

let route: Route | undefined;
let newestTradeMs = 0;
let recorded = false;
const choice = new LayerChoice(storage());
const view = new MarketView(byId('chart'), choice);
const quote = new Quote(byId('pair'), byId('price'), byId('change'), byId('stats'));
const tape = new Tape(byId('trades'), byId('tape-rate'));
const coverage = new CoveragePanel();
const watchlist = new Watchlist(byId('watchlist'), byId<HTMLInputElement>('filter'), (symbol) => go({ symbol }));
const segments = new Segments(byId('intervals'), intervals, (interval) => go({ interval }));
const context = new ContextPanels(() => marketNow(Date.now(), newestTradeMs, recorded), () => showEvents());
const feed = new Feed({ onCandles: (candles) => view.take(candles), onTrades: takeTrades, onVerdict: showVerdict, onReturn: () => void view.catchUp() });

function go(change: Partial<Route>): void {
  const symbol = change.symbol ?? route?.symbol;
  if (!symbol) return;
  const next: Route = { symbol, interval: change.interval ?? route?.interval ?? defaultInterval };
  const before = route;
  if (before && before.symbol === next.symbol && before.interval === next.interval) return;
  route = next;
  history.replaceState(null, '', formatRoute(next));
  segments.mark(next.interval);
  if (before?.symbol !== symbol) {
    watchlist.mark(symbol);
    quote.show(symbol);
    tape.clear();
    coverage.show(symbol);
    void loadDayOf(symbol);
  }
  feed.follow(next);
  void view.show(next).then(showEvents);
}

function takeTrades(trades: Trade[], live: boolean): void {
  tape.add(trades, live);
  const newest = trades.reduce((a, b) => (b.tradeId > a.tradeId ? b : a), trades[0]!);
  if (!newest || !route) return;
  newestTradeMs = Math.max(newestTradeMs, Date.parse(newest.tradeTime));
  quote.setPrice(newest.price);
  watchlist.setPrice(route.symbol, newest.price);
}

function showEvents(): void {
  if (route) view.setEvents(context.eventsOf(route.symbol));
}

function showVerdict(verdict: FeedVerdict): void {
  recorded = verdict.recorded;
  const pill = byId('feed');
  const notice = byId('notice');
  pill.dataset.state = verdict.state;
  setText(byId('feed-text'), verdict.word);
  setText(byId('market-credit'), verdict.recorded ? 'Trades: Binance, recorded and replayed' : 'Trades: Binance');
  document.body.dataset.feed = verdict.state;
  notice.hidden = verdict.notice === undefined;
  if (verdict.notice !== undefined) setText(notice, verdict.notice);
}

async function loadPrices(): Promise<void> {
  if (document.hidden) return;
  const answer = await getJson<{ prices: Price[] }>('/prices/latest');
  if (answer.kind !== 'ok') return;
  const known = new Set(watchlist.symbols);
  const { prices } = answer.value;
  // The chosen symbol's price comes with its trades; an answer of a moment ago would make it jump back.
  watchlist.setPrices(prices.filter((p) => p.symbol !== route?.symbol || !known.has(p.symbol)));
  for (const { symbol } of prices) if (!known.has(symbol)) void loadDayOf(symbol);
  if (!route && prices[0]) {
    const wanted = parseRoute(location.hash);
    const symbol = prices.find((p) => p.symbol === wanted.symbol)?.symbol ?? prices[0].symbol;
    go({ symbol, interval: wanted.interval ?? defaultInterval });
  }
}

async function loadDayOf(symbol: string): Promise<void> {
  const day = await loadDay(symbol);
  if (!day) return;
  watchlist.setDay(symbol, day);
  setText(byId('watch-span'), watchlist.span);
  if (symbol === route?.symbol) quote.setDay(day);
}

function drawLayers(): void {
  byId('layers').replaceChildren(...layers.map(({ id, label, title }) => {
    const button = h('button', { type: 'button', class: `layer layer-${id}`, 'aria-pressed': String(choice.has(id)), title }, h('i', {}), label);
    button.addEventListener('click', () => {
      choice.toggle(id);
      button.setAttribute('aria-pressed', String(choice.has(id)));
      view.redraw();
    });
    return button;
  }));
}

function openDialog(id: string): void {
  const dialog = byId<HTMLDialogElement>(id);
  if (!dialog.open) dialog.showModal();
}

for (const dialog of document.querySelectorAll('dialog')) {
  // A click on the backdrop is a click on the dialog element itself.
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
}
byId('theme').addEventListener('click', toggleTheme);
byId('keys-open').addEventListener('click', () => openDialog('keys'));
window.addEventListener('hashchange', () => go(parseRoute(location.hash)));
theme.watch(() => view.restyle());
void document.fonts.ready.then(() => view.restyle());
listenToKeys({
  interval: (interval) => go({ interval }),
  symbol: (step) => void watchlist.step(step),
  scroll: (bars) => view.scroll(bars),
  zoom: (factor) => view.zoom(factor),
  latest: () => view.toLatest(),
  theme: toggleTheme,
  ledger: () => coverage.open(),
  find: () => byId('filter').focus(),
  help: () => openDialog('keys'),
});
drawLayers();
drawHelp(byId('keys-body'));
segments.mark(parseRoute(location.hash).interval ?? defaultInterval);
setInterval(() => void loadPrices(), pricesMs);
setInterval(() => tape.showRate(), 1_000);
setInterval(() => watchlist.symbols.forEach((symbol) => void loadDayOf(symbol)), dayMs);
void loadPrices();
