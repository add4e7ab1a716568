import type { WorkOptions } from '../session/slicedWork.js';
import { interruptible } from './interruptible.js';

/** Shows on a terminal how far fetching files has come, and ends it at Ctrl-C: what was fetched by then is used. */
export function watchFetching(): { readonly work: WorkOptions; done(): void } {
  let shown = false;
  const progress = (part: number): void => {
    process.stderr.write(`\rfetching debug files: ${Math.floor(part * 100)} %  `);
    shown = true;
  };
  return {
    work: { signal: interruptible(), ...(process.stderr.isTTY ? { progress } : {}) },
    done: () => {
      if (shown) process.stderr.write('\r\x1b[K');
    },
  };
}
