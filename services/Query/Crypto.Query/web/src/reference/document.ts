// The parts of an OpenAPI 3.1 document that the reference shows.

export interface Ref {
  $ref: string;
}

export interface Schema {
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: string[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  required?: string[];
  properties?: Record<string, Schema | Ref>;
  items?: Schema | Ref;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  schema: Schema;
}

export interface Answer {
  description: string;
  headers?: Record<string, { description?: string } | Ref>;
  content?: Record<string, { schema: Schema | Ref }>;
}

export interface Operation {
  tags: string[];
  operationId: string;
  summary: string;
  description?: string;
  parameters?: (Parameter | Ref)[];
  responses: Record<string, Answer | Ref>;
}

export interface OpenApi {
  info: { title: string; description?: string };
  tags: { name: string; description?: string }[];
  paths: Record<string, { get: Operation }>;
  components: Record<string, Record<string, unknown>>;
}

/** What a reference points to; anything else as it is. */
export function resolve<T extends object>(document: OpenApi, value: T | Ref): T {
  if (!('$ref' in value)) return value;
  const [, , kind, name] = value.$ref.split('/');
  const found = document.components[kind ?? '']?.[name ?? ''];
  if (!found) throw new Error(`the document has no ${value.$ref}`);
  return found as T;
}

/** The name that a reference points to, or nothing. */
export function nameOf(value: object): string | undefined {
  return '$ref' in value ? String(value.$ref).split('/').pop() : undefined;
}

/** A schema's type in a few words: "array of Candle", "string (decimal) or null". */
export function typeText(document: OpenApi, value: Schema | Ref): string {
  const schema = resolve<Schema>(document, value);
  const types = [schema.type ?? 'any'].flat();
  const main = types.find((type) => type !== 'null') ?? 'null';
  let text = main;
  if (main === 'array') text = `array of ${schema.items ? typeText(document, schema.items) : 'any'}`;
  else if (main === 'object') text = nameOf(value) ?? 'object';
  else if (schema.format) text = `${main} (${schema.format})`;
  return types.includes('null') ? `${text} or null` : text;
}

/** The members of an object, or of the objects of an array; none for plain values. */
export function membersOf(document: OpenApi, value: Schema | Ref): [string, Schema | Ref][] {
  const schema = resolve<Schema>(document, value);
  if (schema.properties) return Object.entries(schema.properties);
  return schema.items ? membersOf(document, schema.items) : [];
}

/** What may be given, in a few words: bounds, choices, the default. */
export function limitsText(schema: Schema): string {
  const parts: string[] = [];
  if (schema.enum) parts.push(schema.enum.join(' '));
  if (schema.minimum !== undefined && schema.maximum !== undefined) parts.push(`${schema.minimum} to ${schema.maximum}`);
  if (schema.default !== undefined) parts.push(`${String(schema.default)} by default`);
  return parts.join('; ');
}
