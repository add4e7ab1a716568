import 'minimatch';
import type { Uri } from 'vscode';

export type Session = Uri;
