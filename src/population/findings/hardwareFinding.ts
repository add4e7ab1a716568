import type { DraftFinding } from './finding.js';
import type { Fleet } from './fleet.js';
import type { Suspect } from './hardware.js';
import { crashSql, literal, present, type QuerySource } from './query.js';
import { pText, share } from './sentence.js';

/** A machine whose crashes, of whatever label, are of kinds that healthy hardware does not make. */
export function hardwareFinding(suspect: Suspect, { roles }: Fleet, source: QuerySource): DraftFinding {
  const { dimension, code, kinds, cases, of, casesElsewhere, ofElsewhere, episodes, logP, logPAdjusted } = suspect;
  const value = dimension.values[code] ?? '';
  const inside = { cases, of };
  const outside = { cases: casesElsewhere, of: ofElsewhere };
  const pAdjusted = Math.max(Number.MIN_VALUE, Math.exp(logPAdjusted));
  const column = source.column(dimension.name);
  const said = [roles.kind, roles.label].flatMap((role) => (role === undefined ? [] : [source.column(role.name)]));
  const what = `lower(CAST(coalesce(${said.join(', ')}) AS VARCHAR))`;
  return {
    kind: 'impossible kinds',
    question: 'hardware',
    form: 'excess',
    dimension: dimension.name,
    value,
    inside,
    outside,
    p: Math.max(Number.MIN_VALUE, Math.exp(logP)),
    pAdjusted,
    episodes,
    text:
      `Suspect hardware: ${share(inside)} crashes at ${dimension.name} = ${String(value)} are of kinds that a program seldom brings about ` +
      `(${kinds.words}), ${share(outside)} elsewhere; ${pText(pAdjusted)}.`,
    query: [
      'SELECT',
      '  count(*) FILTER (WHERE inside AND is_case) AS inside_cases, count(*) FILTER (WHERE inside) AS inside_of,',
      '  count(*) FILTER (WHERE NOT inside AND is_case) AS outside_cases, count(*) FILTER (WHERE NOT inside) AS outside_of',
      `FROM (SELECT coalesce(regexp_matches(${what}, ${literal(kinds.with)}) AND NOT regexp_matches(${what}, ${literal(kinds.without)}), false) AS is_case,`,
      `    CASE WHEN ${present(column)} THEN ${column} = ${literal(value)} END AS inside`,
      `  FROM ${source.from} WHERE ${crashSql(roles, source)})`,
    ].join('\n'),
  };
}
