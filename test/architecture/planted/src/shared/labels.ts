import type { Row } from '../population/rows.js';

export const LABELS = [] as Row[];
