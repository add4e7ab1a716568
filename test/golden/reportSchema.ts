import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';

const SCHEMA_FILE = join(import.meta.dirname, '../../src/shared/report.schema.json');

export const SCHEMA = JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as AnySchema & Record<string, unknown>;

// A condition may ask for fields that are defined beside it.
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
ajv.addSchema(SCHEMA, 'report');

/** What is wrong with `value` as a row or a report; nothing when it is as the contract says. */
export function schemaErrors(shape: 'CoreRow' | 'CoreReport', value: unknown): string[] {
  const validate = ajv.getSchema(`report#/$defs/${shape}`);
  if (validate === undefined) throw new Error(`no ${shape} in the schema`);
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}
