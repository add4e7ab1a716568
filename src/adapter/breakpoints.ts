import type { DebugProtocol } from '@vscode/debugprotocol';
import type { RequestArguments } from './requestArguments.js';

const REASON = 'The process is dead: nothing runs any more, so no breakpoint is ever reached.';

/** Whether a data breakpoint could be set: no `dataId` means that none can. */
export function breakpointInfo(): DebugProtocol.DataBreakpointInfoResponse['body'] {
  return { dataId: null, description: REASON };
}

/** Every breakpoint is taken and shown unverified with the reason, so that editors keep them for the next live session. */
export function unverifiedBreakpoints(args: RequestArguments): DebugProtocol.SetBreakpointsResponse['body'] {
  const breakpoints = args.list('breakpoints').map((wanted): DebugProtocol.Breakpoint => {
    const line = wanted.optionalInteger('line');
    return { verified: false, message: REASON, ...(line === undefined ? {} : { line }) };
  });
  // Clients from before source breakpoints send bare lines.
  const lines = args.raw('lines');
  if (breakpoints.length > 0 || !Array.isArray(lines)) return { breakpoints };
  return {
    breakpoints: lines
      .filter((line): line is number => typeof line === 'number')
      .map((line) => ({ verified: false, message: REASON, line })),
  };
}
