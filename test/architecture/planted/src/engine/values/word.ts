import { judge } from '../verdict/judge.js';

export type Word = typeof judge;
