import type { Alert, NewsItem, SentimentValue } from './types';

// The slow feeds' answers, read leniently: an item without what the page needs is left out, not drawn wrongly.

type Fields = Record<string, unknown>;

export function readAlerts(answer: unknown): Alert[] {
  return items(answer, 'alerts').flatMap((a) => {
    const time = text(a.time) || text(a.detectedAt) || text(a.at);
    const message = text(a.message) || text(a.summary) || text(a.title);
    if (!time || !message) return [];
    return [{ id: text(a.id) || `${time}${message}`, symbol: text(a.symbol), kind: text(a.kind) || text(a.type), severity: text(a.severity) || 'info', message, time }];
  });
}

export function readNews(answer: unknown): NewsItem[] {
  return items(answer, 'items', 'news').flatMap((n) => {
    const title = text(n.title);
    const publishedAt = text(n.publishedAt) || text(n.published) || text(n.time);
    if (!title || !publishedAt) return [];
    return [{ id: text(n.id) || title, title, link: text(n.link) || text(n.url), source: text(n.source) || text(n.feed), publishedAt }];
  });
}

export function readSentiment(answer: unknown): SentimentValue[] {
  return items(answer, 'values', 'sentiment').flatMap((v) => {
    const value = Number(v.value);
    const time = text(v.time) || text(v.timestamp);
    if (!Number.isFinite(value) || !time) return [];
    return [{ value, classification: text(v.classification), time }];
  }).sort((a, b) => b.time.localeCompare(a.time));
}

function items(answer: unknown, ...names: string[]): Fields[] {
  const fields = typeof answer === 'object' && answer !== null ? (answer as Fields) : {};
  const list = Array.isArray(answer) ? answer : names.map((name) => fields[name]).find(Array.isArray);
  return (list ?? []).filter((item): item is Fields => typeof item === 'object' && item !== null);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
