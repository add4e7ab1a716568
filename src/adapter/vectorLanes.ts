import type { ValueFormat } from './variables.js';

interface LaneType {
  readonly name: string;
  readonly width: number;
  readonly read: (view: DataView, offset: number, format: ValueFormat) => string;
}

const integer = (value: number | bigint, width: number, { hex }: ValueFormat): string =>
  hex ? `0x${BigInt.asUintN(width * 8, BigInt(value)).toString(16)}` : value.toString();

/** Named as gdb names the views of a vector register. */
const LANE_TYPES: readonly LaneType[] = [
  { name: 'float', width: 4, read: (view, at) => `${view.getFloat32(at, true)}` },
  { name: 'double', width: 8, read: (view, at) => `${view.getFloat64(at, true)}` },
  { name: 'int8', width: 1, read: (view, at, format) => integer(view.getInt8(at), 1, format) },
  { name: 'int16', width: 2, read: (view, at, format) => integer(view.getInt16(at, true), 2, format) },
  { name: 'int32', width: 4, read: (view, at, format) => integer(view.getInt32(at, true), 4, format) },
  { name: 'int64', width: 8, read: (view, at, format) => integer(view.getBigInt64(at, true), 8, format) },
];

/** A vector register lane by lane, one entry per lane type: `v8_float` of a 32-byte register. Lowest lane first. */
export function vectorLanes(bytes: string, format: ValueFormat): readonly (readonly [name: string, value: string])[] {
  const data = Uint8Array.from(bytes.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  const view = new DataView(data.buffer);
  return LANE_TYPES.map(({ name, width, read }) => {
    const lanes = Math.floor(data.length / width);
    const values = Array.from({ length: lanes }, (_, lane) => read(view, lane * width, format));
    return [`v${lanes}_${name}`, `{${values.join(', ')}}`] as const;
  });
}
