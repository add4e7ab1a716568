import type { RangedObject } from './rangedObject.js';

/** A place with objects: a bucket, a container, a web server. Everything rejects with `RemoteError`, or with the reason of the signal. */
export interface ObjectStore {
  /**
   * What the address stands for, ascending by name as far as the server sorts: the object of that name, and all below it as a folder.
   * Pages of the listing are fetched as they are asked for. An address that does not end in a slash and stands for nothing gives an
   * object that is not there, so that whoever opens it is told.
   */
  list(signal?: AbortSignal): AsyncGenerator<StoredObject, void>;
  /** The object that a listing called `source`. */
  object(source: string): StoredObject;
  close(): void;
}

/** An object as a listing shows it. */
export interface StoredObject {
  /** Its address without credentials: what a row calls `source`. */
  readonly source: string;
  /** Last part of its name, decoded. */
  readonly name: string;
  /** It was named itself, not found below a folder. */
  readonly named: boolean;
  /** Bytes, where the listing says so. */
  readonly size?: number;
  readonly etag?: string;
  /** Milliseconds since 1970. */
  readonly modified?: number;
  /** Reads its first `prefix` bytes. */
  open(prefix: number, signal?: AbortSignal): Promise<RangedObject>;
}
