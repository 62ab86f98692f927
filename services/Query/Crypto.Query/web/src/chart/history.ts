import type { PriceChart } from './priceChart';

const page = 500;
/** Older candles are asked for when fewer than this many are left of the visible ones. */
const margin = 120;

export type LoadOlder = (before: string, limit: number) => Promise<boolean>;

/** Loads older candles as one scrolls towards them, one page at a time. */
export class History {
  private loading = false;

  constructor(private readonly price: PriceChart, private readonly load: LoadOlder, private readonly wantsMore: () => boolean) {
    price.chart.timeScale().subscribeVisibleLogicalRangeChange(() => void this.check());
  }

  /** Asks for a page if one is wanted, and again after it came. */
  async check(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    try {
      while (this.isNear() || this.wantsMore()) {
        const oldest = this.price.book.oldest;
        if (!oldest || this.price.exhausted || !(await this.load(oldest.openTime, page))) break;
      }
    } finally {
      this.loading = false;
    }
  }

  private isNear(): boolean {
    const range = this.price.chart.timeScale().getVisibleLogicalRange();
    return range !== null && range.from < margin && this.price.book.bars.length > 0;
  }
}
