import type { SentimentValue } from '../api/types';
import { h, svg } from '../core/dom';

const zones = ['Extreme fear', 'Fear', 'Neutral', 'Greed', 'Extreme greed'];
const bounds = [0, 25, 45, 55, 75, 100];

/** The Fear & Greed index: today's value on its scale, and where it was. `values` are newest first. */
export function drawGauge(container: HTMLElement, values: readonly SentimentValue[]): void {
  const today = values[0];
  if (!today) return;
  const value = Math.max(0, Math.min(100, today.value));
  const arcs = zones.map((zone, i) =>
    svg('path', { class: `zone zone-${i}`, d: arc(bounds[i]! + (i > 0 ? 0.8 : 0), bounds[i + 1]! - (i < 4 ? 0.8 : 0)) }, svg('title', {}, zone)));
  const [x, y] = at(value, 46);
  const dial = svg('svg', { class: 'dial', viewBox: '0 0 120 68', role: 'img', 'aria-label': `Fear and Greed index ${today.value} of 100: ${today.classification}` },
    ...arcs, svg('circle', { class: 'pin', cx: x, cy: y, r: '4.5' }),
    svg('text', { class: 'value', x: '60', y: '56' }, String(today.value)));
  const past = [[1, 'Yesterday'], [7, 'Last week'], [30, 'Last month']] as const;
  container.replaceChildren(
    h('div', { class: 'dial-box' }, dial, h('p', { class: `mood-name zone-text-${zoneOf(value)}` }, today.classification)),
    h('div', { class: 'mood-past' },
      h('dl', {}, ...past.flatMap(([days, name]) => {
        const v = daysBefore(values, days);
        return v ? [h('div', {}, h('dt', {}, name), h('dd', {}, h('i', { class: `chip zone-bg-${zoneOf(v.value)}` }), String(v.value)))] : [];
      })),
      bars(values.slice(0, 30))));
}

/** The value of the day that many days before the newest one: days may be missing, so never by position. */
export function daysBefore(values: readonly SentimentValue[], days: number): SentimentValue | undefined {
  const newest = values[0];
  if (!newest) return undefined;
  const wanted = Math.floor(Date.parse(newest.time) / 86_400_000) - days;
  return values.find((v) => Math.floor(Date.parse(v.time) / 86_400_000) === wanted);
}

export function zoneOf(value: number): number {
  return Math.max(0, bounds.slice(1, 5).filter((bound) => value >= bound).length);
}

function bars(values: readonly SentimentValue[]): SVGSVGElement {
  const shown = [...values].reverse();
  const chart = svg('svg', { class: 'mood-bars', viewBox: `0 0 ${shown.length * 6} 30`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  for (const [i, v] of shown.entries()) {
    const height = 2 + v.value * 0.28;
    chart.append(svg('rect', { class: `zone-fill-${zoneOf(v.value)}`, x: String(i * 6 + 0.75), y: String(30 - height), width: '4.5', height: String(height), rx: '1' }));
  }
  return chart;
}

function at(value: number, radius: number): [string, string] {
  const angle = Math.PI * (1 - value / 100);
  return [(60 + radius * Math.cos(angle)).toFixed(2), (56 - radius * Math.sin(angle)).toFixed(2)];
}

function arc(from: number, to: number): string {
  const [x1, y1] = at(from, 46);
  const [x2, y2] = at(to, 46);
  return `M${x1} ${y1}A46 46 0 0 1 ${x2} ${y2}`;
}
