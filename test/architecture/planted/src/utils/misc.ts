import { step } from '../adapter/stepping.js';

export const misc = step;
