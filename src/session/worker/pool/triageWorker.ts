import { serveTriage } from './serveTriage.js';

serveTriage();
