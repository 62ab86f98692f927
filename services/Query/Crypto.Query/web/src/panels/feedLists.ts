import type { Alert, NewsItem } from '../api/types';
import { externalLink, h, setText } from '../core/dom';
import { formatAge } from '../core/time';

const shownItems = 30;

export function drawAlerts(list: HTMLElement, alerts: readonly Alert[], now: number): void {
  if (alerts.length === 0) {
    list.replaceChildren(h('li', { class: 'quiet' }, 'Nothing unusual so far.'));
    return;
  }
  list.replaceChildren(...alerts.slice(0, shownItems).map((alert) =>
    h('li', { 'data-severity': alert.severity.toLowerCase() },
      h('span', { class: 'headline' }, withoutSymbol(alert)),
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

/** The symbol stands below the message; many messages begin with it too. */
export function withoutSymbol(alert: Alert): string {
  const rest = alert.message.startsWith(`${alert.symbol}: `) ? alert.message.slice(alert.symbol.length + 2) : alert.message;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** Ages grow while nothing else changes; only their texts are touched, so that a focused link stays so. */
export function refreshAges(list: HTMLElement, now: number): void {
  for (const element of list.querySelectorAll('time')) setText(element, ageText(element.dateTime, now));
}

function age(time: string, now: number): HTMLElement {
  return h('time', { datetime: time, title: time }, ageText(time, now));
}

function ageText(time: string, now: number): string {
  return `${formatAge(now - Date.parse(time))} ago`;
}
