// The one table of who may import whom. It is an allow-list: whatever a layer does not name here is an error, an npm package and a
// module of Node as much as a neighbour. test/architecture checks the sources against it, and a planted tree against every rule.
//
//   npx depcruise --config .dependency-cruiser.cjs src webview

/**
 * @typedef {object} Layer
 * @property {string} name
 * @property {string} at its files, as a regular expression from the start of the path
 * @property {string[]} may other layers, or files of them, whose values it may use
 * @property {string[]} [mayTypes] layers of which it may use types only
 * @property {Record<string, string>} [npm] packages, each with the files that may import it (`''` for the whole layer)
 * @property {boolean} [node] whether it may use the modules of Node
 */

const BELOW_ELF = ['base'];
const BELOW_DWARF = [...BELOW_ELF, 'elf', 'arch'];
const BELOW_MODULES = [...BELOW_DWARF, 'dwarf', 'core'];
const BELOW_SYMBOLIZE = [...BELOW_MODULES, 'modules'];
const BELOW_VALUES = [...BELOW_SYMBOLIZE, 'symbolize', 'unwind'];
const BELOW_VERDICT = [...BELOW_VALUES, 'values'];
const BELOW_INSPECTION = [...BELOW_VERDICT, 'verdict'];
const ENGINE = [...BELOW_INSPECTION, 'inspection'];

// The files of the adapter that start it; the other faces see no more of it.
const ADAPTER_ENTRIES = 'src/adapter/(redzoneDebugSession|stdio|socket)\\.ts$';

// What registers and stacks look like is worked out where it is asked, also on a page that has nobody to ask.
const MICROSCOPE = 'src/population/microscope/';

/** @type {readonly Layer[]} */
const LAYERS = [
  { name: 'base', at: 'src/engine/base/', may: [] },
  { name: 'elf', at: 'src/engine/elf/', may: BELOW_ELF, npm: { elfy: 'src/engine/elf/elfyHeader\\.ts$' } },
  { name: 'arch', at: 'src/engine/arch/', may: BELOW_ELF },
  { name: 'dwarf', at: 'src/engine/dwarf/', may: BELOW_DWARF },
  { name: 'core', at: 'src/engine/core/', may: BELOW_DWARF },
  { name: 'modules', at: 'src/engine/modules/', may: BELOW_MODULES },
  { name: 'symbolize', at: 'src/engine/symbolize/', may: BELOW_SYMBOLIZE },
  { name: 'unwind', at: 'src/engine/unwind/', may: BELOW_SYMBOLIZE },
  { name: 'values', at: 'src/engine/values/', may: BELOW_VALUES },
  { name: 'verdict', at: 'src/engine/verdict/', may: BELOW_VERDICT, mayTypes: ['shared'] },
  { name: 'inspection', at: 'src/engine/inspection/', may: BELOW_INSPECTION, mayTypes: ['shared'] },
  { name: 'shared', at: 'src/shared/', may: [] },
  { name: 'population', at: 'src/population/', may: ['shared'] },
  {
    name: 'io',
    at: 'src/io/',
    may: ['base'],
    mayTypes: [...ENGINE, 'shared'],
    npm: {
      '@duckdb/node-api': 'src/io/duckdb/',
      aws4fetch: 'src/io/',
      fzstd: 'src/io/',
      hyparquet: 'src/io/(tables|parquet)/',
      'hyparquet-writer': 'src/io/parquet/parquetWriter\\.ts$',
      'http-proxy-agent': 'src/io/remote/httpExchange\\.ts$',
      'https-proxy-agent': 'src/io/remote/httpExchange\\.ts$',
      'iced-x86': 'src/io/icedDisassembler\\.ts$',
      yaml: 'src/io/yamlDocument\\.ts$',
    },
    node: true,
  },
  {
    name: 'session',
    at: 'src/session/',
    may: [...ENGINE, 'io', 'shared', 'population'],
    npm: { minimatch: 'src/session/listing/listingFilter\\.ts$' },
    node: true,
  },
  {
    name: 'adapter',
    at: 'src/adapter/',
    may: ['session', 'shared'],
    npm: { '@vscode/debugadapter': 'src/adapter/', '@vscode/debugprotocol': 'src/adapter/' },
    node: true,
  },
  {
    name: 'editor',
    at: 'src/editor/',
    may: ['session', 'shared', ADAPTER_ENTRIES],
    npm: { vscode: 'src/editor/' },
    node: true,
  },
  {
    name: 'cli',
    at: 'src/cli/',
    may: ['session', 'shared', ADAPTER_ENTRIES],
    npm: { commander: 'src/cli/' },
    node: true,
  },
  {
    name: 'extension',
    at: 'src/extension\\.ts$',
    may: ['editor', 'session', 'shared', ADAPTER_ENTRIES],
    npm: { vscode: 'src/extension\\.ts$' },
    node: true,
  },
  { name: 'library', at: 'src/library\\.ts$', may: ['session', 'shared'] },
  // Filters and counts for display; pure, and so apart from the views, which have the DOM.
  {
    name: 'pageModel',
    at: 'webview/population/model/',
    may: ['shared', MICROSCOPE],
    npm: { 'd3-time': 'webview/population/model/' },
  },
  {
    name: 'webview',
    at: 'webview/',
    may: ['shared', MICROSCOPE],
    npm: {
      '@vscode/webview-ui-toolkit': 'webview/controls\\.ts$',
      '@tanstack/virtual-core': 'webview/list/virtualList\\.ts$',
      'd3-scale': 'webview/',
      'd3-time': 'webview/',
    },
  },
];

/** @param {string} layer a layer's name, or a path already */
const pathOf = (layer) => `^${LAYERS.find(({ name }) => name === layer)?.at ?? layer}`;

/** @param {string} name from a folder above when the tree lies inside the repository */
const packagePath = (name) => `(^|/)node_modules/(@types/)?${name}/|^${name}$`;

/**
 * @param {Layer} layer
 * @returns {import('dependency-cruiser').IForbiddenRuleType[]}
 */
function rulesOf({ name, at, may, mayTypes = [], npm = {}, node = false }) {
  const own = `^${at}`;
  const allowed = [own, ...[...may, ...mayTypes].map(pathOf), ...Object.keys(npm).map(packagePath)];
  const typesOnly = mayTypes.filter((layer) => !may.includes(layer));
  return [
    {
      name: `${name} imports what it may`,
      severity: 'error',
      from: { path: own },
      to: { pathNot: allowed, ...(node ? { dependencyTypesNot: ['core'] } : {}) },
    },
    ...(typesOnly.length === 0
      ? []
      : [
          {
            name: `${name} takes types only`,
            severity: 'error',
            from: { path: own },
            to: { path: typesOnly.map(pathOf), dependencyTypesNot: ['type-only'] },
          },
        ]),
    ...Object.entries(npm)
      .filter(([, files]) => files !== at)
      .map(([package_, files]) => ({
        name: `${name} wraps ${package_} in one file`,
        severity: 'error',
        from: { path: own, pathNot: [`^${files}`] },
        to: { path: packagePath(package_) },
      })),
  ];
}

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const FORBIDDEN = [
  ...LAYERS.flatMap(rulesOf),
  {
    name: 'every file belongs to a layer',
    severity: 'error',
    from: { path: '^(src|webview)/', pathNot: LAYERS.map(({ at }) => `^${at}`) },
    to: {},
  },
  { name: 'no circular imports', severity: 'error', from: {}, to: { circular: true } },
];

module.exports = {
  forbidden: FORBIDDEN,
  options: {
    // Imports of types count: they are dependencies of the reader as much as of the compiler.
    tsPreCompilationDeps: true,
    doNotFollow: { path: '(^|/)node_modules/' },
    detectProcessBuiltinModuleCalls: true,
  },
};
