import { getJson } from '../api/client';
import type { Coverage } from '../api/types';
import { byId, setText } from '../core/dom';
import { drawLedger, summarise } from '../panels/coverage';

const pollMs = 2_000;

/** The completeness badge, and the ledger that it opens. */
export class CoveragePanel {
  private readonly badge = byId<HTMLButtonElement>('badge');
  private readonly text = byId('badge-text');
  private readonly ledger = byId<HTMLDialogElement>('ledger');
  private readonly body = byId('ledger-body');
  private symbol = '';
  private coverage: Coverage | undefined;

  constructor() {
    this.badge.addEventListener('click', () => this.open());
    setInterval(() => void this.load(), pollMs);
  }

  show(symbol: string): void {
    this.symbol = symbol;
    this.coverage = undefined;
    this.badge.dataset.state = 'unknown';
    setText(this.text, 'Coverage');
    void this.load();
  }

  open(): void {
    if (!this.ledger.open) this.ledger.showModal();
    if (this.coverage) drawLedger(this.body, this.coverage);
  }

  private async load(): Promise<void> {
    const symbol = this.symbol;
    if (!symbol || document.hidden) return;
    const answer = await getJson<Coverage>(`/coverage/${encodeURIComponent(symbol)}`);
    if (symbol !== this.symbol) return;
    this.badge.hidden = answer.kind === 'missing';
    if (answer.kind !== 'ok') return;
    this.coverage = answer.value;
    const { state, text } = summarise(answer.value);
    this.badge.dataset.state = state;
    setText(this.text, text);
    if (this.ledger.open && !answer.unchanged) drawLedger(this.body, answer.value);
  }
}
