import type { ComparedFrame, ComparedStack, ComparedValue, CompareRow, Relation } from '../../../shared/queries.js';
import { alignLists } from './alignLists.js';
import { POINTER_KINDS } from './pointerKinds.js';

/**
 * Two stacks side by side: what lies below the stack pointer, then frame by frame its registers and its slots. Frames stand beside each
 * other by the function they are in; registers by name, slots by how far they lie from where their frame starts.
 *
 * @param isOne both are the same thread of the same core, read in two ways
 */
export function compareStacks(left: ComparedStack, right: ComparedStack, isOne: boolean): CompareRow[] {
  const rows: CompareRow[] = belowRows(left, right, isOne);
  const order = left.registers.length > 0 ? left.registers : right.registers;
  for (const pair of alignLists(namesOf(left), namesOf(right))) {
    const l = pair.left === undefined ? undefined : left.frames[pair.left];
    const r = pair.right === undefined ? undefined : right.frames[pair.right];
    const places = {
      ...(pair.left === undefined ? {} : { leftFrame: pair.left }),
      ...(pair.right === undefined ? {} : { rightFrame: pair.right }),
    };
    rows.push({
      part: 'frame',
      name: 'frame',
      ...places,
      ...pairOf(l?.place, r?.place),
      relation: frameRelation(l, r),
    });
    for (const name of order) {
      const values = pairOf(l?.registers[name], r?.registers[name]);
      if (values.left !== undefined || values.right !== undefined)
        rows.push({ part: 'register', name, ...places, ...values, relation: relationOf(values, isOne) });
    }
    const [leftSlots, rightSlots] = [l?.slots ?? [], r?.slots ?? []];
    for (let i = 0; i < Math.max(leftSlots.length, rightSlots.length); i++) {
      const values = pairOf(leftSlots[i], rightSlots[i]);
      rows.push({ part: 'slot', name: `+${8 * i}`, ...places, ...values, relation: relationOf(values, isOne) });
    }
  }
  return rows;
}

/** What a leaf function may use below the stack pointer, nearest last. */
function belowRows({ below: left }: ComparedStack, { below: right }: ComparedStack, isOne: boolean): CompareRow[] {
  const count = Math.max(left.length, right.length);
  if (count === 0) return [];
  const heading: ComparedValue = { kind: 'unknown', text: `below the stack pointer, ${8 * count} bytes` };
  const rows: CompareRow[] = [{ part: 'frame', name: 'below', left: heading, right: heading, relation: 'equal' }];
  for (let i = 0; i < count; i++) {
    const values = pairOf(left[i], right[i]);
    rows.push({ part: 'slot', name: `-${8 * (count - i)}`, ...values, relation: relationOf(values, isOne) });
  }
  return rows;
}

function namesOf({ frames }: ComparedStack): string[] {
  return frames.map(({ name }) => name);
}

function pairOf(left: ComparedValue | undefined, right: ComparedValue | undefined) {
  return { ...(left === undefined ? {} : { left }), ...(right === undefined ? {} : { right }) };
}

function frameRelation(left: ComparedFrame | undefined, right: ComparedFrame | undefined): Relation {
  if (left === undefined || right === undefined) return left === undefined ? 'rightOnly' : 'leftOnly';
  if (left.name !== right.name) return 'different';
  return left.place.value === right.place.value ? 'equal' : 'alike';
}

/** Pointers of two threads that lead to the same thing are alike: each has a stack of its own. Of one thread only equal words are equal. */
function relationOf(
  { left, right }: { readonly left?: ComparedValue; readonly right?: ComparedValue },
  isOne: boolean,
): Relation {
  if (left === undefined || right === undefined) return left === undefined ? 'rightOnly' : 'leftOnly';
  if (left.value === right.value) return 'equal';
  const leadsTo = POINTER_KINDS.has(left.kind) && left.kind === right.kind && left.text === right.text;
  return !isOne && leadsTo && left.text !== '' ? 'alike' : 'different';
}
