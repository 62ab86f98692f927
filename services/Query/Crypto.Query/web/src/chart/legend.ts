import type { MouseEventParams } from 'lightweight-charts';
import { h } from '../core/dom';
import { formatCompact, formatDecimal, formatNumber, formatPercent } from '../core/format';
import { percentChange } from '../core/decimal';
import { dateTime } from '../core/time';
import type { Bar } from './candleBook';
import { layers } from './layers';
import type { PriceChart } from './priceChart';

/** The exact values of the candle under the crosshair, or of the newest one. */
export class Legend {
  private hovered: MouseEventParams | undefined;

  constructor(private readonly container: HTMLElement, private readonly price: PriceChart) {
    price.chart.subscribeCrosshairMove((params) => {
      this.hovered = params.time === undefined ? undefined : params;
      this.render();
    });
  }

  render(): void {
    const hovered = this.hovered?.time === undefined ? undefined : this.price.book.at(Number(this.hovered.time));
    const bar = hovered ?? this.price.book.newest;
    this.container.replaceChildren(...(bar ? [this.values(bar, hovered !== undefined), this.lines(hovered ? this.hovered : undefined)] : []));
  }

  private values(bar: Bar, dated: boolean): HTMLElement {
    const scale = this.price.priceScale;
    const change = percentChange(bar.open, bar.close);
    const tone = !change || change.units === 0n ? '' : change.units > 0n ? 'up' : 'down';
    const item = (name: string, value: string, extra = ''): HTMLElement =>
      h('span', { class: `item ${extra}` }, h('i', {}, name), h('b', {}, value));
    return h('div', { class: 'row' },
      dated && h('span', { class: 'when' }, dateTime(bar.time * 1000).slice(5, 19)),
      item('O', formatDecimal(bar.open, scale), tone), item('H', formatDecimal(bar.high, scale), tone),
      item('L', formatDecimal(bar.low, scale), tone), item('C', formatDecimal(bar.close, scale), tone),
      h('span', { class: `item wide ${tone}` }, h('b', {}, formatPercent(change))),
      item('Vol', formatCompact(bar.volume), 'wide'),
      bar.vwap !== null && item('Candle VWAP', formatNumber(Number(bar.vwap), scale), 'wide'),
      item('Trades', bar.tradeCount.toLocaleString('en-US'), 'wide'),
      bar.revision > 0 && h('span', { class: 'tag', title: 'Corrected after it was settled' }, `revision ${bar.revision}`),
      !bar.complete && bar.state !== 'live' && bar !== this.price.book.newest && h('span', { class: 'tag warn' }, 'incomplete'));
  }

  private lines(params: MouseEventParams | undefined): HTMLElement {
    const row = h('div', { class: 'row' });
    for (const { id, label } of layers) {
      const value = this.price.lineAt(id, params);
      if (value !== undefined) row.append(h('span', { class: `item line-${id}` }, h('i', {}, label), h('b', {}, formatNumber(value, this.price.priceScale))));
    }
    return row;
  }
}
