import { join, resolve } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { SCHEMA, schemaErrors } from './reportSchema.js';

const ROOT = resolve(import.meta.dirname, '../..');
const TYPES = join(ROOT, 'src/shared/report.ts');

/** What a type and a schema have in common: which fields there are, which may be left out, and what they hold. */
type Shape =
  | 'string'
  | 'number'
  | 'boolean'
  | { readonly oneOf: readonly string[] }
  | { readonly listOf: Shape }
  | { readonly mapTo: Shape }
  | { readonly anyOf: readonly Shape[] }
  | { readonly fields: Readonly<Record<string, Shape>> };

describe('the schema', () => {
  let checker: ts.TypeChecker;
  let source: ts.SourceFile;
  beforeAll(() => {
    const program = ts.createProgram([TYPES], {
      strict: true,
      exactOptionalPropertyTypes: true,
      noLib: false,
      types: [],
    });
    checker = program.getTypeChecker();
    source = program.getSourceFile(TYPES) ?? missing('types');
  });

  it.each(['CoreRow', 'CoreReport'])('says of %s what the type says', (name) => {
    const exports = checker.getExportsOfModule(checker.getSymbolAtLocation(source) ?? missing('module'));
    const symbol = exports.find((each) => each.name === name);
    const type = checker.getDeclaredTypeOfSymbol(symbol ?? missing(name));
    expect(shapeOfSchema(definition(name))).toEqual(shapeOfType(type, checker, source));
  });

  it.each([
    ['a field too many', { extra: 1 }],
    ['null for what is not there', { signature: null }],
    ['a number for an address', { thread: { tid: 1, registers: { rip: 0 } } }],
    ['an address that is not one', { thread: { tid: 1, registers: { rip: '0X10' } } }],
    ['a kind nobody knows', { kind: 'gremlins' }],
    ['a shift of what is not shifted', { shift: 8 }],
    ['a label of what cannot be read', { status: 'unreadable' }],
    ['a field too many, further in', { signal: { number: 11, name: 'SIGSEGV', extra: 1 } }],
  ])('refuses %s', (_what, change) => {
    expect(schemaErrors('CoreRow', SMALL)).toEqual([]);
    expect(schemaErrors('CoreRow', { ...SMALL, ...change })).not.toEqual([]);
    expect(schemaErrors('CoreReport', { ...SMALL, ...change })).not.toEqual([]);
  });

  it('keeps what only a report has out of the row', () => {
    expect(schemaErrors('CoreReport', { ...SMALL, missing: [] })).toEqual([]);
    expect(schemaErrors('CoreRow', { ...SMALL, missing: [] })).not.toEqual([]);
  });
});

function missing(what: string): never {
  throw new Error(`no ${what} in ${TYPES}`);
}

const SMALL = {
  schema: 1,
  source: 'a.core',
  size: 10,
  bytesRead: 10,
  status: 'ok',
  problems: [],
  sourceKind: 'core',
  format: 'elf64-core',
  arch: 'x86_64',
  label: 'other',
  kind: 'unknown',
  confidence: 0.5,
  evidence: [],
  signature: 'unknown',
};

function shapeOfType(type: ts.Type, checker: ts.TypeChecker, at: ts.Node): Shape {
  if (type.flags & ts.TypeFlags.BooleanLike) return 'boolean';
  if (type.isStringLiteral() || type.isNumberLiteral()) return { oneOf: [String(type.value)] };
  if (type.flags & ts.TypeFlags.StringLike && !type.isUnion()) return 'string';
  if (type.flags & ts.TypeFlags.NumberLike && !type.isUnion()) return 'number';
  if (type.isUnion()) {
    const parts = type.types.filter((part) => !(part.flags & ts.TypeFlags.Undefined));
    if (parts.every((part) => part.isStringLiteral())) return { oneOf: parts.map(({ value }) => value).sort() };
    if (parts.every((part) => part.flags & ts.TypeFlags.BooleanLike)) return 'boolean';
    return { anyOf: sorted(parts.map((part) => shapeOfType(part, checker, at))) };
  }
  const element = checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference)[0] : undefined;
  if (element !== undefined) return { listOf: shapeOfType(element, checker, at) };
  const values = type.getStringIndexType();
  if (values !== undefined) return { mapTo: shapeOfType(values, checker, at) };
  const fields = type.getProperties().map((property) => {
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const inner = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(property, at));
    return [`${property.name}${optional ? '?' : ''}`, shapeOfType(inner, checker, at)] as const;
  });
  return { fields: Object.fromEntries(fields) };
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: string | number;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly unevaluatedProperties?: boolean;
}

function definition(name: string): Schema {
  const found = (SCHEMA['$defs'] as Readonly<Record<string, Schema>>)[name];
  if (found === undefined) throw new Error(`no definition of ${name}`);
  return found;
}

function shapeOfSchema(schema: Schema): Shape {
  const base = schema.$ref === undefined ? undefined : definition(schema.$ref.replace('#/$defs/', ''));
  if (base !== undefined && schema.unevaluatedProperties === undefined) return shapeOfSchema(base);
  if (schema.const !== undefined) return { oneOf: [String(schema.const)] };
  if (schema.enum !== undefined) return { oneOf: [...schema.enum].sort() };
  if (schema.anyOf !== undefined) return { anyOf: sorted(schema.anyOf.map(shapeOfSchema)) };
  if (schema.items !== undefined) return { listOf: shapeOfSchema(schema.items) };
  if (typeof schema.additionalProperties === 'object') return { mapTo: shapeOfSchema(schema.additionalProperties) };
  if (schema.type === 'string' || schema.type === 'boolean') return schema.type;
  if (schema.type === 'number' || schema.type === 'integer') return 'number';
  const closed = base === undefined ? schema.additionalProperties : schema.unevaluatedProperties;
  if (closed !== false) throw new Error(`open to any field: ${JSON.stringify(schema).slice(0, 200)}`);
  const required = new Set([...(base?.required ?? []), ...(schema.required ?? [])]);
  const fields = Object.entries({ ...base?.properties, ...schema.properties }).map(
    ([name, inner]) => [`${name}${required.has(name) ? '' : '?'}`, shapeOfSchema(inner)] as const,
  );
  return { fields: Object.fromEntries(fields) };
}

function sorted(shapes: readonly Shape[]): Shape[] {
  return [...shapes].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
