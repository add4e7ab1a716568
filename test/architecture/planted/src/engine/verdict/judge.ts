import { inspect } from '../inspection/inspect.js';
import { LABELS } from '../../shared/labels.js';

export const judge = [inspect, LABELS];
