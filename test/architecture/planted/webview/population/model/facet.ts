import { view } from '../facetView.js';

export const facet = view;
