import type { word } from './wordReader.js';

export const other = 1 as typeof word;
