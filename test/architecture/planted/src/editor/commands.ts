import * as vscode from 'vscode';
import { inspect } from '../engine/inspection/inspect.js';
import type { Socket } from '../adapter/socket.js';

export const commands = [vscode, inspect] as Socket;
