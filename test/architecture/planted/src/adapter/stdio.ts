import type { commands } from '../editor/commands.js';

export type Stdio = typeof commands;
