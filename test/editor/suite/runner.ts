import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/**
 * Runs inside the extension host. Prints each test as it ends, writes the counts to the file the starter named, and rejects when
 * anything failed, which becomes the exit code.
 */
export async function runWith(load: () => void): Promise<void> {
  // Positions in the test's own files instead of the bundle's.
  process.setSourceMapsEnabled(true);
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, reporter: Mocha.reporters.Base });
  mocha.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, '', mocha);
  // The files register their tests as they load.
  load();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: { name: string; message: string }[] = [];
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => {
      resolve();
    });
    runner.on('pass', (test) => {
      counts.passed++;
      console.log(` ok   ${test.fullTitle()} (${test.duration ?? 0} ms)`);
    });
    runner.on('pending', (test) => {
      counts.skipped++;
      console.log(` skip ${test.fullTitle()}`);
    });
    runner.on('fail', (test, error: unknown) => {
      counts.failed++;
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      failures.push({ name: test.fullTitle(), message });
      console.log(` FAIL ${test.fullTitle()}\n${message}`);
    });
  });
  const report = process.env['REDZONE_TEST_REPORT'];
  if (report !== undefined) writeFileSync(report, JSON.stringify({ counts, failures }));
  if (counts.failed > 0) throw new Error(`${counts.failed} failed`);
}
