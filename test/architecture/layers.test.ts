import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT, repositoryFiles } from './checkout.js';
import { type Findings, layerFindings, RULES, type Violation } from './cruise.js';

describe('the layers', () => {
  let findings: Findings;
  beforeAll(async () => {
    findings = await layerFindings(ROOT);
  });

  it('were all looked at', () => {
    const seen = new Set(findings.seen);
    const sources = repositoryFiles('src/**/*.ts', 'webview/**/*.ts');
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter((file) => !seen.has(file))).toEqual([]);
  });

  it('import what they may', () => {
    expect(findings.violations.map(inWords)).toEqual([]);
  });
});

/** What is wrong in `planted/`, one import for each rule and no other. */
const PLANTED: readonly Violation[] = [
  { rule: 'base imports what it may', from: 'src/engine/base/addresses.ts', to: 'fs' },
  { rule: 'elf imports what it may', from: 'src/engine/elf/notes.ts', to: 'src/engine/dwarf/forms.ts' },
  { rule: 'elf wraps elfy in one file', from: 'src/engine/elf/notes.ts', to: 'elfy' },
  { rule: 'arch imports what it may', from: 'src/engine/arch/architecture.ts', to: '@types/vscode' },
  { rule: 'dwarf imports what it may', from: 'src/engine/dwarf/forms.ts', to: 'iced-x86' },
  { rule: 'core imports what it may', from: 'src/engine/core/coreImage.ts', to: 'src/engine/dwarf/forms.ts' },
  {
    rule: 'modules imports what it may',
    from: 'src/engine/modules/moduleMap.ts',
    to: 'src/engine/symbolize/symbolizer.ts',
  },
  {
    rule: 'symbolize imports what it may',
    from: 'src/engine/symbolize/symbolizer.ts',
    to: 'src/engine/unwind/stackFrame.ts',
  },
  { rule: 'unwind imports what it may', from: 'src/engine/unwind/stackFrame.ts', to: 'src/engine/values/word.ts' },
  { rule: 'values imports what it may', from: 'src/engine/values/word.ts', to: 'src/engine/verdict/judge.ts' },
  { rule: 'verdict imports what it may', from: 'src/engine/verdict/judge.ts', to: 'src/engine/inspection/inspect.ts' },
  { rule: 'verdict takes types only', from: 'src/engine/verdict/judge.ts', to: 'src/shared/labels.ts' },
  { rule: 'inspection imports what it may', from: 'src/engine/inspection/inspect.ts', to: 'src/session/session.ts' },
  { rule: 'inspection takes types only', from: 'src/engine/inspection/inspect.ts', to: 'src/shared/labels.ts' },
  { rule: 'shared imports what it may', from: 'src/shared/labels.ts', to: 'src/population/rows.ts' },
  { rule: 'population imports what it may', from: 'src/population/rows.ts', to: 'src/session/session.ts' },
  { rule: 'io imports what it may', from: 'src/io/files.ts', to: 'src/session/session.ts' },
  { rule: 'io takes types only', from: 'src/io/files.ts', to: 'src/engine/values/wordReader.ts' },
  { rule: 'io wraps @duckdb/node-api in one file', from: 'src/io/files.ts', to: '@duckdb/node-api' },
  { rule: 'io wraps hyparquet in one file', from: 'src/io/files.ts', to: 'hyparquet' },
  { rule: 'io wraps hyparquet-writer in one file', from: 'src/io/files.ts', to: 'hyparquet-writer' },
  { rule: 'io wraps http-proxy-agent in one file', from: 'src/io/files.ts', to: 'http-proxy-agent' },
  { rule: 'io wraps https-proxy-agent in one file', from: 'src/io/files.ts', to: 'https-proxy-agent' },
  { rule: 'io wraps yaml in one file', from: 'src/io/files.ts', to: 'yaml' },
  { rule: 'io wraps iced-x86 in one file', from: 'src/io/files.ts', to: 'iced-x86' },
  { rule: 'session wraps minimatch in one file', from: 'src/session/session.ts', to: 'minimatch' },
  { rule: 'session imports what it may', from: 'src/session/session.ts', to: '@types/vscode' },
  { rule: 'adapter imports what it may', from: 'src/adapter/stdio.ts', to: 'src/editor/commands.ts' },
  { rule: 'editor imports what it may', from: 'src/editor/commands.ts', to: 'src/engine/inspection/inspect.ts' },
  { rule: 'cli imports what it may', from: 'src/cli/main.ts', to: 'src/adapter/stepping.ts' },
  { rule: 'extension imports what it may', from: 'src/extension.ts', to: 'src/engine/inspection/inspect.ts' },
  { rule: 'library imports what it may', from: 'src/library.ts', to: 'src/io/files.ts' },
  {
    rule: 'pageModel imports what it may',
    from: 'webview/population/model/facet.ts',
    to: 'webview/population/facetView.ts',
  },
  { rule: 'webview imports what it may', from: 'webview/page.ts', to: 'src/session/session.ts' },
  {
    rule: 'webview wraps @vscode/webview-ui-toolkit in one file',
    from: 'webview/page.ts',
    to: '@vscode/webview-ui-toolkit',
  },
  { rule: 'webview wraps @tanstack/virtual-core in one file', from: 'webview/page.ts', to: '@tanstack/virtual-core' },
  { rule: 'every file belongs to a layer', from: 'src/utils/misc.ts', to: 'src/adapter/stepping.ts' },
  {
    rule: 'no circular imports',
    from: 'src/engine/values/wordReader.ts',
    to: 'src/engine/values/wordWriter.ts',
  },
];

describe('the planted tree', () => {
  let findings: Findings;
  beforeAll(async () => {
    findings = await layerFindings(join(ROOT, 'test/architecture/planted'));
  });

  it.each(RULES)('sets off: %s', (rule) => {
    const expected = PLANTED.filter((plant) => plant.rule === rule);
    expect(expected, 'a rule without a planted violation').not.toEqual([]);
    expect(findings.violations.filter((violation) => violation.rule === rule)).toEqual(expected);
  });

  it('sets off nothing else', () => {
    expect(findings.violations.map(inWords).sort()).toEqual(PLANTED.map(inWords).sort());
  });
});

function inWords({ rule, from, to }: Violation): string {
  return `${from} -> ${to} (${rule})`;
}
