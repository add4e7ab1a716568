/** What a Fermat estimate of a race needs. */
export interface EstimateInputs {
  /** Seconds within which a signal does harm, for each exception. */
  readonly window: number;
  /** Signals a second that a processor core in the fleet receives. */
  readonly signalRate: number;
  /** Exceptions a second on a processor core. */
  readonly exceptionRate: number;
  /** Processor cores in the fleet. */
  readonly cores: number;
  /** Bytes from the stack pointer down to the stale context. */
  readonly distance: number;
  /**
   * Bytes of the signal frame that the kernel pushes: 440 of its own and the extended state, in all some 1,000 with SSE, 1,300 with AVX,
   * 3,200 with AVX-512, 11,500 with AMX.
   */
  readonly signalFrame: number;
  /** Bytes of stack that the handler and what it calls use. */
  readonly handlerDepth: number;
}

export interface Estimate {
  /** Crashes a day, if the handler reaches the context. */
  readonly expected: number;
  /** The same if every rate is off by a factor of three, which is how well such rates are known. */
  readonly range: readonly [low: number, high: number];
  /** Bytes below the stack pointer down to which the signal writes, at least. */
  readonly reach: number;
  readonly reaches: Reach;
}

/**
 * Whether the signal overwrites the context: `spared` in the red zone, which no signal touches, `short` of it, `perhaps` where it
 * depends on how the kernel has to align the frame, or `surely`.
 */
export type Reach = 'spared' | 'short' | 'perhaps' | 'surely';

const SECONDS_A_DAY = 86_400;
/** The System V ABI: the kernel leaves this much below the stack pointer alone. */
const RED_ZONE = 128;
/** The extended state lies at a multiple of 64, the frame below it at 8 modulo 16 (arch/x86/kernel/signal.c, get_sigframe). */
const PADDING = 63 + 15 + 8;
/** Four rates, each known to a factor of three: as independent errors, in logarithms. */
const SPREAD = 3 ** Math.sqrt(4);

export function estimate(inputs: EstimateInputs): Estimate {
  const reach = RED_ZONE + inputs.signalFrame + inputs.handlerDepth;
  const exceptions = inputs.exceptionRate * inputs.cores * SECONDS_A_DAY;
  // For rates at which the window is hit once or more for each exception, all of them are hit.
  const hit = Math.min(1, inputs.signalRate * inputs.window);
  const expected = exceptions * hit;
  return {
    expected,
    range: [expected / SPREAD, expected * SPREAD],
    reach,
    reaches: reachOf(inputs.distance, reach),
  };
}

function reachOf(distance: number, reach: number): Reach {
  if (distance <= RED_ZONE) return 'spared';
  if (distance <= reach) return 'surely';
  return distance <= reach + PADDING ? 'perhaps' : 'short';
}

/** How far the observed count is from the expected one. */
export type Agreement = 'agrees' | 'more' | 'fewer' | 'unexplained' | 'nothing';

/** Agreement to an order of magnitude: an estimate of this kind gives no more. */
export function agreement(expected: number, observed: number): Agreement {
  if (expected <= 0) return observed > 0 ? 'unexplained' : 'nothing';
  if (observed <= 0) return expected < 1 ? 'agrees' : 'fewer';
  const orders = Math.log10(observed / expected);
  if (Math.abs(orders) <= 1) return 'agrees';
  return orders > 0 ? 'more' : 'fewer';
}

/** A number as an order of magnitude: "some 2,000", "some 3 in 10 days". */
export function roughly(perDay: number): string {
  if (perDay <= 0) return 'none';
  if (perDay >= 1) return `some ${round(perDay).toLocaleString('en')} a day`;
  const days = 1 / perDay;
  if (days < 365) return `one in some ${round(days).toLocaleString('en')} days`;
  return `one in some ${round(days / 365).toLocaleString('en')} years`;
}

function round(value: number): number {
  return value < 10 ? Math.round(value) : Number(value.toPrecision(1));
}
