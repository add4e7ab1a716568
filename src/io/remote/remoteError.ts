/** Why something remote cannot be read. `message` is one sentence without the name of what was asked for, and without credentials. */
export class RemoteError extends Error {
  constructor(
    readonly code: RemoteErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'RemoteError';
  }
}

export type RemoteErrorCode =
  | 'bad-address'
  | 'not-found'
  /** No credentials, wrong ones, or ones that do not allow it. */
  | 'no-permission'
  | 'expired-credentials'
  /** No connection, or none that lasted, after all attempts. */
  | 'unreachable'
  /** Answers that say the server is at fault, or that make no sense, after all attempts. */
  | 'server-error'
  /** It is another object now than the one whose reading began. */
  | 'changed'
  /** The server does not serve parts, and the whole is too large. */
  | 'no-ranges';
