import type { Symbolizer } from '../symbolize/symbolizer.js';

export type ModuleMap = Symbolizer;
