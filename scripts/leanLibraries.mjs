import { readFileSync } from 'node:fs';

/** The enumerations that src/io/icedDisassembler.ts names. The others are two thirds of the library's text, which every start reads. */
const NAMED = new Set([
  'DecoderOptions',
  'EncodingKind',
  'FlowControl',
  'FormatterSyntax',
  'Mnemonic',
  'OpAccess',
  'OpKind',
  'Register',
  'RflagsBits',
]);

/**
 * An esbuild plugin that takes out of two libraries what every start would pay for and nothing here uses.
 *
 * Of iced-x86: the enumerations of iced-x86, which hold some 20,000 properties, are made when they are first asked for and not when the
 * library loads; those that nothing names are left out, and say so when they are asked for. The version is pinned; that nothing matches any
 * more is an error, not a slower build.
 *
 * Of commander: the means to start other programs, for commands that are programs of their own.
 *
 * @type {import('esbuild').Plugin}
 */
export const leanLibraries = {
  name: 'lean-libraries',
  setup(build) {
    build.onLoad({ filter: /[\\/]commander[\\/]lib[\\/]command\.js$/ }, ({ path }) => {
      const loading = "const childProcess = require('node:child_process');";
      const text = readFileSync(path, 'utf8');
      if (!text.includes(loading)) throw new Error(`commander has another shape than expected: ${path}`);
      return { contents: text.replace(loading, 'const childProcess = {};'), loader: 'js' };
    });
    build.onLoad({ filter: /[\\/]iced_x86\.js$/ }, ({ path }) => {
      let count = 0;
      const contents = readFileSync(path, 'utf8').replace(
        /^module\.exports\.(\w+) = (Object\.freeze\(\{[^}]*\}\));?$/gm,
        (_, /** @type {string} */ name, /** @type {string} */ table) => {
          count++;
          if (!NAMED.has(name))
            return `Object.defineProperty(module.exports, '${name}', { get() { throw new Error('iced-x86.${name} is left out of the bundle: scripts/leanLibraries.mjs'); } });`;
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
