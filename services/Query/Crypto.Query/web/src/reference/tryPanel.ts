import { h } from '../core/dom';
import type { Parameter } from './document';
import { addressOf, curlOf } from './request';

const shownMax = 20_000;
const examples: Record<string, string> = { symbol: 'BTCUSDT', limit: '3' };

/** A form with a field for each parameter; streams are only told as a command. */
export function tryPanel(path: string, parameters: Parameter[], types: string[]): HTMLElement {
  const inputs = new Map(parameters.map((parameter) => [parameter, field(parameter)]));
  const accept = h('select', { 'aria-label': 'Accept' }, ...types.map((type) => h('option', { value: type }, type)));
  const command = h('code', { class: 'command' });
  const output = h('pre', { class: 'answer', hidden: '', tabindex: '0' });
  const send = h('button', { class: 'send', type: 'submit' }, 'Send');
  const isStream = types.includes('text/event-stream');
  const form = h('form', { class: 'try' },
    ...[...inputs].map(([parameter, input]) => h('label', {}, parameter.name, input)),
    types.length > 1 && h('label', {}, 'Accept', accept),
    !isStream && send);

  const values = (place?: string) => Object.fromEntries([...inputs]
    .filter(([parameter, input]) => input.value && (!place || parameter.in === place))
    .map(([parameter, input]) => [parameter.name, input.value]));
  const headers = () => ({ ...values('header'), ...(types.length > 1 ? { Accept: accept.value } : {}) });
  const address = () => addressOf(path, parameters, values());
  const showCommand = () => { command.textContent = `${isStream ? curlOf(location.origin, address(), headers()).replace('curl', 'curl -N') : curlOf(location.origin, address(), headers())}`; };

  form.addEventListener('input', showCommand);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!isStream) void show(address(), headers(), output);
  });
  showCommand();
  return h('details', { class: 'try-panel' }, h('summary', {}, 'Try it'), form, command, output);
}

function field(parameter: Parameter): HTMLInputElement | HTMLSelectElement {
  if (parameter.schema.enum)
    return h('select', {}, h('option', { value: '' }, ''), ...parameter.schema.enum.map((choice) => h('option', { value: choice }, choice)));
  const value = parameter.in === 'header' ? '' : examples[parameter.name] ?? '';
  const input = h('input', { value, placeholder: parameter.required ? 'required' : String(parameter.schema.default ?? ''), autocomplete: 'off', spellcheck: 'false' });
  return input;
}

async function show(address: string, headers: Record<string, string>, output: HTMLElement): Promise<void> {
  output.hidden = false;
  output.textContent = '…';
  try {
    const response = await fetch(address, { headers });
    const body = await response.text();
    const isJson = response.headers.get('Content-Type')?.includes('json') && !response.headers.get('Content-Type')?.includes('ndjson');
    const told = ['Content-Type', 'ETag', 'Link', 'Retry-After'].map((name) => [name, response.headers.get(name)])
      .filter(([, value]) => value).map(([name, value]) => `${name}: ${value}\n`).join('');
    const text = isJson ? JSON.stringify(JSON.parse(body), null, 2) : body;
    output.textContent = `${response.status} ${response.statusText}\n${told}\n${text.slice(0, shownMax)}${text.length > shownMax ? '\n…' : ''}`;
  } catch (error) {
    output.textContent = `No answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}
