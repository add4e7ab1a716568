import { LABELS } from '../../shared/labels.js';
import type { Session } from '../../session/session.js';

export const inspect = LABELS as Session;
