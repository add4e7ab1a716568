import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/editor/workbench/**/*.test.ts'],
    // Each file starts a server and a browser: two at a time would only fight each other.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
