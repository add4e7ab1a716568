import type { Dimension, Fleet } from './fleet.js';

/** The node's column, and those whose values are machines that several nodes share: told by the node, and by their name. */
export function machineDimensions(fleet: Fleet): Dimension[] {
  const node = fleet.dimensions.find(({ name }) => name === fleet.roles.node?.name);
  const physical = fleet.dimensions.filter((dimension) => dimension !== node && PHYSICAL.test(dimension.name));
  return node === undefined ? physical : [node, ...physical];
}

/** Columns that say where a machine stands, by their name: region, zone, rack... */
export function isPlace({ name }: Dimension): boolean {
  return PLACE.test(name.slice(name.lastIndexOf('.') + 1));
}

/** Words of a name, divided by `_` and `-`. */
const PLACE =
  /(^|[_-])(regions?|zones?|az|availability_?zone|data_?cent(er|re)s?|dcs?|sites?|locations?|pops?|rooms?|halls?|rows?|aisles?|racks?|power_?feeds?|pdus?|country|city|continent)([_-]|$)/i;
const PHYSICAL = /phys|hyper|chassis|dom0|metal|parent|blade|enclosure|serial/i;
