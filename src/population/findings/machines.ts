import type { Dimension, Fleet } from './fleet.js';

/** The node's column, and those whose values are machines that several nodes share: told by the node, and by their name. */
export function machineDimensions(fleet: Fleet): Dimension[] {
  const node = fleet.dimensions.find(({ name }) => name === fleet.roles.node?.name);
  const physical = fleet.dimensions.filter((dimension) => dimension !== node && PHYSICAL.test(dimension.name));
  return node === undefined ? physical : [node, ...physical];
}

const PHYSICAL = /phys|hyper|chassis|dom0|metal|parent|blade|enclosure|serial/i;
