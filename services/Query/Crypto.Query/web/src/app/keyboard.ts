import { h } from '../core/dom';
import { intervals, type Interval } from '../core/time';

export interface KeyActions {
  interval(interval: Interval): void;
  symbol(step: number): void;
  scroll(bars: number): void;
  zoom(factor: number): void;
  latest(): void;
  theme(): void;
  ledger(): void;
  find(): void;
  help(): void;
}

const help: readonly [string[], string][] = [
  [['1', '…', '7'], `Interval: ${intervals.join(', ')}`],
  [['[', ']'], 'Previous or next symbol'],
  [['←', '→'], 'Scroll the chart, with Shift by a page'],
  [['+', '−'], 'Zoom'],
  [['End'], 'Back to the latest candle'],
  [['C'], 'Coverage ledger'],
  [['T'], 'Light or dark'],
  [['/'], 'Find a symbol'],
  [['?'], 'These keys'],
];

export function drawHelp(list: HTMLElement): void {
  list.replaceChildren(...help.map(([keys, what]) =>
    h('div', {}, h('dt', {}, ...keys.map((key) => (key === '…' ? ' … ' : h('kbd', {}, key)))), h('dd', {}, what))));
}

/** Single keys anywhere on the page, except while typing or in a dialog. */
export function listenToKeys(actions: KeyActions): void {
  document.addEventListener('keydown', (event) => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target.closest('input, textarea, select, dialog')) return;
    // Arrows belong to the radio group and the list when these have the focus.
    const action = choose(event, actions, target.closest('[role=radiogroup], ul') === null);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function choose(event: KeyboardEvent, actions: KeyActions, arrows: boolean): (() => void) | undefined {
  const interval = intervals[Number(event.key) - 1];
  if (interval) return () => actions.interval(interval);
  const step = event.shiftKey ? 60 : 8;
  switch (event.key) {
    case '[': return () => actions.symbol(-1);
    case ']': return () => actions.symbol(1);
    case 'ArrowLeft': return arrows ? () => actions.scroll(-step) : undefined;
    case 'ArrowRight': return arrows ? () => actions.scroll(step) : undefined;
    case '+': case '=': return () => actions.zoom(1.25);
    case '-': case '_': return () => actions.zoom(0.8);
    case 'End': return actions.latest;
    case 'c': case 'C': return actions.ledger;
    case 't': case 'T': return actions.theme;
    case '/': return actions.find;
    case '?': return actions.help;
    default: return undefined;
  }
}
