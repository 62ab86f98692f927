import type { Parameter } from './document';

/** The address of a request: the path with its parameters in place, the others as a query. */
export function addressOf(path: string, parameters: Parameter[], values: Record<string, string>): string {
  let address = path;
  const query = new URLSearchParams();
  for (const { name, in: place } of parameters) {
    const value = values[name]?.trim() ?? '';
    if (place === 'path') address = address.replace(`{${name}}`, encodeURIComponent(value));
    else if (place === 'query' && value) query.set(name, value);
  }
  const text = query.toString();
  return text ? `${address}?${text}` : address;
}

/** The same as a command line. */
export function curlOf(origin: string, address: string, headers: Record<string, string>): string {
  const given = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)} `);
  return `curl ${given.join('')}${quoted(origin + address)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
