import { readFileSync } from 'node:fs';

/**
 * An esbuild plugin: the enumerations of iced-x86, which hold some 20,000 properties, are made when they are first asked for and not when the
 * library loads. The version is pinned; that nothing matches any more is an error, not a slower build.
 *
 * @type {import('esbuild').Plugin}
 */
export const lazyTables = {
  name: 'lazy-tables',
  setup(build) {
    build.onLoad({ filter: /[\\/]iced_x86\.js$/ }, ({ path }) => {
      let count = 0;
      const contents = readFileSync(path, 'utf8').replace(
        /^module\.exports\.(\w+) = (Object\.freeze\(\{[^}]*\}\));?$/gm,
        (_, /** @type {string} */ name, /** @type {string} */ table) => {
          count++;
          return `Object.defineProperty(module.exports, '${name}', { configurable: true, enumerable: true, get() {
            const value = ${table};
            Object.defineProperty(module.exports, '${name}', { value });
            return value;
          } });`;
        },
      );
      if (count < 39)
        throw new Error(`iced-x86 has another shape than expected: ${count} enumerations found in ${path}`);
      return { contents, loader: 'js' };
    });
  },
};
