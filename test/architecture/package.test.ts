import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundles, copies } from '../../scripts/bundles.mjs';
import { CLI, ensureBuilt } from '../cli/builtCommand.js';
import { unpackFixtures } from '../fixtures/unpack.mjs';
import { ROOT } from './checkout.js';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly main: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly contributes: unknown;
  readonly icon?: string;
};

/** Bytes that a bundle may grow to: what it was when this was last looked at, and a quarter. */
const BUDGETS: Readonly<Record<string, number>> = {
  'dist/extension.js': 150_000,
  'dist/cli.js': 4_000,
  'dist/redzone.js': 1_350_000,
  'dist/triage.js': 1_050_000,
  'dist/dap.js': 970_000,
  'dist/engineWorker.js': 930_000,
  'dist/triageRun.js': 930_000,
  'dist/populationWorker.js': 190_000,
  'dist/query.js': 4_000,
  'dist/library.js': 930_000,
  'dist/webview/core.js': 340_000,
  'dist/webview/core.css': 30_000,
  'dist/webview/population.js': 360_000,
  'dist/webview/population.css': 21_000,
  'dist/webview/standalone.css': 4_000,
  'dist/iced_x86_bg.wasm': 980_000,
};

beforeAll(ensureBuilt);

describe('the package', () => {
  let files: readonly string[];
  beforeAll(async () => {
    files = (await listFiles({ cwd: ROOT, packageManager: PackageManager.None })).map((file) => normalize(file));
  });

  it('holds every file that the manifest names', () => {
    const named = [manifest.main, ...Object.values(manifest.bin), ...pathsIn(manifest.contributes), manifest.icon]
      .filter((path) => path !== undefined)
      .map((path) => normalize(path));
    expect(named.length).toBeGreaterThanOrEqual(3);
    expect(named.filter((path) => !files.includes(path))).toEqual([]);
  });

  it('holds everything that the build makes', () => {
    const made = [...bundles.map(({ outfile }) => outfile), ...copies.map(({ to }) => to)];
    expect(made.filter((path) => !files.includes(path))).toEqual([]);
  });

  it('holds its texts and nothing else', () => {
    const texts = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE'];
    expect(texts.filter((text) => !files.includes(text))).toEqual([]);
    const rest = files.filter((file) => !texts.includes(file));
    expect(
      rest.filter(
        (file) =>
          !/^(dist\/(webview\/)?[\w.]+\.(js|css|wasm)|syntaxes\/[\w.-]+\.json|media\/walkthrough\/\w+\.md)$/.test(file),
      ),
    ).toEqual([]);
  });

  it('works away from the repository', () => {
    const folder = mkdtempSync(join(tmpdir(), 'redzone-package-'));
    try {
      for (const file of files) cpSync(join(ROOT, file), join(folder, file));
      const command = join(folder, manifest.bin['redzone'] ?? '');
      expect(run(command, '--version')).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
      // A shift is told from the code, by the disassembler's WebAssembly.
      const [shift] = unpackFixtures(join(ROOT, '.cache/fixtures')).filter(({ name }) => name === 'shift-fp');
      const sysroot = join(ROOT, '.cache/fixtures/sysroot');
      const { status, stdout } = run(command, 'triage', '--ndjson', '--sysroot', sysroot, shift?.core ?? '');
      expect({ status, label: (JSON.parse(stdout) as { label: string }).label }).toEqual({
        status: 0,
        label: 'misaligned-stack',
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the bundles', () => {
  it('all have a budget', () => {
    const made = [...bundles.map(({ outfile }) => outfile), ...copies.map(({ to }) => to)];
    expect(Object.keys(BUDGETS).sort()).toEqual(made.sort());
  });

  it.each(Object.entries(BUDGETS))('%s stays below %i bytes', (file, budget) => {
    expect(statSync(join(ROOT, file)).size).toBeLessThanOrEqual(budget);
  });

  it('run as a command', () => {
    expect(statSync(CLI).mode & 0o111).not.toBe(0);
    expect(readFileSync(CLI, 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true);
    expect(run(CLI, '--version')).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });
});

function run(command: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    cwd: tmpdir(),
  });
  return { status, stdout, stderr };
}

/** Every value called `path`, at any depth. */
function pathsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string'
      ? key === 'path' || key === 'icon'
        ? /^\$\(/.test(inner)
          ? []
          : [inner]
        : []
      : pathsIn(inner),
  );
}
