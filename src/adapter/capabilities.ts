import type { DebugProtocol } from '@vscode/debugprotocol';
import { MODULE_COLUMNS } from './modules.js';

/**
 * What the adapter can do, and nothing that it cannot. Delayed loading of the call stack is left out on purpose: with it editors
 * fetch one frame and wait before they ask for the rest, and the first one may have been stepped past.
 */
export const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsEvaluateForHovers: true,
  supportsStepBack: true,
  supportsRestartRequest: true,
  supportsExceptionInfoRequest: true,
  supportsValueFormattingOptions: true,
  supportsReadMemoryRequest: true,
  supportsModulesRequest: true,
  additionalModuleColumns: [...MODULE_COLUMNS],
  supportsCompletionsRequest: true,
  supportsCancelRequest: true,
  supportsDelayedStackTraceLoading: false,
  supportsSetVariable: false,
  supportsDisassembleRequest: true,
  supportsLoadedSourcesRequest: true,
  supportsSteppingGranularity: false,
  supportsTerminateRequest: false,
};
