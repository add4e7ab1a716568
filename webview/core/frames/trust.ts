import type { FrameTrust } from '../../../src/shared/labels.js';
import { setText } from '../../dom.js';

/** Makes a quiet badge of the rule that found a frame; weaker rules look less solid. */
export function setTrust(badge: Element, trust: FrameTrust): void {
  setText(badge, SHORT[trust]);
  badge.className = `trust trust-${trust}`;
  badge.setAttribute('title', WORDS[trust]);
}

const SHORT: Readonly<Record<FrameTrust, string>> = {
  context: 'context',
  signalFrame: 'signal',
  cfi: 'cfi',
  framePointer: 'fp',
  callTarget: 'call',
  scan: 'scan',
};

const WORDS: Readonly<Record<FrameTrust, string>> = {
  context: 'from the registers of the thread, and what the code before did to the stack',
  signalFrame: 'from the registers a signal frame saved',
  cfi: 'by call-frame information',
  framePointer: 'by the frame pointer',
  callTarget: 'named by the call before the return address in its caller',
  scan: 'by scanning the stack for a return address: the weakest rule',
};
