import { Signal } from '../core/signal';

export type Theme = 'light' | 'dark';

const system = matchMedia('(prefers-color-scheme: light)');

/** The theme in force: the reader's choice, or the system's. theme.js has set it before the first paint. */
export const theme = new Signal<Theme>(document.documentElement.dataset.theme === 'light' ? 'light' : 'dark');

system.addEventListener('change', () => {
  if (!storage()?.getItem('theme')) apply(system.matches ? 'light' : 'dark');
});

export function toggleTheme(): void {
  const next: Theme = theme.value === 'dark' ? 'light' : 'dark';
  storage()?.setItem('theme', next);
  apply(next);
}

/** The browser's storage, where it allows one. */
export function storage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

function apply(next: Theme): void {
  document.documentElement.dataset.theme = next;
  theme.set(next);
}
