import { cruise } from 'dependency-cruiser';
import config from '../../.dependency-cruiser.cjs';

export interface Violation {
  readonly rule: string;
  readonly from: string;
  /** A package is named without the folders above it. */
  readonly to: string;
}

export interface Findings {
  /** Every module that was read, from the root of the tree. */
  readonly seen: readonly string[];
  readonly violations: readonly Violation[];
}

export const RULES: readonly string[] = config.forbidden.map(({ name = '' }) => name);

/** Holds the rules of `.dependency-cruiser.cjs` against `src` and `webview` of a tree. */
export async function layerFindings(tree: string): Promise<Findings> {
  const { output } = await cruise(['src', 'webview'], {
    ...config.options,
    ruleSet: { forbidden: config.forbidden },
    validate: true,
    baseDir: tree,
  });
  if (typeof output === 'string') throw new Error('dependency-cruiser answered with text');
  return {
    seen: output.modules.map(({ source }) => source),
    violations: output.summary.violations.map(({ rule, from, to }) => ({
      rule: rule.name,
      from,
      to: to.replace(/^.*node_modules\/((@types\/)?(@[^/]+\/)?[^/]+).*$/, '$1'),
    })),
  };
}
