import { inspect } from './engine/inspection/inspect.js';

export const activate = inspect;
