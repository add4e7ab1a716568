// Scratch runner: strangers [from] [to] [cause]
import { PLANTS } from './plants.js';
import { strangerTrial, type Harm } from './trials.js';
const [from = '0', to = '20', only, harmOnly, verbose] = process.argv.slice(2);
for (const cause of ['nothing', ...Object.keys(PLANTS)]) {
  if (only !== undefined && only !== 'all' && only !== cause) continue;
  for (const harm of ['none', 'gaps', 'wrong labels'] as Harm[]) {
    if (harmOnly !== undefined && harmOnly !== 'all' && harmOnly !== harm) continue;
    let hit = 0, alone = 0, worst = 0;
    const missed: number[] = [], noisy: number[] = [];
    const begun = process.cpuUsage().user + process.cpuUsage().system;
    const n = Number(to) - Number(from);
    for (let seed = Number(from); seed < Number(to); seed++) {
      const at = performance.now();
      const { report, first, others, fleet } = strangerTrial(cause === 'nothing' ? undefined : cause, seed, harm);
      worst = Math.max(worst, performance.now() - at);
      const ok = cause === 'nothing' ? report.findings.length === 0 : first;
      if (ok) hit++; else missed.push(seed);
      if (ok && others === 0) alone++; else if (ok) noisy.push(seed);
      if (verbose && (!ok || others > 0)) {
        console.log(`  seed ${seed} rows ${fleet.rows.length} planted ${JSON.stringify(fleet.planted)}`);
        for (const f of report.findings.slice(0, 4)) console.log(`     ${f.rank}. ${f.text}`);
      }
    }
    console.log(`${cause.padEnd(22)} ${harm.padEnd(13)} ok ${hit}/${n}, alone ${alone}; ${((process.cpuUsage().user + process.cpuUsage().system - begun) / n / 1e6).toFixed(2)} s cpu mean, ${(worst / 1000).toFixed(1)} worst; missed ${missed.join(' ')}; noisy ${noisy.join(' ')}`);
  }
}
