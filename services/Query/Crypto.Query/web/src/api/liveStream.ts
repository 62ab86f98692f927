import { EventParser, type ServerEvent } from './eventParser';

export type StreamState = 'connecting' | 'open' | 'lost' | 'missing' | 'closed';

export interface StreamHandlers {
  onEvent(event: ServerEvent): void;
  onState(state: StreamState): void;
}

const firstRetryMs = 250;
const lastRetryMs = 5_000;
/** The server sends a comment at least this often; silence for longer means a dead connection that nobody closed. */
const silenceMs = 40_000;

/**
 * A server-sent event stream that comes back by itself. Not an EventSource: that one gives up for good on an HTTP error
 * and cannot tell an endpoint that does not exist (404) from a server that is starting.
 */
export class LiveStream {
  private readonly stop = new AbortController();
  private lastEventId: string | undefined;
  private retryMs = firstRetryMs;

  constructor(private readonly path: string, private readonly handlers: StreamHandlers) {
    void this.run();
  }

  close(): void {
    this.stop.abort();
  }

  private async run(): Promise<void> {
    this.handlers.onState('connecting');
    while (!this.stop.signal.aborted) {
      const missing = await this.read();
      if (this.stop.signal.aborted) break;
      this.handlers.onState(missing ? 'missing' : 'lost');
      // Jitter, so that the pages of a restarted server do not all come in the same instant.
      await this.pause(missing ? lastRetryMs * 6 : this.retryMs * (0.75 + Math.random() / 2));
      this.retryMs = Math.min(this.retryMs * 2, lastRetryMs);
    }
    this.handlers.onState('closed');
  }

  /** Reads until the connection ends, however it ends; true when the endpoint does not exist. */
  private async read(): Promise<boolean> {
    const silent = new AbortController();
    let watchdog = setTimeout(() => silent.abort(), silenceMs);
    try {
      const response = await fetch(this.path, {
        headers: { accept: 'text/event-stream', ...(this.lastEventId ? { 'last-event-id': this.lastEventId } : {}) },
        cache: 'no-store',
        signal: AbortSignal.any([this.stop.signal, silent.signal]),
      });
      if (response.status === 404) return true;
      if (!response.ok || !response.body) return false;
      if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return true;
      this.handlers.onState('open');
      const parser = new EventParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => silent.abort(), silenceMs);
        this.retryMs = firstRetryMs;
        for (const event of parser.push(part.value)) this.deliver(event);
      }
    } catch (error) {
      // A connection ends by an exception as often as by its last byte; the state says it, the loop comes back.
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    } finally {
      clearTimeout(watchdog);
    }
    return false;
  }

  private deliver(event: ServerEvent): void {
    if (event.id !== undefined) this.lastEventId = event.id;
    if (!this.stop.signal.aborted) this.handlers.onEvent(event);
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.stop.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      }, { once: true });
    });
  }
}
