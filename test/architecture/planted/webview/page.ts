import { Button } from '@vscode/webview-ui-toolkit';
import { Virtualizer } from '@tanstack/virtual-core';
import type { Session } from '../src/session/session.js';

export const page = [Button, Virtualizer] as Session;
