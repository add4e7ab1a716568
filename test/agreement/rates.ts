import type { CoreAgreement } from './differences.js';
import type { ExpectedDifference } from './expected.js';
import { REASONS } from './reasons.js';

export interface Rate {
  readonly compared: number;
  readonly agreed: number;
  /** Frames on which the tool is wrong, or knows less. */
  readonly toolWrong: number;
  /** Frames on which we are wrong. */
  readonly weWrong: number;
  /** Share of agreement over all frames. */
  readonly overall: number;
  /** Share of agreement over the cores on no frame of which the tool is wrong. */
  readonly rightCores: number;
  /** Share of agreement without the frames on which the tool is wrong. */
  readonly whereRight: number;
}

/** Per tool, from what was measured and who is right. */
export function ratesOf(
  measured: ReadonlyMap<string, CoreAgreement>,
  differences: readonly ExpectedDifference[],
): Readonly<Record<string, Rate>> {
  const rates: Record<string, Rate> = {};
  for (const tool of new Set([...measured.keys()].map((key) => key.slice(0, key.indexOf(' '))))) {
    const sum = { compared: 0, agreed: 0, toolWrong: 0, weWrong: 0 };
    const right = { compared: 0, agreed: 0 };
    for (const [key, agreement] of measured) {
      if (!key.startsWith(`${tool} `)) continue;
      const core = key.slice(tool.length + 1);
      sum.compared += agreement.compared;
      sum.agreed += agreement.agreed;
      const wrongBefore = sum.toolWrong;
      for (const { text, frames } of agreement.differences) {
        const listed = differences.find((one) => one.tool === tool && one.core === core && one.says === text);
        const who = REASONS[listed?.reason ?? '']?.right;
        if (who === 'redzone') sum.toolWrong += frames;
        if (who === 'tool') sum.weWrong += frames;
      }
      if (sum.toolWrong !== wrongBefore) continue;
      right.compared += agreement.compared;
      right.agreed += agreement.agreed;
    }
    rates[tool] = {
      ...sum,
      rightCores: right.agreed / right.compared,
      overall: sum.agreed / sum.compared,
      whereRight: sum.agreed / (sum.compared - sum.toolWrong),
    };
  }
  return rates;
}

export function ratesText(rates: Readonly<Record<string, Rate>>): string {
  return Object.entries(rates)
    .map(
      ([tool, rate]) =>
        `${tool}: ${rate.agreed} of ${rate.compared} frames agree (${percent(rate.overall)}); ` +
        `without the ${rate.toolWrong} on which ${tool} is wrong or knows less, ${percent(rate.whereRight)}; ` +
        `on the cores that ${tool} reads right in all frames, ${percent(rate.rightCores)}; on ${rate.weWrong} we are wrong`,
    )
    .join('\n');
}

/** Rounded down: 99.99 % is not 100 %. */
export function percent(share: number): string {
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}
