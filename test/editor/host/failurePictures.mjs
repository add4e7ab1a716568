// What was on the screen when a test failed: on somebody else's busy machine that is all there is to go by.

import { afterEach } from 'vitest';

/**
 * Takes a picture of the workbench after each test of a file that fails.
 *
 * @param {() => import('./workbench.mjs').Workbench} workbench
 */
export function pictureFailures(workbench) {
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const name = task.name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60);
    await workbench().screenshot(`failed-${name}`);
  });
}
