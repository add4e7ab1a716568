import { open } from 'elfy';

export const header = open;
