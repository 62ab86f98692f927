/** What can be shown over the candles. */
export const layers = [
  { id: 'vwap', label: 'VWAP', title: 'The day’s volume-weighted average price, from midnight UTC', shown: true },
  { id: 'ma7', label: 'MA 7', title: 'Mean of the last 7 closes', shown: true },
  { id: 'ma25', label: 'MA 25', title: 'Mean of the last 25 closes', shown: true },
  { id: 'ma99', label: 'MA 99', title: 'Mean of the last 99 closes', shown: false },
  { id: 'volume', label: 'Volume', title: 'Traded volume, coloured by the candle', shown: true },
  { id: 'events', label: 'Events', title: 'Alerts and news, where they happened', shown: true },
] as const;

export type LayerId = (typeof layers)[number]['id'];

export const averageLengths: readonly { id: LayerId; length: number }[] = [
  { id: 'ma7', length: 7 }, { id: 'ma25', length: 25 }, { id: 'ma99', length: 99 },
];

/** Which layers are on; kept between visits where the browser allows it. */
export class LayerChoice {
  private readonly on = new Set<LayerId>(layers.filter((l) => l.shown).map((l) => l.id));

  constructor(private readonly storage: Storage | undefined) {
    const saved = storage?.getItem('layers')?.split(',');
    if (saved) for (const layer of layers) this.put(layer.id, saved.includes(layer.id));
  }

  has(id: LayerId): boolean {
    return this.on.has(id);
  }

  toggle(id: LayerId): void {
    this.put(id, !this.on.has(id));
    this.storage?.setItem('layers', [...this.on].join(','));
  }

  private put(id: LayerId, shown: boolean): void {
    if (shown) this.on.add(id);
    else this.on.delete(id);
  }
}
