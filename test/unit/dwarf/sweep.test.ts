import { readFileSync } from 'node:fs';
import { decompress } from 'fzstd';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../src/engine/base/byteSource.js';
import { DebugInfo, type InlineFrame } from '../../../src/engine/dwarf/debugInfo.js';
import { elfSections } from './elfSections.js';

/** What eu-addr2line says about every 16th byte of a program full of inlined templates: see data/sweep/record.mjs. */
const DATA = new URL('data/sweep/', import.meta.url);

const data = (name: string): Uint8Array => decompress(readFileSync(new URL(`${name}.zst`, DATA)));

interface Answer {
  readonly address: bigint;
  /** Function and place by turns, innermost first. */
  readonly chain: readonly string[];
}

function answers(): Answer[] {
  const all: { address: bigint; chain: string[] }[] = [];
  for (const line of new TextDecoder().decode(data('answers')).split('\n')) {
    if (/^0x[0-9a-f]{16}$/.test(line)) all.push({ address: BigInt(line), chain: [] });
    else if (line !== '') all.at(-1)?.chain.push(line.replace(/ inlined at .*$/, ''));
  }
  return all;
}

/** In the form of eu-addr2line. */
function chainOf(frames: readonly InlineFrame[] | undefined): string[] {
  return (frames ?? [{}]).flatMap((frame: Partial<InlineFrame>) => [
    frame.linkageName ?? frame.function ?? '??',
    `${frame.file ?? '??'}:${frame.line ?? 0}${frame.column === undefined || frame.column === 0 ? '' : `:${frame.column}`}`,
  ]);
}

describe('every 16th byte of a program of much inlined code', () => {
  const sections = new Map(
    [...elfSections(data('heavy')).values()]
      .filter(({ type }) => type !== 8)
      .map(({ name, bytes }) => [name, bytesSource(bytes)]),
  );
  const info = new DebugInfo({ section: (name) => sections.get(name), littleEndian: true, addressSize: 8 });
  const asked = answers();

  it('was asked about, and is in chains of many calls', () => {
    expect(asked.length).toBeGreaterThan(1000);
    expect(asked.reduce((sum, { chain }) => sum + chain.length / 2, 0) / asked.length).toBeGreaterThan(3);
  });

  it('is where eu-addr2line says: functions, inline chain, files, lines and columns', () => {
    const differences = asked.flatMap(({ address, chain }) => {
      const ours = chainOf(info.locate(address));
      return ours.join('\n') === chain.join('\n')
        ? []
        : [
            `0x${address.toString(16)}: ${differing(ours, chain).join(' | ')} instead of ${differing(chain, ours).join(' | ')}`,
          ];
    });
    expect(differences.filter((line) => !isKnown(line))).toEqual([]);
    // Exact: one that is gone must leave the table.
    expect(differences.length).toBe(NO_SEQUENCE.count + TWO_CALLS.length);
  });
});

/** Start-up code of no line table: eu-addr2line gives it the last line before the end of the sequence below. */
const NO_SEQUENCE = { count: 15, line: 'basic_string.h:234:28' };
/** Two inlined calls claim the same code: GNU addr2line takes the last of them as Redzone does, eu-addr2line another. */
const TWO_CALLS = ['0x1d80', '0x3a50', '0x4960', '0x58b0', '0x58c0', '0x5900'];

function isKnown(difference: string): boolean {
  if (TWO_CALLS.some((address) => difference.startsWith(`${address}: `))) return true;
  return difference.includes(': ?? | ??:0 instead of ') && difference.endsWith(NO_SEQUENCE.line);
}

/** The lines that another answer does not have in the same place. */
function differing(chain: readonly string[], other: readonly string[]): readonly string[] {
  return chain.filter((line, i) => line !== other[i]);
}
