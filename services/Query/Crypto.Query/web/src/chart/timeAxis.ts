import { TickMarkType, type Time } from 'lightweight-charts';
import { clockTime, dateTime } from '../core/time';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The crosshair's label: date and time in UTC. */
export function timeFormatter(time: Time): string {
  return dateTime(Number(time) * 1000).replace(/:00$/, '');
}

/** The axis: years, months, days, times, in UTC and the same for every reader. */
export function tickFormatter(time: Time, type: TickMarkType): string {
  const date = new Date(Number(time) * 1000);
  const month = months[date.getUTCMonth()] ?? '';
  switch (type) {
    case TickMarkType.Year: return String(date.getUTCFullYear());
    case TickMarkType.Month: return month;
    case TickMarkType.DayOfMonth: return `${date.getUTCDate()} ${month}`;
    case TickMarkType.TimeWithSeconds: return clockTime(date.getTime());
    default: return clockTime(date.getTime()).slice(0, 5);
  }
}
