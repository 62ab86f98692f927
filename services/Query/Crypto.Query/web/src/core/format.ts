import { parseDecimal, rescale, toText, type Decimal } from './decimal';

const minus = '−';

/** Fraction digits that carry information: "2683.80000000" has 1. */
export function significantScale(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.slice(point + 1).replace(/0+$/, '').length;
}

/** The fraction digits that a column of numbers needs, so that their points stand in a line; at least `least`. */
export function columnScale(texts: readonly string[], least: number): number {
  return Math.max(least, ...texts.map(significantScale));
}

/**
 * A decimal string for people: thousands grouped, trailing zeros gone down to `minScale` digits, no digit that carries
 * information lost.
 */
export function formatDecimal(text: string, minScale = 0): string {
  const value = parseDecimal(text);
  return group(toText(rescale(value, Math.max(minScale, significantScale(text)))));
}

/** Rounded to `scale` digits, for places too narrow for all of them; the exact value belongs in a tooltip. */
export function formatRounded(text: string, scale: number): string {
  return group(toText(rescale(parseDecimal(text), scale)));
}

/** A chart's number (a double) with `scale` digits, grouped as the exact ones are. */
export function formatNumber(value: number, scale: number): string {
  return group(value.toFixed(scale));
}

/** 1,234,567.8 becomes "1.23M". */
export function formatCompact(text: string): string {
  const value = Number(text);
  for (const [limit, suffix] of [[1e12, 'T'], [1e9, 'B'], [1e6, 'M'], [1e4, 'K']] as const) {
    if (Math.abs(value) >= limit) return `${trimmed(value / (limit === 1e4 ? 1e3 : limit))}${suffix}`;
  }
  return formatRounded(text, Math.abs(value) >= 100 ? 1 : 3);
}

export function formatPercent(value: Decimal | undefined): string {
  if (!value) return '–';
  const text = group(toText(value));
  return `${value.units > 0n ? '+' : ''}${text}%`;
}

/** Whole numbers such as ids and counts, grouped. */
export function formatCount(value: number | bigint): string {
  return group(value.toString());
}

/** "BTCUSDT" and "binance-usdm:BTCUSDT" as { base: "BTC", quote: "USDT", venue }. */
export function splitSymbol(symbol: string): { base: string; quote: string; venue: string } {
  const colon = symbol.indexOf(':');
  const venue = colon < 0 ? '' : symbol.slice(0, colon);
  const name = symbol.slice(colon + 1);
  const quote = ['FDUSD', 'USDT', 'USDC', 'BUSD', 'TUSD', 'EUR', 'TRY', 'BRL', 'BTC', 'ETH', 'BNB']
    .find((q) => name.endsWith(q) && name.length > q.length);
  return { base: quote ? name.slice(0, -quote.length) : name, quote: quote ?? '', venue };
}

function trimmed(value: number): string {
  return value.toFixed(2).replace(/\.?0+$/, '');
}

function group(text: string): string {
  const sign = text.startsWith('-') ? minus : '';
  const [whole = '', fraction] = text.replace('-', '').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return sign + grouped + (fraction ? `.${fraction}` : '');
}
