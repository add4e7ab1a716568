import type { Finding } from '../../src/shared/findings.js';

/** Columns and values of a finding, as texts. */
export interface Name {
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** What a finding names: its own columns first, then those that the report says it cannot be told from. */
export function namesIn({ dimension, value, sameAs = [] }: Finding): readonly Name[] {
  return [{ dimension, value }, ...sameAs].map((one) => ({
    names: typeof one.dimension === 'string' ? [one.dimension] : one.dimension,
    values: (Array.isArray(one.value) ? one.value : [one.value]).map(String),
  }));
}
