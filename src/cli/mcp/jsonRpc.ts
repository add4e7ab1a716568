import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A method's answer, or an error that the client is told of by number. */
export class RpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const INTERNAL_ERROR = -32603;

export type Params = Readonly<Record<string, unknown>>;
export type Handle = (method: string, params: Params, signal: AbortSignal) => Promise<unknown>;

/** Longer lines than this are no requests. */
const LONGEST_LINE = 4 * 2 ** 20;

/**
 * Serves JSON-RPC 2.0, one message a line, until the input ends. Requests are worked on side by side; a client may cancel one by the
 * notification `notifications/cancelled`, as the Model Context Protocol has it.
 */
export async function serveJsonRpc(input: Readable, output: Writable, handle: Handle): Promise<void> {
  const underWay = new Map<string | number, AbortController>();
  const write = (message: object): void => {
    output.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    const message = line.length > LONGEST_LINE ? undefined : parsed(line);
    if (message === undefined) {
      write({ id: null, error: { code: PARSE_ERROR, message: 'the line is not JSON' } });
      continue;
    }
    const { id, method, params } = message;
    const given = isRecord(params) ? params : {};
    if (typeof method !== 'string') {
      // Answers to requests that were never made are no errors.
      if (!('result' in message || 'error' in message))
        write({ id: idOf(id) ?? null, error: { code: INVALID_REQUEST, message: 'the message names no method' } });
    } else if (method === 'notifications/cancelled') underWay.get(idOf(given['requestId']) ?? '')?.abort();
    else {
      const request = idOf(id);
      if (request !== undefined) void answer(request, method, given);
    }
  }
  for (const controller of underWay.values()) controller.abort();

  async function answer(id: string | number, method: string, params: Params): Promise<void> {
    const controller = new AbortController();
    underWay.set(id, controller);
    try {
      const result = await handle(method, params, controller.signal);
      // Whoever cancelled does not want to hear of it any more.
      if (!controller.signal.aborted) write({ id, result });
    } catch (error) {
      if (controller.signal.aborted) return;
      const code = error instanceof RpcError ? error.code : INTERNAL_ERROR;
      write({ id, error: { code, message: error instanceof Error ? error.message : String(error) } });
    } finally {
      underWay.delete(id);
    }
  }
}

function parsed(line: string): Params | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function idOf(value: unknown): string | number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

export function isRecord(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
