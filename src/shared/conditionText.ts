import type { DimensionValue } from './findings.js';

/** A condition as findings name it: `sku = m1`; `node_age_h < 6`, whose value is a text with the comparison in it. */
export function conditionText(name: string, value: DimensionValue): string {
  return typeof value === 'string' && /^(?:<|>=) \S/.test(value) ? `${name} ${value}` : `${name} = ${String(value)}`;
}
