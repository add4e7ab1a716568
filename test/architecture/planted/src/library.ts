import { files } from './io/files.js';

export const library = files;
