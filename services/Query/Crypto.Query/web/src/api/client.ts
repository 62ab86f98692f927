/** The answer of a GET: `missing` is a 404, which for an optional endpoint means that this host does not serve it. */
export type Answer<T> = { kind: 'ok'; value: T; unchanged: boolean } | { kind: 'missing' } | { kind: 'failed'; reason: string };

interface Remembered {
  etag: string;
  value: unknown;
}

const patienceMs = 10_000;
const mostRemembered = 64;
const remembered = new Map<string, Remembered>();

/** GETs JSON, with the ETag of the last answer; a network failure is an answer too, never an exception. */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<Answer<T>> {
  const known = remembered.get(path);
  try {
    const response = await fetch(path, {
      headers: { accept: 'application/json', ...(known ? { 'if-none-match': known.etag } : {}) },
      // The browser's own cache would answer 200 for our 304 and hide that nothing changed.
      cache: 'no-store',
      signal: signal ? AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]) : AbortSignal.timeout(patienceMs),
    });
    if (response.status === 304 && known) return { kind: 'ok', value: known.value as T, unchanged: true };
    if (response.status === 404) return { kind: 'missing' };
    if (!response.ok && response.status !== 503) return { kind: 'failed', reason: `HTTP ${response.status}` };
    const type = response.headers.get('content-type') ?? '';
    // A host without the endpoint may answer with its page.
    if (!type.includes('json')) return response.ok ? { kind: 'missing' } : { kind: 'failed', reason: `HTTP ${response.status}` };
    const value = (await response.json()) as T;
    const etag = response.headers.get('etag');
    if (etag) remember(path, { etag, value });
    return { kind: 'ok', value, unchanged: false };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

function remember(path: string, answer: Remembered): void {
  remembered.delete(path);
  remembered.set(path, answer);
  const [oldest] = remembered.keys();
  if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest);
}
