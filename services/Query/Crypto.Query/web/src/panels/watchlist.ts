import type { Price } from '../api/types';
import { percentChange } from '../core/decimal';
import { h, setText, svg } from '../core/dom';
import { formatDecimal, formatPercent, splitSymbol } from '../core/format';
import { spanOf, thinned, type DayStats } from './dayStats';

interface Row {
  symbol: string;
  item: HTMLLIElement;
  button: HTMLButtonElement;
  price: HTMLElement;
  change: HTMLElement;
  spark: SVGSVGElement;
  line: SVGPolylineElement;
  last: string;
}

const manySymbols = 9;
const sparkPoints = 28;

/** Latest prices with their day's change; choosing a row shows that market. */
export class Watchlist {
  private readonly rows = new Map<string, Row>();
  private readonly days = new Map<string, DayStats>();
  private chosen = '';

  constructor(private readonly list: HTMLElement, private readonly filter: HTMLInputElement, private readonly choose: (symbol: string) => void) {
    filter.addEventListener('input', () => this.applyFilter());
    filter.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.visible()[0]?.button.click();
      if (event.key === 'Escape') this.clearFilter();
    });
    list.addEventListener('keydown', (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.step(step)?.button.focus();
    });
  }

  get symbols(): string[] {
    return [...this.rows.keys()];
  }

  setPrices(prices: readonly Price[]): void {
    for (const price of prices) this.setPrice(price.symbol, price.price);
    this.filter.hidden = this.rows.size < manySymbols;
  }

  setPrice(symbol: string, price: string): void {
    const row = this.rows.get(symbol) ?? this.addRow(symbol);
    if (row.last === price) return;
    row.last = price;
    setText(row.price, formatDecimal(price, 2));
    this.showChange(row);
  }

  setDay(symbol: string, day: DayStats): void {
    this.days.set(symbol, day);
    const row = this.rows.get(symbol);
    if (!row) return;
    row.line.setAttribute('points', sparkline(thinned(day.closes, sparkPoints)));
    this.showChange(row);
  }

  mark(symbol: string): void {
    this.chosen = symbol;
    for (const row of this.rows.values()) row.button.setAttribute('aria-current', String(row.symbol === symbol));
    const row = this.rows.get(symbol);
    if (row) this.list.scrollTo({ left: row.item.offsetLeft - 16, behavior: 'smooth' });
  }

  /** Chooses the next (1) or the previous (-1) of the rows shown. */
  step(by: number): Row | undefined {
    const rows = this.visible();
    if (rows.length === 0) return undefined;
    const at = rows.findIndex((row) => row.symbol === this.chosen);
    const row = rows[(at + by + rows.length) % rows.length];
    row?.button.click();
    return row;
  }

  private addRow(symbol: string): Row {
    const { base, quote, venue } = splitSymbol(symbol);
    const price = h('span', { class: 'watch-price' }, '–');
    const change = h('span', { class: 'watch-change' });
    const line = svg('polyline', { points: '' });
    const spark = svg('svg', { class: 'spark', viewBox: '0 0 64 24', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, line);
    const button = h('button', { type: 'button', class: 'watch-row', 'data-symbol': symbol },
      h('span', { class: 'watch-name' }, h('b', {}, base), h('small', {}, venue ? `${quote} ${venue}` : quote)), price, change);
    button.insertBefore(spark, price);
    button.addEventListener('click', () => this.choose(symbol));
    const item = h('li', {}, button);
    const row: Row = { symbol, item, button, price, change, spark, line, last: '' };
    this.rows.set(symbol, row);
    this.list.append(item);
    button.setAttribute('aria-current', String(symbol === this.chosen));
    const day = this.days.get(symbol);
    if (day) this.setDay(symbol, day);
    return row;
  }

  /** "24 h", or how much of it is stored, as the head of the column of changes. */
  get span(): string {
    return spanOf(Math.max(0, ...[...this.days.values()].map((day) => day.hours)));
  }

  private showChange(row: Row): void {
    const day = this.days.get(row.symbol);
    const change = day && row.last ? percentChange(day.open, row.last) : undefined;
    const tone = !change || change.units === 0n ? 'flat' : change.units > 0n ? 'up' : 'down';
    setText(row.change, formatPercent(change));
    row.change.dataset.tone = tone;
    row.spark.dataset.tone = tone;
    row.change.title = day ? `in ${spanOf(day.hours)}` : '';
  }

  private visible(): Row[] {
    return [...this.rows.values()].filter((row) => !row.item.hidden);
  }

  private applyFilter(): void {
    const wanted = this.filter.value.trim().toUpperCase();
    for (const row of this.rows.values()) row.item.hidden = !row.symbol.toUpperCase().includes(wanted);
  }

  private clearFilter(): void {
    this.filter.value = '';
    this.applyFilter();
    this.filter.blur();
  }
}

function sparkline(values: readonly number[]): string {
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const step = 64 / Math.max(1, values.length - 1);
  return values.map((v, i) => `${(i * step).toFixed(1)},${(22 - ((v - low) / span) * 20).toFixed(1)}`).join(' ');
}
