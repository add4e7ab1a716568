import { other } from './wordWriter.js';

export const word = other;
