import { runOnStdio } from '../../src/adapter/stdio.js';
import { FakeSession } from './fakeSession.js';

/** The adapter as a process of its own over recorded cores: what `redzone dap` is over real ones. */
void runOnStdio(new FakeSession());
