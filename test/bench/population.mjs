// `node test/bench/population.mjs [ROWS]`: how long `redzone population` takes on a table of JSON lines, a million rows and 13 columns
// unless told otherwise, and how much memory; with a bad SKU that is bad only with a kernel, which it must name first. Needs the built
// command (npm run build).

import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../..');
const rows = Number(process.argv[2] ?? 1_000_000);
const HOSTS = 5000;
const folder = mkdtempSync(path.join(tmpdir(), 'redzone-bench-'));

try {
  const file = path.join(folder, 'crashes.ndjson');
  await write(file);
  console.log(`${rows} rows, ${Math.round(statSync(file).size / 2 ** 20)} MiB`);
  await measure(['population', file, '--json']);
} finally {
  rmSync(folder, { recursive: true });
}

/** @param {string} file */
async function write(file) {
  const random = randomOf(7);
  const int = (/** @type {number} */ n) => Math.floor(random() * n);
  const hosts = Array.from({ length: HOSTS }, (_, i) => ({
    host: `node-${i}`,
    physical: `rack${int(1200)}`,
    region: ['fra', 'iad', 'sin', 'gru'][int(4)],
    sku: `m${int(8)}.large`,
    born: Date.UTC(2025, 0, 1) - int(90) * 86_400_000,
  }));
  const out = createWriteStream(file);
  for (let i = 0; i < rows; i++) {
    const at = hosts[Math.floor(HOSTS * random() ** 2)] ?? hosts[0];
    if (at === undefined) throw new Error('no host');
    const time = Date.UTC(2025, 0, 1) + Math.floor((i / rows) * 90 * 86_400_000);
    const kernel = `6.1.${Math.floor((i / rows) * 4 + random() * 0.5)}`;
    const bad = at.sku === 'm3.large' && kernel === '6.1.2' && random() < 0.1;
    const draw = random();
    const label = bad || draw < 0.03 ? 'misaligned-stack' : draw < 0.1 ? 'return-to-null' : 'other';
    const kind = label === 'other' ? (['abort', 'assertion', 'null-dereference'][int(3)] ?? '') : `${label}-kind`;
    const row = {
      ...{ label, kind, signature: `${kind} | f${int(20)} | main`, time: new Date(time).toISOString() },
      ...{ host: at.host, physical_host: at.physical, region: at.region, sku: at.sku, kernel },
      ...{ release: `r${Math.floor((i / rows) * 12)}`, container: `c${int(40)}` },
      ...{ node_age_h: (time - at.born) / 3_600_000, load: random() * 30 },
    };
    if (!out.write(`${JSON.stringify(row)}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

/** @param {readonly string[]} args */
async function measure(args) {
  const start = performance.now();
  const child = spawn(process.execPath, [path.join(ROOT, 'dist/redzone.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (/** @type {Buffer} */ part) => (text += part.toString()));
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, residentKiB(child.pid))), 100);
  const [status] = await once(child, 'close');
  clearInterval(watch);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`redzone population: exit ${status}, ${seconds} s, at most ${Math.round(peak / 1024)} MiB`);
  for (const { text: sentence } of JSON.parse(text).findings) console.log(`  ${sentence}`);
}

/** Most memory that a process had so far. @param {number | undefined} pid */
function residentKiB(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Park and Miller's generator. @param {number} seed */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
