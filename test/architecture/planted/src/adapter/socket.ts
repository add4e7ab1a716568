export type Socket = unknown;
