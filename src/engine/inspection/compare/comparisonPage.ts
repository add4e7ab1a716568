import type { ComparedSide, CompareAnswer, CompareRow, QueryParams } from '../../../shared/queries.js';

/** One page of a comparison: of all rows, or of those that differ. */
export function comparisonPage(
  rows: readonly CompareRow[],
  [left, right]: readonly [ComparedSide, ComparedSide],
  { from, count, only }: Pick<QueryParams<'compare'>, 'from' | 'count' | 'only'>,
): CompareAnswer {
  const shown = only === 'differences' ? withDifferences(rows) : rows;
  return {
    total: shown.length,
    from,
    items: shown.slice(from, from + count),
    differing: rows.filter(({ part, relation }) => part !== 'frame' && isDifference(relation)).length,
    left,
    right,
  };
}

function isDifference(relation: CompareRow['relation']): boolean {
  return relation !== 'equal' && relation !== 'alike';
}

/** Rows that differ, each under the heading of its frame; a frame in which nothing differs is left out whole. */
function withDifferences(rows: readonly CompareRow[]): CompareRow[] {
  const shown: CompareRow[] = [];
  let heading: CompareRow | undefined;
  for (const row of rows) {
    if (row.part === 'frame') {
      heading = row;
      if (!isDifference(row.relation)) continue;
    } else if (!isDifference(row.relation)) continue;
    if (heading !== undefined) shown.push(heading);
    if (row !== heading) shown.push(row);
    heading = undefined;
  }
  return shown;
}
