import { wrongArgument } from './errors.js';

/**
 * Reads the arguments of a request without believing the client: every getter checks the type and fails with a sentence that names
 * request and argument.
 */
export class RequestArguments {
  private readonly values: Readonly<Record<string, unknown>>;

  constructor(
    readonly command: string,
    values: unknown,
  ) {
    this.values = isRecord(values) ? values : {};
  }

  /** All of it, for what has its own reader. */
  everything(): unknown {
    return this.values;
  }

  /** The raw value, for what has its own reader. */
  raw(name: string): unknown {
    return this.values[name];
  }

  integer(name: string): number {
    return this.optionalInteger(name) ?? this.fail(name, 'a whole number');
  }

  /** `undefined` when absent or null. */
  optionalInteger(name: string): number | undefined {
    const value = this.values[name];
    if (value === undefined || value === null) return undefined;
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : this.fail(name, 'a whole number');
  }

  /** As `optionalInteger`, and not negative. */
  optionalCount(name: string): number | undefined {
    const value = this.optionalInteger(name);
    return value !== undefined && value < 0 ? this.fail(name, 'a whole number, zero or more') : value;
  }

  string(name: string): string {
    return this.optionalString(name) ?? this.fail(name, 'a string');
  }

  /** `undefined` when absent or null. */
  optionalString(name: string): string | undefined {
    const value = this.values[name];
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' ? value : this.fail(name, 'a string');
  }

  /** An array of objects; absent is empty. */
  list(name: string): readonly RequestArguments[] {
    const value = this.values[name];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) return this.fail(name, 'a list');
    return value.map((item: unknown) => new RequestArguments(this.command, item));
  }

  /** An object within the arguments; absent is empty. */
  object(name: string): RequestArguments {
    const value = this.values[name];
    if (value === undefined || value === null) return new RequestArguments(this.command, {});
    return isRecord(value) ? new RequestArguments(this.command, value) : this.fail(name, 'an object');
  }

  /** True only for `true`: what is no boolean counts as not set. */
  flag(name: string): boolean {
    return this.values[name] === true;
  }

  private fail(name: string, wanted: string): never {
    throw wrongArgument(this.command, name, wanted);
  }
}

/** A plain object, not an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
