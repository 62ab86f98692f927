import type { Alert, NewsItem } from '../api/types';
import { externalLink, h } from '../core/dom';
import { formatAge } from '../core/time';

const shownItems = 30;

export function drawAlerts(list: HTMLElement, alerts: readonly Alert[], now: number): void {
  if (alerts.length === 0) {
    list.replaceChildren(h('li', { class: 'quiet' }, 'Nothing unusual so far.'));
    return;
  }
  list.replaceChildren(...alerts.slice(0, shownItems).map((alert) =>
    h('li', { 'data-severity': alert.severity.toLowerCase() },
      h('span', { class: 'headline' }, alert.message),
      h('small', {}, h('b', {}, alert.symbol), ` ${alert.kind.replaceAll('_', ' ')} · `, age(alert.time, now)))));
}

export function drawNews(list: HTMLElement, items: readonly NewsItem[], now: number): void {
  if (items.length === 0) {
    list.replaceChildren(h('li', { class: 'quiet' }, 'No headlines yet.'));
    return;
  }
  list.replaceChildren(...items.slice(0, shownItems).map((item) =>
    h('li', {}, externalLink(item.link, item.title, { class: 'headline' }),
      h('small', {}, h('b', {}, item.source), ' · ', age(item.publishedAt, now)))));
}

function age(time: string, now: number): HTMLElement {
  return h('time', { datetime: time, title: time }, `${formatAge(now - Date.parse(time))} ago`);
}
