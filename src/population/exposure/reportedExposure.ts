import type { ReportedExposure } from '../../shared/findings.js';
import type { Dimension } from '../findings/fleet.js';
import type { Exposure } from './exposure.js';

/** Values of a column beyond these are left out, those with the least exposure. */
const MOST_VALUES = 5000;

/** How much ran by each value of the columns that exposure is told by. */
export function reportedExposure(exposure: Exposure, dimensions: readonly Pick<Dimension, 'name'>[]): ReportedExposure {
  return {
    unit: exposure.unit,
    total: exposure.total,
    dimensions: dimensions.flatMap(({ name }) => {
      const amounts = exposure.amounts(name);
      if (amounts === undefined) return [];
      const values = [...amounts].map(([value, amount]) => ({ value, exposure: amount }));
      values.sort((a, b) => b.exposure - a.exposure);
      return [{ dimension: name, values: values.slice(0, MOST_VALUES) }];
    }),
  };
}
