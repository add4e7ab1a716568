import type { Session } from '../session/session.js';

export type Row = Session;
