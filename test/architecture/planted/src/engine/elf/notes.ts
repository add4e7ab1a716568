import { open } from 'elfy';
import type { Form } from '../dwarf/forms.js';

export const notes = open as Form;
