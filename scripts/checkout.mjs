// Where this checkout is, and where its scripts put what they make: all of it under .cache/, which git ignores.

import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** @param {string[]} parts */
export const cached = (...parts) => path.join(ROOT, '.cache', ...parts);

/** @param {string[]} parts */
export const inCheckout = (...parts) => path.join(ROOT, ...parts);

/** @param {string} name */
export const tool = (name) => path.join(ROOT, 'node_modules', '.bin', name);
