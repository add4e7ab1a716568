import type { Form } from '../dwarf/forms.js';

export type CoreImage = Form;
