/** The chart is a canvas: it takes its colours from the same custom properties as the rest of the page. */
export interface Palette {
  text: string;
  grid: string;
  line: string;
  up: string;
  down: string;
  upFaint: string;
  downFaint: string;
  warn: string;
  news: string;
  critical: string;
  label: string;
  vwap: string;
  averages: readonly string[];
  font: string;
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: read('muted'), grid: read('grid'), line: read('line'), up: read('up'), down: read('down'),
    upFaint: read('up-faint'), downFaint: read('down-faint'), warn: read('warn'), news: read('accent'),
    critical: read('down'), label: read('label'), vwap: read('vwap'),
    averages: [read('ma-1'), read('ma-2'), read('ma-3')],
    font: style.getPropertyValue('--font').trim(),
  };
}
