import { getJson } from '../api/client';
import { byId, h, setText, withCode } from '../core/dom';
import type { OpenApi } from './document';
import { operationView } from './operationView';

function render(document: OpenApi): void {
  const [contents, operations] = [byId('contents'), byId('operations')];
  byId('intro').replaceChildren(...withCode(document.info.description ?? ''));
  for (const tag of document.tags) {
    const paths = Object.entries(document.paths).filter(([, item]) => item.get.tags.includes(tag.name));
    contents.append(h('h2', {}, tag.name), h('ul', {}, ...paths.map(([path, item]) =>
      h('li', {}, h('a', { href: `#${item.get.operationId}`, title: item.get.summary }, path)))));
    operations.append(h('h2', {}, tag.name, h('span', { class: 'quiet' }, ` ${tag.description ?? ''}`)),
      ...paths.map(([path, item]) => operationView(document, path, item.get)));
  }
  // The browser looked for the place before it was there.
  if (location.hash) byId(location.hash.slice(1)).scrollIntoView();
}

const answer = await getJson<OpenApi>('/openapi/v1.json');
if (answer.kind === 'ok') render(answer.value);
else setText(byId('intro'), answer.kind === 'failed' ? `The reference cannot be read: ${answer.reason}` : 'This host has no reference.');
