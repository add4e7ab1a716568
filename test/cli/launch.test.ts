import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLI, ensureBuilt } from './builtCommand.js';

beforeAll(ensureBuilt);

describe.each([
  ['redzone.js', '--help'],
  ['triage.js', 'triage --help'],
  ['dap.js', 'dap --help'],
] as const)('the machine code of %s that is kept between runs', (name, line) => {
  let folder: string;
  let cache: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'redzone-launch-'));
    for (const file of ['cli.js', name]) cpSync(join(dirname(CLI), file), join(folder, file));
    cache = join(folder, `${name}.cache`);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function run(environment: Readonly<Record<string, string>> = {}): string {
    const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'xdg'), ...environment };
    const { status, stdout } = spawnSync(process.execPath, [join(folder, 'cli.js'), ...line.split(' ')], {
      env,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    return stdout;
  }

  it('is written by the first run and used by the second', () => {
    const first = run();
    expect(existsSync(cache)).toBe(true);
    const kept = readFileSync(cache);
    expect(run()).toBe(first);
    // Not written anew: it was accepted.
    expect(readFileSync(cache).equals(kept)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['cli.js', name, `${name}.cache`]);
  });

  it('of another bundle of the same length is not used', () => {
    run();
    const bundle = readFileSync(join(folder, name), 'latin1');
    const help = { 'redzone.js': 'Reads Linux core', 'triage.js': 'label cores', 'dap.js': 'the debug adapter' }[name];
    const changedHelp = help.replace('a', 'o');
    const changed = bundle.replace(help, changedHelp);
    const stamp = /([0-9a-f]{64})\n$/.exec(bundle)?.[1] ?? '';
    expect(changed).not.toBe(bundle);
    writeFileSync(join(folder, name), changed.replace(stamp, '0'.repeat(64)));
    expect(run()).toContain(changedHelp);
    expect(readFileSync(cache).toString('latin1', 0, 64)).toBe('0'.repeat(64));
  });

  it('that V8 refuses is written anew', () => {
    run();
    const kept = readFileSync(cache);
    const foreign = Buffer.from(kept);
    // The word after stamp and checksum is V8's own magic number.
    foreign.writeUInt32LE(0, 68);
    foreign.writeUInt32LE(crc32(foreign.subarray(68)), 64);
    writeFileSync(cache, foreign);
    run();
    expect(readFileSync(cache).readUInt32LE(68)).toBe(kept.readUInt32LE(68));
  });

  it('that is damaged or cut is not given to V8', () => {
    run();
    const kept = readFileSync(cache);
    for (const damaged of [
      flipped(kept, 70),
      flipped(kept, kept.length - 9),
      kept.subarray(0, 5_000),
      kept.subarray(0, 3),
    ]) {
      writeFileSync(cache, damaged);
      run();
      expect(readFileSync(cache).length).toBeGreaterThan(100_000);
      expect(readFileSync(cache).equals(damaged)).toBe(false);
    }
  });

  it("goes to the user's cache folder when the bundle's cannot be written", () => {
    mkdirSync(join(cache, 'in the way'), { recursive: true });
    run();
    expect(readdirSync(folder).sort()).toEqual(['cli.js', name, `${name}.cache`, 'xdg']);
    expect(readdirSync(join(folder, 'xdg', 'redzone'))).toEqual([
      expect.stringMatching(/^code-[0-9a-f]{16}-.*\.cache$/),
    ]);
  });

  it('is not kept when it is switched off, nor of a bundle without a hash', () => {
    run({ REDZONE_CODE_CACHE: 'off' });
    expect(existsSync(cache)).toBe(false);
    const bundle = join(folder, name);
    writeFileSync(bundle, readFileSync(bundle, 'latin1').replace(/\/\/ [0-9a-f]{64}\n$/, ''));
    run();
    expect(existsSync(cache)).toBe(false);
  });
});

function flipped(bytes: Buffer, offset: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(offset) ^ 1, offset);
  return copy;
}
