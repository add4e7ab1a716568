import type { Stdio } from '../adapter/stdio.js';
import { step } from '../adapter/stepping.js';

export const main = step as Stdio;
