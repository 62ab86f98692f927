import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { EventParser, type ServerEvent } from '../src/api/eventParser';
import { LiveStream, type StreamState } from '../src/api/liveStream';

describe('the event parser', () => {
  const stream = 'retry: 1000\n\n: still here\n\nevent: candle\nid: 7\ndata: {"a":1}\n\ndata: one\r\ndata: two\r\n\r\n';
  const expected: ServerEvent[] = [{ id: '7', event: 'candle', data: '{"a":1}' }, { id: '7', event: 'message', data: 'one\ntwo' }];

  it('reads a whole stream', () => expect(new EventParser().push(stream)).toEqual(expected));

  it('reads the same in pieces of any size', () => {
    for (let size = 1; size < stream.length; size++) {
      const parser = new EventParser();
      const events: ServerEvent[] = [];
      for (let at = 0; at < stream.length; at += size) events.push(...parser.push(stream.slice(at, at + size)));
      expect(events).toEqual(expected);
    }
  });
});

describe('a live stream', () => {
  const closers: (() => void)[] = [];
  afterEach(() => closers.splice(0).forEach((close) => close()));

  async function follow(answer: (request: IncomingMessage, response: ServerResponse, count: number) => void) {
    let count = 0;
    const server = createServer((request, response) => answer(request, response, ++count));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const events: ServerEvent[] = [];
    const states: StreamState[] = [];
    const stream = new LiveStream(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
      onEvent: (event) => events.push(event),
      onState: (state) => states.push(state),
    });
    closers.push(() => {
      stream.close();
      server.closeAllConnections();
      server.close();
    });
    return { events, states };
  }

  const open = (response: ServerResponse): ServerResponse => response.writeHead(200, { 'content-type': 'text/event-stream' });

  it('comes back after the server cut it, and says what it saw last', async () => {
    const asked: (string | undefined)[] = [];
    const followed: { events?: ServerEvent[] } = {};
    const cutOnceSeen = (response: ServerResponse): void => {
      if (followed.events?.length) response.destroy();
      else setTimeout(() => cutOnceSeen(response), 5);
    };
    const { events, states } = await follow((request, response, count) => {
      asked.push(request.headers['last-event-id'] as string | undefined);
      open(response).write(`id: ${count}\ndata: ${count}\n\n`);
      if (count === 1) cutOnceSeen(response);
    });
    followed.events = events;
    await expect.poll(() => events.map((e) => e.data), { timeout: 50_000 }).toEqual(['1', '2']);
    expect(asked).toEqual([undefined, '1']);
    expect(states).toEqual(['connecting', 'open', 'lost', 'open']);
  });

  it('tries again while the server answers with errors', async () => {
    const { events } = await follow((_, response, count) => {
      if (count < 3) response.writeHead(503).end();
      else open(response).write('data: here\n\n');
    });
    await expect.poll(() => events.length, { timeout: 50_000 }).toBe(1);
  });

  it('knows an endpoint that does not exist', async () => {
    const { states } = await follow((_, response) => response.writeHead(404).end());
    await expect.poll(() => states, { timeout: 50_000 }).toEqual(['connecting', 'missing']);
  });
});
