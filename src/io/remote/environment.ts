/** What a store may know of the user's surroundings: environment variables and files, never the data of a core. */
export interface Environment {
  readonly variable: (name: string) => string | undefined;
  /** The text of a file; `undefined` when it cannot be read. */
  readonly file: (path: string) => string | undefined;
  readonly home: string;
}
