import { h } from '../core/dom';

/** A radio group of buttons with one tab stop and arrow keys (WAI-ARIA radio group pattern). */
export class Segments<T extends string> {
  private readonly buttons: HTMLButtonElement[];

  constructor(container: HTMLElement, private readonly values: readonly T[], choose: (value: T) => void) {
    this.buttons = values.map((value) => {
      const button = h('button', { type: 'button', role: 'radio', 'data-value': value }, value);
      button.addEventListener('click', () => choose(value));
      return button;
    });
    container.replaceChildren(...this.buttons);
    container.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const at = this.buttons.findIndex((button) => button.getAttribute('aria-checked') === 'true');
      const next = this.buttons[(at + step + this.buttons.length) % this.buttons.length];
      next?.click();
      next?.focus();
    });
  }

  mark(value: T): void {
    for (const [i, button] of this.buttons.entries()) {
      const on = this.values[i] === value;
      button.setAttribute('aria-checked', String(on));
      button.tabIndex = on ? 0 : -1;
    }
  }
}
