import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { decompress } from 'fzstd';
import { describe, expect, it } from 'vitest';
import { type ByteSource, bytesSource } from '../../../src/engine/base/byteSource.js';
import { CfiTable } from '../../../src/engine/dwarf/cfi/cfiTable.js';
import { DebugInfo, type InlineFrame } from '../../../src/engine/dwarf/debugInfo.js';
import type { DebugSections } from '../../../src/engine/dwarf/debugSections.js';
import { elfSections } from './elfSections.js';
import { interpretedFrames, rowText } from './interpretedFrames.js';

/** The sample program in every dialect, with what llvm-symbolizer, eu-addr2line and readelf say about it: see data/record.mjs. */
const DATA = new URL('data/', import.meta.url);
const VARIANTS = readdirSync(DATA)
  .filter((name) => name.endsWith('.json.zst'))
  .map((name) => name.slice(0, -'.json.zst'.length));

interface Answers {
  /** Runs of addresses with one answer: lines of function and place by turns, innermost first. */
  readonly llvm: readonly (readonly [number, string])[];
  readonly elfutils?: readonly (readonly [number, string])[];
  readonly frames: string;
}

function data(name: string): Uint8Array {
  return decompress(readFileSync(new URL(`${name}.zst`, DATA)));
}

function answersOf(variant: string): Answers {
  return JSON.parse(new TextDecoder().decode(data(`${variant}.json`))) as Answers;
}

function sectionsOf(name: string): DebugSections {
  const sections = elfSections(data(name));
  const sources = new Map<string, ByteSource>();
  for (const { name: section, type, bytes } of sections.values())
    if (type !== 8) sources.set(section, bytesSource(bytes));
  const split = new Map<string, DebugSections>();
  return {
    section: (wanted) => sources.get(wanted),
    littleEndian: true,
    addressSize: 8,
    ...(sections.has('.gnu_debugaltlink') ? { alt: sectionsOf('dwzcommon') } : {}),
    openSplit(path) {
      const own = path.slice(path.lastIndexOf('/') + 1);
      const file = [`${name}.dwp`, own].find((candidate) => existsSync(new URL(`${candidate}.zst`, DATA)));
      if (file === undefined) return [];
      const known = split.get(file) ?? sectionsOf(file);
      split.set(file, known);
      return [known];
    },
  };
}

/** In the form of llvm-symbolizer. */
function text(frames: readonly InlineFrame[] | undefined): string {
  return (frames ?? [{}])
    .map((frame: Partial<InlineFrame>) => {
      const name = frame.linkageName ?? frame.function ?? '??';
      return `${name}\n${(frame.file ?? '??').replace(/^(\.\/)+/, './')}:${frame.line ?? 0}:${frame.column ?? 0}`;
    })
    .join('\n');
}

/** Every address of the runs, with the answer that holds there. */
function* expanded(runs: readonly (readonly [number, string])[]): Generator<[number, string]> {
  for (const [i, [start, answer]] of runs.entries()) {
    const end = runs[i + 1]?.[0] ?? start + 1;
    for (let address = start; address < end; address++) yield [address, answer];
  }
}

it('has every variant', () => {
  expect(VARIANTS.length).toBe(17);
});

describe.each(VARIANTS)('%s', (variant) => {
  const answers = answersOf(variant);

  it('gives functions, inlined calls, lines and columns as llvm-symbolizer does', () => {
    const info = new DebugInfo(sectionsOf(variant));
    const differences: string[] = [];
    for (const [address, expected] of expanded(answers.llvm)) {
      const found = text(info.locate(BigInt(address)));
      // A column of no line means nothing; nor does how often a path says "here".
      if (found !== expected.replace(/:0:\d+/g, ':0:0').replace(/^(\.\/)+/gm, './'))
        differences.push(`${address.toString(16)}: ${found} instead of ${expected}`);
    }
    expect(differences).toEqual([]);
  });

  const { elfutils } = answers;
  if (elfutils !== undefined) {
    it('gives the place of the innermost call as eu-addr2line does', () => {
      const info = new DebugInfo(sectionsOf(variant));
      const differences: string[] = [];
      for (const [address, expected] of expanded(elfutils)) {
        const place = (answer: string) => (answer.split('\n')[1] ?? '').replace(/(:0)+$/, '').replace(/^(\.\/)+/, './');
        const found = place(text(info.locate(BigInt(address))));
        if (found !== place(expected))
          differences.push(`${address.toString(16)}: ${found} instead of ${place(expected)}`);
      }
      expect(differences).toEqual([]);
    });
  }

  it('has the call-frame rows of readelf', () => {
    const sections = elfSections(data(variant));
    const part = (name: string) => {
      const found = sections.get(name);
      return found === undefined || found.bytes.length === 0
        ? undefined
        : { bytes: found.bytes, address: found.address };
    };
    const [ehFrame, ehFrameHdr, debugFrame] = [part('.eh_frame'), part('.eh_frame_hdr'), part('.debug_frame')];
    const expected = interpretedFrames(answers.frames);
    expect(expected.length).toBeGreaterThan(20);
    for (const header of [ehFrameHdr, undefined]) {
      const cfi = new CfiTable({
        ...(ehFrame === undefined ? {} : { ehFrame }),
        ...(header === undefined ? {} : { ehFrameHdr: header }),
        ...(debugFrame === undefined ? {} : { debugFrame }),
        addressSize: 8,
        littleEndian: true,
      });
      for (const { start, end, columns, text: row } of expected) {
        for (const pc of [start, end - 1n]) expect(rowText(cfi.find(pc), columns), pc.toString(16)).toBe(row);
      }
    }
  });
});

describe('scopes', () => {
  it.each(['gcc4', 'gcc5', 'gcclto', 'dwza', 'gccsplit4', 'gccsplit5'])('of local functions in %s', (variant) => {
    const info = new DebugInfo(sectionsOf(variant));
    const scopes = new Map<string, string>();
    for (const [address] of expanded(answersOf(variant).llvm)) {
      for (const frame of info.locate(BigInt(address)) ?? []) {
        if (frame.linkageName === undefined && frame.function !== undefined)
          scopes.set(frame.function, frame.scope ?? '');
      }
    }
    expect(Object.fromEntries(scopes)).toMatchObject({
      get: 'shop::(anonymous namespace)::Hidden',
      half: 'shop',
      hidden: 'shop::(anonymous namespace)',
      local: '',
      method: 'shop::run::Local',
      'operator()': 'shop::run::(anonymous)',
      plain: '',
    });
  });
});
