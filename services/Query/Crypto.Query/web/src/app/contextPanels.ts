import { getJson } from '../api/client';
import type { Alert, NewsItem, SentimentValue } from '../api/types';
import type { ChartEvent } from '../chart/events';
import { byId, setText } from '../core/dom';
import { drawAlerts, drawNews, refreshAges, withoutSymbol } from '../panels/feedLists';
import { drawGauge } from '../panels/gauge';
import { readAlerts, readNews, readSentiment } from '../api/contextAnswers';

const alertsMs = 3_000;
const slowMs = 60_000;
const agesMs = 1_000;
const missingMs = 300_000;

/** Sentiment, alerts and news: each shown once its endpoint answers, hidden on a host without it. */
export class ContextPanels {
  private alerts: Alert[] = [];
  private news: NewsItem[] = [];
  private readonly restUntil = new Map<string, number>();

  constructor(private readonly now: () => number, private readonly onEvents: () => void) {
    void this.loadAlerts();
    void this.loadSlow();
    setInterval(() => void this.loadAlerts(), alertsMs);
    setInterval(() => void this.loadSlow(), slowMs);
    setInterval(() => {
      for (const list of ['alerts', 'news']) refreshAges(byId(list), this.now());
    }, agesMs);
  }

  /** What belongs on the chart of this symbol: its alerts, and all news. */
  eventsOf(symbol: string): ChartEvent[] {
    return [
      ...this.alerts.filter((a) => a.symbol === symbol).map((a): ChartEvent => ({
        id: a.id, kind: 'alert', severity: a.severity, time: Date.parse(a.time) / 1000, title: withoutSymbol(a), detail: a.kind.replaceAll('_', ' '),
      })),
      ...this.news.map((n): ChartEvent => ({
        id: n.id, kind: 'news', severity: '', time: Date.parse(n.publishedAt) / 1000, title: n.title, detail: n.source,
      })),
    ];
  }

  private async loadAlerts(): Promise<void> {
    const alerts = await this.load('/alerts?limit=50', readAlerts, 'alerts-card');
    if (!alerts) return;
    this.alerts = alerts;
    drawAlerts(byId('alerts'), alerts, this.now());
    this.onEvents();
  }

  private async loadSlow(): Promise<void> {
    const news = await this.load('/news?limit=50', readNews, 'news-card');
    if (news) {
      this.news = news;
      drawNews(byId('news'), news, this.now());
      this.onEvents();
    }
    const values: SentimentValue[] | undefined = await this.load('/sentiment?limit=60', readSentiment, 'mood');
    if (!values) return;
    byId('mood').hidden = values.length === 0;
    drawGauge(byId('gauge'), values);
    // The index is of a day; an old day says so itself.
    setText(byId('mood-date'), values[0]?.time.slice(0, 10) ?? '');
  }

  private async load<T>(path: string, read: (answer: unknown) => T, card: string): Promise<T | undefined> {
    if (document.hidden || Date.now() < (this.restUntil.get(card) ?? 0)) return undefined;
    const answer = await getJson<unknown>(path);
    if (answer.kind === 'missing') {
      byId(card).hidden = true;
      // The host does not serve it now; one day, after an update, it may.
      this.restUntil.set(card, Date.now() + missingMs);
    }
    if (answer.kind !== 'ok') return undefined;
    byId(card).hidden = false;
    return read(answer.value);
  }
}
