import type { Finding } from '../../../src/shared/findings.js';
import type { PopulationModel } from '../populationModel.js';

/** The colour that a finding's subject has in all plots. */
export function subjectColour({ groups }: PopulationModel, { label, kind }: Finding): number {
  const subject = groups.column === 'label' ? label : kind;
  const code = groups.order.find((one) => groups.text(one) === subject);
  return code === undefined ? 0 : groups.colour(code);
}
