import type { CorePageQueries } from '../../../src/shared/protocol.js';
import type { CompareAnswer, CompareRow, QueryParams, SignalField } from '../../../src/shared/queries.js';
import * as race from './raceCore.js';

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** The fields of the stale frame beside the crash: %rsp was already there, %rip was not. */
export const signalFields: readonly (readonly SignalField[])[] = race.signalFrames.map((frame) => [
  ...Object.entries(frame.registers).map(([name, value]): SignalField => {
    const crash = race.registers.general.find((register) => register.name === name)?.value;
    return { name, value, kind: 'number', text: '', ...(crash === undefined ? {} : { crash, equal: crash === value }) };
  }),
  { name: 'trapno', value: '0xe', kind: 'number', text: 'page fault' },
  { name: 'err', value: frame.err, kind: 'number', text: 'read in user mode, page not present' },
  { name: 'cr2', value: frame.cr2, kind: 'heap', text: '→ heap', crash: '0x0', equal: false },
  { name: 'sigmask', value: frame.sigmask, kind: 'number', text: 'SIGUSR2 blocked' },
]);

/** Two stacks side by side: the frames of the race core, the right one with one frame less and %rsp eight bytes higher. */
export function comparison({ left, right, from, count, only }: QueryParams<'compare'>): CompareAnswer {
  const rows = ROWS.filter(({ relation, part }) => only === undefined || part === 'frame' || relation !== 'equal');
  const side = { frames: 6, stop: 'outermost', chosen: false, registers: {} };
  return {
    total: rows.length,
    from,
    items: rows.slice(from, from + count),
    differing: rows.filter(({ relation, part }) => part !== 'frame' && relation !== 'equal').length,
    left: { ...side, ...left, chosen: true, why: 'the last transfer was a ret', score: 0.94 },
    right: { ...side, ...right, frames: 5, registers: { rsp: hex(race.RSP + 8n) }, score: 0.31 },
  };
}

/** The race core beside another one: facts, and a register that only the other has, before the same rows. */
export function comparisonOfCores(params: CorePageQueries['compareCores']['params']): CompareAnswer {
  const { left, core, tid, from, count, only } = params;
  const { items, ...answer } = comparison({
    left,
    right: { tid: tid ?? 4711 },
    from: 0,
    count: 1000,
    ...(only === undefined ? {} : { only }),
  });
  const extra = [...FACTS, ONLY_THERE].filter(({ relation }) => only === undefined || relation !== 'equal');
  return {
    ...answer,
    total: answer.total + extra.length,
    differing: answer.differing + 2,
    from,
    items: [...extra, ...items].slice(from, from + count),
    left: { ...answer.left, core: 'race.core' },
    right: { ...answer.right, core: core.slice(core.lastIndexOf('/') + 1) },
  };
}

const FACTS: readonly CompareRow[] = [
  {
    part: 'fact',
    name: 'verdict',
    left: { kind: 'unknown', text: 'Unwinder transfer race' },
    right: { kind: 'unknown', text: 'Unwinder transfer race' },
    relation: 'equal',
  },
  {
    part: 'fact',
    name: 'kernel',
    left: { kind: 'unknown', text: '6.1.90' },
    right: { kind: 'unknown', text: '6.6.1' },
    relation: 'different',
  },
];

/** Where the left core has nothing. */
const ONLY_THERE: CompareRow = {
  part: 'register',
  name: 'fs_base',
  right: { value: '0x7f0000001000', kind: 'mapped', text: 'only there', address: '0x7f0000001000' },
  relation: 'rightOnly',
};

const ROWS: readonly CompareRow[] = [
  {
    part: 'frame',
    name: 'frame',
    leftFrame: 0,
    rightFrame: 0,
    left: { value: '0x0', kind: 'code', text: 'code at 0x0' },
    right: { value: '0x0', kind: 'code', text: 'code at 0x0' },
    relation: 'equal',
  },
  {
    part: 'register',
    name: 'rsp',
    left: { value: hex(race.RSP), kind: 'stack', text: '→ stack' },
    right: { value: hex(race.RSP + 8n), kind: 'stack', text: '→ stack' },
    relation: 'different',
  },
  {
    part: 'register',
    name: 'rax',
    left: { value: '0x1', kind: 'number', text: '1' },
    right: { value: '0x1', kind: 'number', text: '1' },
    relation: 'equal',
  },
  {
    part: 'frame',
    name: 'frame',
    leftFrame: 1,
    left: { value: '0x55806ca3121f', kind: 'code', text: 'updateDocument(Document&, Update const&)  document.cc:214' },
    relation: 'leftOnly',
  },
  ...Array.from({ length: 12 }, (_, i): CompareRow => {
    const slot = race.raceSlots(race.RSP)(i, 1).items[0];
    return {
      part: 'slot',
      name: `+${8 * i}`,
      leftFrame: 1,
      ...(slot === undefined
        ? {}
        : { left: { kind: slot.kind, text: slot.text, address: slot.address, value: slot.value ?? '0x0' } }),
      relation: 'leftOnly',
    };
  }),
];
