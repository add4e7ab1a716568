import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI, ensureBuilt, ROOT } from '../cli/builtCommand.js';
import { FleetFolder } from '../dataset/fleetFolder.js';
import { sql } from '../dataset/sql.js';
import { OneNodeSlurm, whyNoSlurm } from './oneNodeSlurm.js';

const COUNT = 240;
const SHARDS = 4;
const missing = whyNoSlurm();

describe.skipIf(missing !== undefined)(
  `an array job of Slurm${missing === undefined ? '' : ` [skipped: ${missing}]`}`,
  () => {
    const slurm = new OneNodeSlurm();
    let folder: FleetFolder;
    let cannotStart: string | undefined;
    beforeAll(async () => {
      ensureBuilt();
      folder = new FleetFolder(COUNT, 11);
      try {
        await slurm.start();
      } catch (error) {
        cannotStart = error instanceof Error ? error.message : String(error);
      }
    }, 120_000);
    afterAll(() => {
      slurm.stop();
      folder.remove();
    });

    it('fills one data set, also when a shard is killed half-way', { timeout: 240_000 }, async ({ skip }) => {
      // Machines differ in what they let a daemon do; none of that is ours.
      if (cannotStart !== undefined) skip(`Slurm does not start here: ${cannotStart.slice(-300)}`);
      const manifest = folder.join('manifest.txt');
      writeFileSync(manifest, folder.fleet.map(({ path }) => `${path}\n`).join(''));
      const command = folder.join('redzone');
      writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
      chmodSync(command, 0o755);
      const dataset = folder.join('dataset');
      const job = (array: string, more = ''): string =>
        slurm
          .run(
            'sbatch',
            '--parsable',
            `--array=${array}`,
            '--cpus-per-task=1',
            '--mem-per-cpu=0',
            `--output=${folder.join('%A-%a.out')}`,
            `--export=ALL,MANIFEST=${manifest},DATASET=${dataset},REDZONE=${command},REDZONE_OPTIONS=--workers 1 --part-rows 4${more}`,
            `${ROOT}/deploy/redzone-array.sbatch`,
          ) // prettier-ignore
          .trim();
      // Numbers that begin elsewhere, with gaps.
      const id = job('10-40:10');
      const killed = await partOf(dataset, `part-2-of-${SHARDS}-`);
      slurm.run('scancel', '--signal=KILL', '--full', `${id}_30`);
      await slurm.idle(120);
      expect(killed, output(folder)).toBe(true);
      const before = await counts(dataset);
      expect(before.n).toBe(before.ids);
      expect(before.n).toBeLessThan(COUNT);
      job('2', `,REDZONE_SHARD=2/${SHARDS}`);
      await slurm.idle(120);
      expect(await counts(dataset), output(folder)).toEqual({ n: COUNT, ids: COUNT, crashes: COUNT });
      job('0-3');
      await slurm.idle(120);
      expect(await counts(dataset)).toEqual({ n: COUNT, ids: COUNT, crashes: COUNT });
    });
  },
);

interface Counts {
  readonly n: number;
  readonly ids: number;
  readonly crashes: number;
}

async function counts(dataset: string): Promise<Counts> {
  const [row] = await sql(
    dataset,
    'select count(*) n, count(distinct id) ids, count(distinct crash) crashes from rows',
  );
  return row as unknown as Counts;
}

/** Waits for a part whose name begins like that. */
async function partOf(dataset: string, beginning: string): Promise<boolean> {
  for (let tries = 0; tries < 600; tries++) {
    try {
      const files = readdirSync(dataset, { recursive: true, encoding: 'utf8' });
      if (files.some((file) => file.includes(`/${beginning}`) && file.endsWith('.parquet'))) return true;
    } catch {
      // The data set is not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

function output(folder: FleetFolder): string {
  return readdirSync(folder.path)
    .filter((name) => name.endsWith('.out'))
    .map((name) => readFileSync(folder.join(name), 'utf8').slice(-400))
    .join('\n');
}
