/** Primes as high and low halves: bigints would be ten times slower. */
const [P1H, P1L] = [0x9e3779b1, 0x85ebca87];
const [P2H, P2L] = [0xc2b2ae3d, 0x27d4eb4f];

/** XXH64 with seed 0 over bytes that come in pieces; zstd frames end with its lower half. */
export class XxHash64 {
  /** Four lanes, each high half and low half. */
  readonly #lanes = new Int32Array(8);
  #length = 0;
  readonly #held = new Uint8Array(32);
  #heldLength = 0;

  constructor() {
    const start = [PRIME1 + PRIME2, PRIME2, 0n, -PRIME1];
    start.forEach((value, lane) => {
      this.#lanes[2 * lane] = Number(BigInt.asIntN(32, value >> 32n));
      this.#lanes[2 * lane + 1] = Number(BigInt.asIntN(32, value));
    });
  }

  update(bytes: Uint8Array): this {
    this.#length += bytes.length;
    let at = 0;
    if (this.#heldLength > 0) {
      at = Math.min(32 - this.#heldLength, bytes.length);
      this.#held.set(bytes.subarray(0, at), this.#heldLength);
      this.#heldLength += at;
      if (this.#heldLength < 32) return this;
      this.#stripes(this.#held, 0, 32);
    }
    const end = at + ((bytes.length - at) & ~31);
    this.#stripes(bytes, at, end);
    this.#held.set(bytes.subarray(end));
    this.#heldLength = bytes.length - end;
    return this;
  }

  /** The lower 32 bits. */
  digestLow(): number {
    let hash = this.#length >= 32 ? this.#merged() : PRIME5;
    hash = wrap(hash + BigInt(this.#length));
    const view = new DataView(this.#held.buffer);
    let at = 0;
    for (; at + 8 <= this.#heldLength; at += 8) {
      hash = wrap(rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * PRIME1 + PRIME4);
    }
    if (at + 4 <= this.#heldLength) {
      hash = wrap(rotate(hash ^ wrap(BigInt(view.getUint32(at, true)) * PRIME1), 23n) * PRIME2 + PRIME3);
      at += 4;
    }
    for (; at < this.#heldLength; at++) {
      hash = wrap(rotate(hash ^ wrap(BigInt(view.getUint8(at)) * PRIME5), 11n) * PRIME1);
    }
    hash = wrap((hash ^ (hash >> 33n)) * PRIME2);
    hash = wrap((hash ^ (hash >> 29n)) * PRIME3);
    return Number(BigInt.asUintN(32, hash ^ (hash >> 32n)));
  }

  #merged(): bigint {
    const lanes = [0, 1, 2, 3].map(
      (lane) =>
        (BigInt.asUintN(32, BigInt(this.#lanes[2 * lane] ?? 0)) << 32n) |
        BigInt.asUintN(32, BigInt(this.#lanes[2 * lane + 1] ?? 0)),
    );
    const turns = [1n, 7n, 12n, 18n];
    const sum = wrap(lanes.reduce((total, lane, i) => total + rotate(lane, turns[i] ?? 0n), 0n));
    return lanes.reduce((hash, lane) => wrap((hash ^ round(0n, lane)) * PRIME1 + PRIME4), sum);
  }

  #stripes(bytes: Uint8Array, from: number, to: number): void {
    const lanes = this.#lanes;
    for (let at = from; at < to; at += 32) {
      for (let lane = 0; lane < 8; lane += 2) {
        const place = at + 4 * lane;
        mixLane(lanes, lane, word(bytes, place + 4), word(bytes, place));
      }
    }
  }
}

/** lane = rotate(lane + input * PRIME2, 31) * PRIME1, in halves. */
function mixLane(lanes: Int32Array, lane: number, high: number, low: number): void {
  const productHigh = (high64(low, P2L) + Math.imul(high, P2L) + Math.imul(low, P2H)) | 0;
  const productLow = Math.imul(low, P2L);
  const sumLow = ((lanes[lane + 1] as number) + productLow) | 0;
  const carry = sumLow >>> 0 < productLow >>> 0 ? 1 : 0;
  const sumHigh = ((lanes[lane] as number) + productHigh + carry) | 0;
  const turnedHigh = (sumHigh << 31) | (sumLow >>> 1);
  const turnedLow = (sumLow << 31) | (sumHigh >>> 1);
  lanes[lane] = (high64(turnedLow, P1L) + Math.imul(turnedHigh, P1L) + Math.imul(turnedLow, P1H)) | 0;
  lanes[lane + 1] = Math.imul(turnedLow, P1L);
}

/** The upper half of the 64-bit product of two numbers of 32 bits without sign. */
function high64(a: number, b: number): number {
  const [aHigh, aLow, bHigh, bLow] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  // `middle` may pass 2^32 by no more than its carry, which a division keeps.
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(other / 65536)) | 0;
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

const PRIME1 = 0x9e3779b185ebca87n;
const PRIME2 = 0xc2b2ae3d27d4eb4fn;
const PRIME3 = 0x165667b19e3779f9n;
const PRIME4 = 0x85ebca77c2b2ae63n;
const PRIME5 = 0x27d4eb2f165667c5n;

function round(lane: bigint, input: bigint): bigint {
  return wrap(rotate(wrap(lane + input * PRIME2), 31n) * PRIME1);
}

function rotate(value: bigint, by: bigint): bigint {
  return wrap((value << by) | (value >> (64n - by)));
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
