import { h, withCode } from '../core/dom';
import { limitsText, membersOf, nameOf, resolve, typeText, type Answer, type OpenApi, type Operation, type Parameter, type Ref, type Schema } from './document';
import { tryPanel } from './tryPanel';

const deepest = 4;

/** One operation: what it takes, what it answers, and a form to try it. */
export function operationView(document: OpenApi, path: string, operation: Operation): HTMLElement {
  const parameters = (operation.parameters ?? []).map((parameter) => resolve<Parameter>(document, parameter));
  const answers = Object.entries(operation.responses).map(([status, answer]) => [status, resolve<Answer>(document, answer)] as const);
  const types = Object.keys(answers[0]?.[1].content ?? {});
  return h('section', { class: 'card operation', id: operation.operationId, 'aria-label': operation.summary },
    h('h3', {}, h('span', { class: 'verb' }, 'GET'), h('a', { href: `#${operation.operationId}`, class: 'path' }, path)),
    h('p', { class: 'summary' }, operation.summary),
    operation.description ? h('p', { class: 'quiet' }, ...withCode(operation.description)) : undefined,
    parameters.length > 0 && table('Parameters', parameters.map((p) => parameterRow(document, p))),
    ...answers.slice(0, 1).flatMap(([status, answer]) => bodies(document, status, answer)),
    problems(answers.slice(1)),
    tryPanel(path, parameters, types));
}

function parameterRow(document: OpenApi, parameter: Parameter): HTMLElement {
  const limits = limitsText(parameter.schema);
  return row(parameter.name, `${parameter.in}${parameter.required ? ', required' : ''}`, typeText(document, parameter.schema),
    [parameter.description, limits].filter(Boolean).join(' '));
}

function bodies(document: OpenApi, status: string, answer: Answer): HTMLElement[] {
  const content = Object.entries(answer.content ?? {});
  const json = content.find(([type]) => type.endsWith('json'))?.[1].schema;
  const headers = Object.entries(answer.headers ?? {}).map(([name, header]) => {
    const about = resolve<{ description?: string }>(document, header);
    return row(name, 'header', 'string', about.description ?? '');
  });
  const title = `${status}: ${content.map(([type]) => type).join(', ')}`;
  const members = json ? membersOf(document, json).map(([name, schema]) => member(document, name, schema, 0)) : [];
  return [table(title, [...headers, ...members])];
}

/** A member with its own members below it, folded. */
function member(document: OpenApi, name: string, value: Schema | Ref, depth: number): HTMLElement {
  const schema = resolve<Schema>(document, value);
  const inner = depth < deepest ? membersOf(document, value) : [];
  const about = nameOf(value) || !schema.items ? schema.description : schema.description ?? resolve<Schema>(document, schema.items).description;
  const line = row(name, '', typeText(document, value), [about, limitsText(schema)].filter(Boolean).join(' '));
  if (inner.length === 0) return line;
  return h('div', { class: 'nested' }, line,
    h('details', {}, h('summary', {}, `${inner.length} members`), ...inner.map(([key, child]) => member(document, key, child, depth + 1))));
}

function problems(answers: (readonly [string, Answer])[]): HTMLElement | false {
  if (answers.length === 0) return false;
  return h('details', { class: 'problems' }, h('summary', {}, `Other answers: ${answers.map(([status]) => status).join(' ')}`),
    ...answers.map(([status, answer]) => row(status, '', '', answer.description)));
}

function table(title: string, rows: HTMLElement[]): HTMLElement {
  return h('div', { class: 'table' }, h('h4', {}, title), ...rows);
}

function row(name: string, place: string, type: string, about: string): HTMLElement {
  return h('div', { class: 'row' }, h('code', {}, name), h('span', { class: 'type' }, [place, type].filter(Boolean).join(', ')), h('span', { class: 'about' }, about));
}
