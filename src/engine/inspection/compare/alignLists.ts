/** Places of two lists that stand side by side; one of them is missing where the other has nothing beside it. */
export interface AlignedPair {
  readonly left?: number;
  readonly right?: number;
}

/**
 * Puts two lists side by side so that as many equal keys as possible stand beside each other, in the order of both. What lies between
 * two such places is paired in order; what is left over stands alone.
 */
export function alignLists(left: readonly string[], right: readonly string[]): readonly AlignedPair[] {
  let start = 0;
  const shorter = Math.min(left.length, right.length);
  while (start < shorter && left[start] === right[start]) start++;
  let tail = 0;
  while (tail < shorter - start && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail++;
  const pairs: AlignedPair[] = [];
  for (let i = 0; i < start; i++) pairs.push({ left: i, right: i });
  const [leftEnd, rightEnd] = [left.length - tail, right.length - tail];
  let [l, r] = [start, start];
  for (const match of longestCommon(left.slice(start, leftEnd), right.slice(start, rightEnd))) {
    pairGap(pairs, l, start + match.left, r, start + match.right);
    pairs.push({ left: start + match.left, right: start + match.right });
    l = start + match.left + 1;
    r = start + match.right + 1;
  }
  pairGap(pairs, l, leftEnd, r, rightEnd);
  for (let i = 0; i < tail; i++) pairs.push({ left: leftEnd + i, right: rightEnd + i });
  return pairs;
}

/** Beyond so many cells of the table nothing is sought: the lists are then paired in order. */
const MOST_CELLS = 1 << 20;

/** A longest common subsequence, by the table of its lengths. */
function longestCommon(left: readonly string[], right: readonly string[]): { left: number; right: number }[] {
  const width = right.length + 1;
  if (left.length === 0 || right.length === 0 || (left.length + 1) * width > MOST_CELLS) return [];
  const lengths = new Uint32Array((left.length + 1) * width);
  const at = (l: number, r: number): number => lengths[l * width + r] ?? 0;
  for (let l = left.length - 1; l >= 0; l--) {
    for (let r = right.length - 1; r >= 0; r--) {
      lengths[l * width + r] = left[l] === right[r] ? at(l + 1, r + 1) + 1 : Math.max(at(l + 1, r), at(l, r + 1));
    }
  }
  const found: { left: number; right: number }[] = [];
  for (let l = 0, r = 0; l < left.length && r < right.length;) {
    if (left[l] === right[r]) found.push({ left: l++, right: r++ });
    else if (at(l + 1, r) >= at(l, r + 1)) l++;
    else r++;
  }
  return found;
}

function pairGap(pairs: AlignedPair[], l: number, leftEnd: number, r: number, rightEnd: number): void {
  for (; l < leftEnd && r < rightEnd; l++, r++) pairs.push({ left: l, right: r });
  for (; l < leftEnd; l++) pairs.push({ left: l });
  for (; r < rightEnd; r++) pairs.push({ right: r });
}
