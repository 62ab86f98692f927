import type { Coverage, Gap } from '../api/types';
import { h } from '../core/dom';
import { formatCount } from '../core/format';
import { dateTime } from '../core/time';

/** The badge's words: complete, or what is missing. */
export function summarise(coverage: Coverage): { state: 'complete' | 'missing' | 'empty'; text: string } {
  if (coverage.firstTradeId === null || coverage.stored === 0) return { state: 'empty', text: 'No trades yet' };
  if (coverage.complete) return { state: 'complete', text: `Complete · ${formatCount(coverage.stored)}` };
  const missing = missingIds(coverage);
  // The ids may be there already while the gap is not closed yet.
  return { state: 'missing', text: missing > 0 ? `${formatCount(missing)} missing` : 'Repairing' };
}

/** How many ids between the first and the last are neither stored nor void. */
export function missingIds(coverage: Coverage): number {
  let missing = 0;
  for (let i = 1; i < coverage.ranges.length; i++) missing += coverage.ranges[i]!.first - coverage.ranges[i - 1]!.last - 1;
  return missing;
}

/** The ledger: what is stored, the id ranges, and every gap with its cause and its end. */
export function drawLedger(container: HTMLElement, coverage: Coverage): void {
  const summary = summarise(coverage);
  const { firstTradeId: first, lastTradeId: last } = coverage;
  if (first === null || last === null) {
    container.replaceChildren(h('p', { class: 'quiet' }, `No trade of ${coverage.symbol} is stored yet.`));
    return;
  }
  const figure = (name: string, value: number): HTMLElement => h('div', {}, h('dt', {}, name), h('dd', {}, formatCount(value)));
  container.replaceChildren(
    h('p', { class: 'verdict', 'data-state': summary.state }, summary.state === 'complete'
      ? `Every trade id of ${coverage.symbol} from the first to the last is accounted for.`
      : `${formatCount(missingIds(coverage))} trade ids of ${coverage.symbol} are missing. They are asked for again.`),
    strip(coverage, first, last),
    h('div', { class: 'ends' }, h('span', {}, `id ${formatCount(first)}`), h('span', {}, `id ${formatCount(last)}`)),
    h('dl', { class: 'figures' }, figure('Stored', coverage.stored), figure('Void ids', coverage.void),
      figure('Missing', missingIds(coverage)), figure('Ranges', coverage.ranges.length), figure('Gaps so far', coverage.gaps.length)),
    coverage.gaps.length > 0 ? gapTable(coverage.gaps) : h('p', { class: 'quiet' }, withoutGaps(coverage)));
}

/** What a ledger without gap rows says: ids are missing before anybody could say why. */
export function withoutGaps(coverage: Coverage): string {
  return missingIds(coverage) > 0 ? 'The cause is not recorded yet.' : 'There never was a gap.';
}

function strip(coverage: Coverage, first: number, last: number): HTMLElement {
  const bar = h('div', { class: 'strip', role: 'img', 'aria-label': `${coverage.ranges.length} stored ranges of ids` });
  const span = last - first + 1;
  for (const range of coverage.ranges) {
    const part = h('i', { title: `${formatCount(range.first)} to ${formatCount(range.last)}` });
    part.style.left = `${((range.first - first) / span) * 100}%`;
    part.style.width = `${((range.last - range.first + 1) / span) * 100}%`;
    bar.append(part);
  }
  // A gap of a few hundred in millions of ids would be thinner than a pixel; the stylesheet gives it a least width.
  for (let i = 1; i < coverage.ranges.length; i++) {
    const from = coverage.ranges[i - 1]!.last + 1;
    const hole = h('u', { title: `missing: ${formatCount(from)} to ${formatCount(coverage.ranges[i]!.first - 1)}` });
    hole.style.left = `min(${((from - first) / span) * 100}%, 100% - 4px)`;
    hole.style.width = `${((coverage.ranges[i]!.first - from) / span) * 100}%`;
    bar.append(hole);
  }
  return bar;
}

function gapTable(gaps: readonly Gap[]): HTMLElement {
  const newest = [...gaps].sort((a, b) => b.detectedAt.localeCompare(a.detectedAt)).slice(0, 200);
  return h('div', { class: 'table' }, h('table', {},
    h('thead', {}, h('tr', {}, ...['State', 'Ids', 'Trades', 'Cause', 'Found (UTC)', 'Repaired after'].map((name) => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, ...newest.map((gap) => h('tr', {},
      h('td', {}, h('span', { class: 'state', 'data-state': gap.state }, gap.state)),
      h('td', {}, `${formatCount(gap.first)} – ${formatCount(gap.last)}`),
      h('td', {}, formatCount(gap.last - gap.first + 1)),
      h('td', {}, gap.reason),
      h('td', {}, dateTime(gap.detectedAt)),
      h('td', {}, gap.repairedAt ? `${Math.max(0, (Date.parse(gap.repairedAt) - Date.parse(gap.detectedAt)) / 1000).toFixed(1)} s` : '–'))))));
}
