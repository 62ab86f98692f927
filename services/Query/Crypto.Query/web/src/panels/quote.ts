import { percentChange, compare, parseDecimal } from '../core/decimal';
import { h, setText } from '../core/dom';
import { formatCompact, formatDecimal, formatPercent, splitSymbol } from '../core/format';
import { spanOf, type DayStats } from './dayStats';

/** The head of the chart: the pair, its price, and what its day was. */
export class Quote {
  private last = '';
  private day: DayStats | undefined;

  constructor(
    private readonly pair: HTMLElement, private readonly price: HTMLElement,
    private readonly change: HTMLElement, private readonly stats: HTMLElement) {}

  show(symbol: string): void {
    const { base, quote, venue } = splitSymbol(symbol);
    this.pair.replaceChildren(base, quote && h('span', {}, `/${quote}`), venue && h('em', {}, venue));
    this.last = '';
    this.day = undefined;
    this.price.dataset.tone = '';
    setText(this.price, '–');
    this.render();
  }

  setPrice(price: string): void {
    if (price === this.last) return;
    if (this.last) this.price.dataset.tone = compare(parseDecimal(price), parseDecimal(this.last)) > 0 ? 'up' : 'down';
    this.last = price;
    setText(this.price, formatDecimal(price, 2));
    const { base, quote } = { base: this.pair.firstChild?.textContent ?? '', quote: this.pair.children[0]?.textContent ?? '' };
    document.title = `${formatDecimal(price, 2)} ${base}${quote}`;
    this.render();
  }

  setDay(day: DayStats): void {
    this.day = day;
    this.render();
  }

  private render(): void {
    const day = this.day;
    const change = day && this.last ? percentChange(day.open, this.last) : undefined;
    setText(this.change, change ? formatPercent(change) : '');
    this.change.dataset.tone = !change || change.units === 0n ? 'flat' : change.units > 0n ? 'up' : 'down';
    if (!day) {
      this.stats.replaceChildren();
      return;
    }
    const span = spanOf(day.hours);
    this.change.title = `in ${span}`;
    const high = this.last && compare(parseDecimal(this.last), parseDecimal(day.high)) > 0 ? this.last : day.high;
    const low = this.last && compare(parseDecimal(this.last), parseDecimal(day.low)) < 0 ? this.last : day.low;
    const stat = (name: string, value: string, exact: string): HTMLElement =>
      h('div', {}, h('dt', {}, name), h('dd', { title: exact }, value));
    this.stats.replaceChildren(
      stat(`${span} high`, formatDecimal(high, 2), high), stat(`${span} low`, formatDecimal(low, 2), low),
      stat(`${span} volume`, formatCompact(day.volume), day.volume), stat(`${span} turnover`, formatCompact(day.quoteVolume), day.quoteVolume));
  }
}
