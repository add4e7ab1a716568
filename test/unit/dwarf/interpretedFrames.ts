import type { CfiRow } from '../../../src/engine/dwarf/cfi/cfiRow.js';

/** A row of `readelf --debug-dump=frames-interp`. */
export interface InterpretedRow {
  readonly start: bigint;
  readonly end: bigint;
  /** Names of the registers that `text` tells, in order. */
  readonly columns: readonly string[];
  readonly text: string;
}

const NAMES = ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp'];

/** Later sections of the dump do not repeat what earlier ones cover. */
export function interpretedFrames(dump: string): InterpretedRow[] {
  const rows: InterpretedRow[] = [];
  const seen = new Set<bigint>();
  let end: bigint | undefined;
  let columns: string[] = [];
  let open: { start: bigint; text: string }[] = [];
  const close = (): void => {
    if (end === undefined || open[0] === undefined || seen.has(open[0].start)) return;
    seen.add(open[0].start);
    for (const [i, { start, text }] of open.entries()) {
      const next = open[i + 1]?.start ?? end;
      if (next > start) rows.push({ start, end: next, columns, text });
    }
  };
  for (const line of dump.split('\n')) {
    const entry = / (CIE|FDE) .*?(?:pc=[0-9a-f]+\.\.([0-9a-f]+))?$/.exec(line);
    const row = /^([0-9a-f]{16}) (.*)$/.exec(line);
    if (entry !== null) {
      close();
      open = [];
      end = entry[2] === undefined ? undefined : BigInt(`0x${entry[2]}`);
    } else if (/^ +LOC /.test(line)) {
      columns = line.trim().split(/\s+/).slice(2);
    } else if (row !== null) {
      const text = (row[2] ?? '').trim().replace(/r\d+ \((\w+)\)/g, '$1');
      open.push({ start: BigInt(`0x${row[1] ?? ''}`), text: text.split(/\s+/).join(' ') });
    }
  }
  close();
  return rows;
}

/** A row in readelf's notation, with these columns. */
export function rowText(row: CfiRow | undefined, columns: readonly string[]): string | undefined {
  if (row === undefined) return undefined;
  const { cfa } = row;
  const parts = [cfa.kind === 'expression' ? 'exp' : name(cfa.register) + signed(cfa.offset)];
  for (const column of columns) {
    const number = column === 'ra' ? row.returnAddressRegister : numberOf(column);
    parts.push(ruleText(row, number));
  }
  return parts.join(' ');
}

function ruleText(row: CfiRow, number: number): string {
  const rule = row.rules.get(number);
  switch (rule?.kind) {
    case undefined:
    case 'undefined':
      return 'u';
    case 'sameValue':
      return 's';
    case 'offset':
      return `c${signed(rule.offset)}`;
    case 'valOffset':
      return `v${signed(rule.offset)}`;
    case 'register':
      return name(rule.register);
    case 'expression':
      return 'exp';
    case 'valExpression':
      return 'vexp';
  }
}

function name(number: number): string {
  return NAMES[number] ?? `r${number}`;
}

function numberOf(column: string): number {
  const known = NAMES.indexOf(column);
  return known >= 0 ? known : Number(column.slice(1));
}

function signed(value: bigint): string {
  return value < 0n ? value.toString() : `+${value}`;
}
