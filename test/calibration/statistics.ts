/** One verdict whose truth is known. */
export interface Outcome {
  /** The program that crashed: verdicts on cores of one program are not independent. */
  readonly program: string;
  readonly confidence: number;
  readonly right: boolean;
}

/** Verdicts whose confidence lies in [from, to). */
export interface ReliabilityRow {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly right: number;
  readonly meanConfidence: number;
  /** Wilson's 95 % interval of the share that is right. */
  readonly interval: readonly [number, number];
}

/** Mean squared distance of confidence and truth: 0 is perfect, 0.25 is what always saying one half gives. */
export function brierScore(outcomes: readonly Outcome[]): number {
  return mean(outcomes.map(({ confidence, right }) => (confidence - Number(right)) ** 2));
}

const BORDERS = [0, 0.3, 0.55, 0.7, 0.8, 0.9, 0.95, 1.0001];

export function reliabilityTable(outcomes: readonly Outcome[]): readonly ReliabilityRow[] {
  return BORDERS.slice(0, -1).map((from, i) => {
    const to = BORDERS[i + 1] ?? 1;
    const inside = outcomes.filter(({ confidence }) => confidence >= from && confidence < to);
    const right = inside.filter((outcome) => outcome.right).length;
    return {
      from,
      to: Math.min(1, to),
      count: inside.length,
      right,
      meanConfidence: mean(inside.map(({ confidence }) => confidence)),
      interval: wilson(right, inside.length),
    };
  });
}

/** Wilson's score interval at 95 % (Wilson 1927). */
export function wilson(right: number, count: number): readonly [number, number] {
  if (count === 0) return [0, 1];
  const z = 1.959964;
  const share = right / count;
  const centre = share + (z * z) / (2 * count);
  const spread = z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  const whole = 1 + (z * z) / count;
  return [Math.max(0, (centre - spread) / whole), Math.min(1, (centre + spread) / whole)];
}

/**
 * Brier score after recalibration on other programs: for every program the confidences are mapped by an isotonic fit to the outcomes of
 * all others. Where this is not clearly lower than the plain score, no map would make the confidences better.
 */
export function crossValidatedBrier(outcomes: readonly Outcome[]): number {
  const programs = [...new Set(outcomes.map(({ program }) => program))];
  const errors = programs.flatMap((program) => {
    const fit = isotonic(outcomes.filter((outcome) => outcome.program !== program));
    return outcomes
      .filter((outcome) => outcome.program === program)
      .map(({ confidence, right }) => (fit(confidence) - Number(right)) ** 2);
  });
  return mean(errors);
}

/** The rising step function nearest to the outcomes, by pooling neighbours that fall (Ayer and others 1955). */
function isotonic(outcomes: readonly Outcome[]): (confidence: number) => number {
  const blocks: { from: number; sum: number; count: number }[] = [];
  for (const { confidence, right } of [...outcomes].sort((a, b) => a.confidence - b.confidence)) {
    const last = blocks.at(-1);
    if (last?.from === confidence) {
      last.sum += Number(right);
      last.count++;
    } else blocks.push({ from: confidence, sum: Number(right), count: 1 });
    for (;;) {
      const high = blocks.at(-1);
      const low = blocks.at(-2);
      if (high === undefined || low === undefined || low.sum / low.count <= high.sum / high.count) break;
      blocks.pop();
      low.sum += high.sum;
      low.count += high.count;
    }
  }
  return (confidence) => {
    const block = blocks.findLast(({ from }) => from <= confidence) ?? blocks[0];
    return block === undefined ? confidence : block.sum / block.count;
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
