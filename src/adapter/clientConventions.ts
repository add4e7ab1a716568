import type { DebugProtocol } from '@vscode/debugprotocol';
import { pathToFileURL } from 'node:url';
import type { RequestArguments } from './requestArguments.js';

/** How the client counts and writes paths, told in `initialize`. Inside the adapter lines and columns count from 1. */
export class ClientConventions {
  private readonly lineBase: number;
  private readonly columnBase: number;
  private readonly uris: boolean;
  /** The client shows the progress of long work. */
  readonly showsProgress: boolean;
  /**
   * The client dims subtle frames and does not focus them after a stop. Only VS Code does; others focus the first frame that they are
   * given, and some call themselves VS Code without knowing all that it says it knows.
   */
  readonly passesOverSubtle: boolean;
  /** The client asks again when it is told that what it shows is out of date. */
  readonly hearsInvalidation: boolean;

  /** Without arguments: the protocol's defaults. */
  constructor(args?: RequestArguments) {
    this.lineBase = args?.raw('linesStartAt1') === false ? 0 : 1;
    this.columnBase = args?.raw('columnsStartAt1') === false ? 0 : 1;
    this.uris = args?.raw('pathFormat') === 'uri';
    this.passesOverSubtle = args?.raw('clientID') === 'vscode' && args.flag('supportsMemoryEvent');
    this.showsProgress = args?.flag('supportsProgressReporting') === true;
    this.hearsInvalidation = args?.flag('supportsInvalidatedEvent') === true;
  }

  /** A frame in the client's counting. Line 0 of a label stays: it says that there is none. */
  frame(frame: DebugProtocol.StackFrame): DebugProtocol.StackFrame {
    const line = frame.line === 0 ? 0 : this.line(frame.line);
    const column = frame.column === 0 ? 0 : frame.column - 1 + this.columnBase;
    return { ...frame, line, column, ...(frame.source ? { source: this.source(frame.source) } : {}) };
  }

  /** A line counted from 1, in the client's counting. */
  line(line: number): number {
    return line - 1 + this.lineBase;
  }

  /** A column from the client, counted from 1. */
  columnFromClient(column: number): number {
    return column - this.columnBase + 1;
  }

  /** An offset into a text, in the client's columns. */
  columnOfOffset(offset: number): number {
    return offset + this.columnBase;
  }

  /** A source as the client writes paths. */
  source(source: DebugProtocol.Source): DebugProtocol.Source {
    if (!this.uris || source.path === undefined) return source;
    return { ...source, path: pathToFileURL(source.path).href };
  }
}
