import * as vscode from 'vscode';

export const architecture = vscode.version;
