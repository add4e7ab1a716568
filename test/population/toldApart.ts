import type { Finding } from '../../src/shared/findings.js';

/** A finding, and what it says explains the same nearly as well: each as a finding of its own. */
export function withRivals(finding: Finding): Finding[] {
  return [
    ...withWhatIsAlike(finding),
    ...(finding.rivals ?? []).map(({ dimension, value }) => ({ ...finding, dimension, value })),
  ];
}

/** A finding, and what it says besides that nothing in the table tells from it: each as a finding of its own. */
export function withWhatIsAlike(finding: Finding): Finding[] {
  return [finding, ...(finding.sameAs ?? []).map(({ dimension, value }) => ({ ...finding, dimension, value }))];
}
