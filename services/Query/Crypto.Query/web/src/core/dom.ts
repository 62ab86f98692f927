// Elements are made with createElement and textContent only: what feeds send is text, never markup.

type Child = Node | string | undefined | false;

/** An element with attributes (class, title, data-..., aria-...) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Record<string, string> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  return fill(element, attributes, children);
}

/** The same for SVG. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K, attributes: Record<string, string> = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

/** The element with this id; the page is wrong without it. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}

/** Sets text only where it changed, so that nothing is laid out anew for nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Text with its `quoted` parts as code, as descriptions are written. */
export function withCode(text: string): (Node | string)[] {
  return codeParts(text).map(({ code, text: part }) => (code ? h('code', {}, part) : part));
}

/** The parts of a text, those between backticks as code; a backtick alone is a character. */
export function codeParts(text: string): { text: string; code: boolean }[] {
  return text.split(/(`[^`]+`)/).filter((part) => part.length > 0)
    .map((part) => (part.length > 2 && part.startsWith('`') && part.endsWith('`') ? { text: part.slice(1, -1), code: true } : { text: part, code: false }));
}

/** A link that leaves the page, or plain text where the address is not http(s). */
export function externalLink(address: string, text: string, attributes: Record<string, string> = {}): HTMLElement {
  const url = URL.parse(address);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return h('span', attributes, text);
  return h('a', { ...attributes, href: url.href, target: '_blank', rel: 'noopener noreferrer' }, text);
}

function fill<E extends Element>(element: E, attributes: Record<string, string>, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const child of children) if (child) element.append(child);
  return element;
}
