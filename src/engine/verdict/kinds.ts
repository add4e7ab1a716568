import type * as shared from '../../shared/labels.js';

/** The engine speaks the same words as the JSON contract; types only, so nothing of `shared` runs here. */
export type Label = shared.Label;
export type Kind = shared.Kind;
export type AddressClass = shared.AddressClass;
