import { INVALID_PARAMS, type Params, RpcError } from './jsonRpc.js';

/** The arguments of a tool call, checked as they are read. Every method throws `RpcError` with one sentence. */
export class ToolArguments {
  constructor(private readonly given: Params) {}

  text(name: string): string {
    const value = this.given[name];
    if (typeof value !== 'string' || value === '') throw wrong(name, 'a text');
    return value;
  }

  optionalText(name: string): string | undefined {
    return this.given[name] === undefined ? undefined : this.text(name);
  }

  texts(name: string): readonly string[] {
    const value = this.given[name];
    if (!Array.isArray(value) || value.length === 0 || !value.every((item) => typeof item === 'string'))
      throw wrong(name, 'a list of texts');
    return value;
  }

  /** Whole numbers within bounds, which are part of the tool's schema. */
  count(name: string, otherwise: number, least: number, most: number): number {
    const value = this.given[name] ?? otherwise;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      throw wrong(name, `a whole number from ${least} to ${most}`);
    return value;
  }

  optionalCount(name: string, least: number, most: number): number | undefined {
    return this.given[name] === undefined ? undefined : this.count(name, least, least, most);
  }
}

function wrong(name: string, expected: string): RpcError {
  return new RpcError(INVALID_PARAMS, `"${name}" must be ${expected}`);
}
