// What the REST API and the streams send. Decimals are strings, times RFC 3339 UTC with microseconds.

export interface Price {
  symbol: string;
  price: string;
  quantity: string;
  tradeId: number;
  tradeTime: string;
}

export interface Trade {
  tradeId: number;
  price: string;
  quantity: string;
  tradeTime: string;
  isBuyerMaker: boolean;
}

export interface Candle {
  openTime: string;
  closeTime: string;
  open: string;
  high: string;
  low: string;
  close: string;
  volume: string;
  quoteVolume: string;
  vwap: string | null;
  tradeCount: number;
  state: 'live' | 'closed' | 'final';
  revision: number;
  version: number;
  complete: boolean;
}

export interface Gap {
  first: number;
  last: number;
  reason: string;
  state: string;
  detectedAt: string;
  repairedAt: string | null;
}

export interface Coverage {
  symbol: string;
  firstTradeId: number | null;
  lastTradeId: number | null;
  stored: number;
  void: number;
  complete: boolean;
  ranges: { first: number; last: number }[];
  gaps: Gap[];
}

export interface Health {
  status: string;
  market?: string;
  roles?: Record<string, unknown>;
}

export interface SentimentValue {
  value: number;
  classification: string;
  time: string;
}

export interface NewsItem {
  id: string;
  title: string;
  link: string;
  source: string;
  publishedAt: string;
}

export interface Alert {
  id: string;
  symbol: string;
  kind: string;
  severity: string;
  message: string;
  time: string;
}
