import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TriagedCore } from '../../../src/session/triage.js';
import { TriagePool } from '../../../src/session/worker/pool/triagePool.js';

/** Real threads, whose script answers in place of the engine and dies when it is told to. The thread that asks has the engine. */
describe('the threads that label cores', () => {
  let folder: string;
  let pool: TriagePool;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pool-'));
  });

  afterEach(async () => {
    await pool.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (script: string, threads: number): void => {
    const file = path.join(folder, 'thread.cjs');
    writeFileSync(file, script);
    pool = new TriagePool(file, threads, { options: {}, wanted: {}, place: { inputs: [folder], deep: false } });
  };

  const all = async (names: readonly string[]): Promise<[string, string | undefined][]> => {
    const cores: TriagedCore[] = await Promise.all(names.map((source) => pool.core({ source })));
    return cores.map(({ row, crash }) => [row.source, crash ?? row.problems[0]?.message]);
  };

  /** A file that is not there: the thread that asks says so at once. */
  const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => path.join(folder, `core.${i}`));

  it('are all given work, and the answer is that of the core asked for', async () => {
    start(ANSWERING, 3);
    const by = new Set<string | undefined>();
    const threads = (): number => [...by].filter((who) => who?.startsWith('thread')).length;
    // How long a thread takes to start is the machine's business.
    for (let wave = 0; threads() < 2 && wave < MOST_WAVES; wave++) {
      const names = numbered(64);
      const answers = await all(names);
      expect(answers.map(([source]) => source)).toEqual(names);
      for (const [, who] of answers) by.add(who);
    }
    expect(threads()).toBe(2);
    expect([...by].some((who) => who?.includes('no such file'))).toBe(true);
  });

  it('lose the core at which one dies and no other', async () => {
    start(ANSWERING, 2);
    const died = new Set<string>();
    const by = new Set<string | undefined>();
    for (let wave = 0; (died.size === 0 || by.size < 4) && wave < MOST_WAVES; wave++) {
      const names = numbered(64).map((name, i) => (i % 16 === 7 ? `${name}.deadly` : name));
      const answers = await all(names);
      expect(answers.map(([source]) => source)).toEqual(names);
      for (const [source, who] of answers) {
        by.add(who?.replace(/'.*'|\/\S*/g, ''));
        if (who?.includes('cannot go on')) died.add(source);
      }
    }
    expect(died.size).toBeGreaterThan(0);
    expect([...died].every((source) => source.endsWith('.deadly'))).toBe(true);
    // Two threads at least: the next one goes on in the place of the dead.
    expect([...by].filter((who) => who?.startsWith('thread')).length).toBeGreaterThan(1);
  });

  it('that cannot start leave the work to the one that asks', async () => {
    start('throw new Error("no thread today");', 3);
    const answers = await all(numbered(50));
    expect(answers).toHaveLength(50);
    expect(answers.every(([, who]) => who?.includes('no such file'))).toBe(true);
  });
});

const MOST_WAVES = 5000;

/** Answers with its number among the threads; dies at a core that is named so. */
const ANSWERING = `
const { parentPort, threadId } = require('node:worker_threads');
parentPort.on('message', ({ source }) => {
  if (source.endsWith('.deadly')) throw new Error('cannot go on');
  parentPort.postMessage({ row: { source, problems: [] }, crash: 'thread ' + threadId });
});
parentPort.postMessage('ready');
`;
