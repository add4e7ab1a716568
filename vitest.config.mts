import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/editor/**', 'test/architecture/planted/**', 'node_modules/**'],
    // Two cores: more workers only fight each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    // What is polled for comes when it comes: a busy machine is no failure.
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 120_000,
  },
});
