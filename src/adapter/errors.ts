/**
 * Everything the adapter refuses or fails at, one factory each. `showUser` says whether the editor should put the sentence into a
 * box: true for what a user asked for by hand, false for what a client asks on its own (hovers, stale ids).
 */
export class AdapterError extends Error {
  constructor(
    /** Stable number of the kind of error, for clients that tell them apart. */
    readonly id: number,
    message: string,
    readonly showUser: boolean,
  ) {
    super(message);
    this.name = 'AdapterError';
  }
}

/** A request the protocol or this adapter does not know. */
export const unknownRequest = (command: string): AdapterError =>
  new AdapterError(1000, `Redzone does not know the request "${command}".`, false);

/** An argument is missing or of the wrong type. */
export const wrongArgument = (command: string, name: string, wanted: string): AdapterError =>
  new AdapterError(1001, `The request "${command}" needs "${name}" to be ${wanted}.`, false);

/** Anything but initialize, launch and disconnect before a core is open. */
export const noCoreYet = (command: string): AdapterError =>
  new AdapterError(1002, `No core dump is open yet, so "${command}" cannot be answered.`, false);

/** A second launch in the same session. */
export const alreadyLaunched = (): AdapterError =>
  new AdapterError(1003, 'A core dump is already open in this debug session.', true);

/** A request after disconnect. */
export const sessionEnded = (): AdapterError => new AdapterError(1004, 'The debug session has ended.', false);

/** The request was cancelled by the client; the protocol prescribes the word. */
export const cancelled = (): AdapterError => new AdapterError(1005, 'cancelled', false);

/** A launch configuration that cannot work. */
export const badConfiguration = (sentence: string): AdapterError => new AdapterError(1100, sentence, true);

/** The session could not open the core: its sentence, as it is. */
export const cannotOpen = (sentence: string): AdapterError => new AdapterError(1101, sentence, true);

/** attach. */
export const noAttach = (): AdapterError =>
  new AdapterError(1102, 'A core dump cannot be attached to: use a configuration with "request": "launch".', true);

/** The configured thread is not in the core. */
export const noConfiguredThread = (thread: string): AdapterError =>
  new AdapterError(1103, `The core dump has no thread ${thread}.`, true);

/** The configured assumption is none of the core's hypotheses. */
export const noConfiguredAssumption = (id: string, known: readonly string[]): AdapterError =>
  new AdapterError(
    1104,
    known.length === 0
      ? `This core dump has one reading only: "assume": "${id}" does not apply, but registers can be assumed, like "rsp+=8".`
      : `"assume": "${id}" is none of the readings of this core dump: ${known.join(', ')}, or registers like "rsp+=8".`,
    true,
  );

/** A core that opens and holds no thread. */
export const nothingToDebug = (core: string, problem: string | undefined): AdapterError =>
  new AdapterError(1105, `${core} holds no thread to debug${problem === undefined ? '.' : `: ${problem}`}`, true);

/** An id of a thread that is not there. */
export const noSuchThread = (id: number): AdapterError => new AdapterError(1200, `There is no thread ${id}.`, false);

/** An id of a frame that was never given out. */
export const noSuchFrame = (id: number): AdapterError => new AdapterError(1201, `There is no frame ${id}.`, false);

/** A variables reference that was never given out. */
export const noSuchVariables = (reference: number): AdapterError =>
  new AdapterError(1202, `There are no variables ${reference}.`, false);

/** A source reference that was never given out. */
export const noSuchSource = (reference: number): AdapterError =>
  new AdapterError(1203, `There is no page ${reference}.`, false);

/** A thread without a single frame. */
export const noFrames = (name: string): AdapterError =>
  new AdapterError(1204, `Thread ${name} has no frames to step through.`, true);

/** exceptionInfo of a thread that did not crash. */
export const notCrashed = (tid: number): AdapterError =>
  new AdapterError(1205, `Thread ${tid} is not the one that crashed.`, false);

/** A memory reference that is no address. */
export const notAnAddress = (text: string): AdapterError =>
  new AdapterError(1300, `"${text}" is not an address.`, false);

/** An expression that cannot be read or evaluated. */
export const cannotEvaluate = (sentence: string): AdapterError => new AdapterError(1301, sentence, false);

/** A note that has no place, or that could not be kept. */
export const cannotNote = (sentence: string): AdapterError => new AdapterError(1302, sentence, true);

/** A request that makes no sense on a process that is dead. `act` completes "Redzone cannot ...". */
export const deadProcess = (act: string): AdapterError =>
  new AdapterError(1400, `The process is dead: Redzone reads its core dump and cannot ${act}.`, true);

/** A request about where values are declared. */
export const noLocations = (): AdapterError =>
  new AdapterError(1401, 'Redzone does not know where values are declared.', false);

/** Whatever else went wrong: the message of the session, which is one sentence. */
export const failed = (message: string): AdapterError => new AdapterError(1500, message, true);
