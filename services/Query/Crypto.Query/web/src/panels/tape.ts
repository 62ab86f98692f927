import type { Trade } from '../api/types';
import { h, setText } from '../core/dom';
import { columnScale, formatDecimal } from '../core/format';
import { clockTime } from '../core/time';

const rowsShown = 40;
const rateWindowMs = 10_000;

/** The newest trades, newest first. Arrivals are drawn once per frame however many come. */
export class Tape {
  private trades: Trade[] = [];
  private arrivals: number[] = [];
  private priceScale = 2;
  private amountScale = 0;
  private drawn = false;

  constructor(private readonly list: HTMLElement, private readonly rate: HTMLElement) {}

  clear(): void {
    this.trades = [];
    this.arrivals = [];
    this.priceScale = 2;
    this.amountScale = 0;
    this.list.replaceChildren();
    setText(this.rate, '');
  }

  /** Takes trades in any order; repeats are known by their ids. */
  add(trades: readonly Trade[], live: boolean): void {
    const known = new Set(this.trades.map((t) => t.tradeId));
    const oldest = this.trades.length < rowsShown ? -1 : this.trades.at(-1)!.tradeId;
    const fresh = trades.filter((t) => t.tradeId > oldest && !known.has(t.tradeId));
    if (fresh.length === 0) return;
    if (live) this.arrivals.push(...fresh.map(() => Date.now()));
    this.widen(fresh);
    this.trades = [...fresh, ...this.trades].sort((a, b) => b.tradeId - a.tradeId).slice(0, rowsShown);
    if (this.drawn) return;
    this.drawn = true;
    requestAnimationFrame(() => this.draw());
  }

  /** Trades per second over the last ten seconds. */
  showRate(): void {
    const since = Date.now() - rateWindowMs;
    this.arrivals = this.arrivals.filter((at) => at > since);
    setText(this.rate, this.arrivals.length > 0 ? `${(this.arrivals.length / (rateWindowMs / 1000)).toFixed(1)} / s` : '');
  }

  // One number with more digits than the others moves the whole column: its rows are made anew.
  private widen(fresh: readonly Trade[]): void {
    const price = columnScale(fresh.map((t) => t.price), this.priceScale);
    const amount = columnScale(fresh.map((t) => t.quantity), this.amountScale);
    if (price === this.priceScale && amount === this.amountScale) return;
    [this.priceScale, this.amountScale] = [price, amount];
    this.list.replaceChildren();
  }

  private draw(): void {
    this.drawn = false;
    const largest = Math.max(...this.trades.map((t) => Number(t.quantity)));
    const known = new Map([...this.list.children].map((row) => [(row as HTMLElement).dataset.id, row]));
    this.list.replaceChildren(...this.trades.map((trade) => known.get(String(trade.tradeId)) ?? this.row(trade)));
    for (const [i, row] of [...this.list.children].entries()) {
      (row as HTMLElement).style.setProperty('--size', (Number(this.trades[i]!.quantity) / largest).toFixed(3));
    }
  }

  private row(trade: Trade): HTMLElement {
    return h('li', {
      'data-id': String(trade.tradeId), 'data-tone': trade.isBuyerMaker ? 'down' : 'up',
      title: `Trade ${trade.tradeId}, ${trade.isBuyerMaker ? 'sold' : 'bought'} by the taker at ${trade.tradeTime}`,
    },
      h('span', {}, formatDecimal(trade.price, this.priceScale)), h('span', {}, formatDecimal(trade.quantity, this.amountScale)),
      h('time', {}, clockTime(trade.tradeTime)));
  }
}
