import { formatAge } from '../core/time';
import type { StreamState } from '../api/liveStream';

/** What is known about the feed at a moment. */
export interface FeedFacts {
  stream: StreamState;
  /** The market as /health tells it: live, waiting, running, ended; undefined before the first answer. */
  market: string | undefined;
  /** Why the host is not healthy, or undefined. */
  trouble: string | undefined;
  /** Milliseconds since the stream was lost; undefined while it is there. */
  lostFor: number | undefined;
  /** Milliseconds since the last trade arrived, by itself or in a candle. */
  silentFor: number;
}

/** What the page says about it: a word in the bar, and a sentence when something is wrong. */
export interface FeedVerdict {
  state: 'connecting' | 'live' | 'ended' | 'stale' | 'lost';
  word: string;
  notice: string | undefined;
  /** Prices of a recording. */
  recorded: boolean;
}

/** A gap this short is a reconnect that nobody needs to read about. */
const forgivenMs = 1_500;
/** Without a trade for this long the prices shown may be old; the slowest default symbol trades every few seconds. */
export const staleMs = 15_000;

export function judge(facts: FeedFacts): FeedVerdict {
  return { ...verdictOf(facts), recorded: ['waiting', 'running', 'ended'].includes(facts.market ?? '') };
}

function verdictOf(facts: FeedFacts): Omit<FeedVerdict, 'recorded'> {
  const age = formatAge(facts.silentFor);
  if (facts.stream === 'lost' && (facts.lostFor ?? 0) > forgivenMs) {
    return { state: 'lost', word: 'Reconnecting', notice: `The connection is lost; trying again. The last update came ${age} ago.` };
  }
  if (facts.stream === 'connecting' && facts.silentFor === Infinity) return { state: 'connecting', word: 'Connecting', notice: undefined };
  if (facts.market === 'ended') {
    return { state: 'ended', word: 'Ended', notice: facts.trouble };
  }
  if (facts.silentFor > staleMs && facts.silentFor !== Infinity) {
    const because = facts.trouble ? ` ${facts.trouble}` : '';
    return { state: 'stale', word: `Stale · ${age}`, notice: `No trade has arrived for ${age}: the prices below are not current.${because}` };
  }
  // Recorded prices move like real ones; nobody shall take them for such.
  return { state: 'live', word: facts.market === 'running' ? 'Recorded' : 'Live', notice: facts.trouble };
}
