import type { PopulationReport } from './findings.js';

/** Suspect machines, one a line, the most suspect first; why stands in a comment before each, which files of hosts to deny may have. */
export function denyList({ hardwareSuspects }: Pick<PopulationReport, 'hardwareSuspects'>): string {
  const lines = hardwareSuspects.flatMap(({ dimension, value, cases, of, pAdjusted }) => {
    // A name with a line break would be two lines, and one of them a machine of somebody's choosing.
    const name = String(value).replace(/[\p{Cc}\u2028\u2029]/gu, '?');
    return [
      `# ${dimension.replace(/[\p{Cc}\u2028\u2029]/gu, '?')}: ${cases} of ${of} crashes of kinds that healthy hardware does not make, p = ${pAdjusted.toPrecision(2)}`,
      name,
    ];
  });
  const head =
    hardwareSuspects.length === 0 ? '# no suspect machines' : `# ${hardwareSuspects.length} suspect machines`;
  return `${[head, ...lines].join('\n')}\n`;
}
