// How the workbench of a page is told what to open: a query with the folder and a payload of options, the web's form of VS Code's
// command line. Files and folders of the server are named by its remote authority.

/**
 * @param {{ address: string, folder?: string | undefined, files?: string[], extensionDevelopmentPaths?: string[], extensionTestsPath?: string | undefined }} options
 * @returns {string}
 */
export function workbenchAddress({ address, folder, files = [], extensionDevelopmentPaths = [], extensionTestsPath }) {
  const url = new URL(address);
  const remote = (/** @type {string} */ file) => `vscode-remote://${url.host}${encodeURI(file)}`;
  /** @type {[string, string][]} */
  const payload = extensionDevelopmentPaths.map((file) => ['extensionDevelopmentPath', remote(file)]);
  if (extensionTestsPath !== undefined) payload.push(['extensionTestsPath', remote(extensionTestsPath)]);
  for (const file of files) payload.push(['openFile', remote(file)]);
  if (folder === undefined) url.searchParams.set('ew', 'true');
  else url.searchParams.set('folder', folder);
  if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/**
 * Resolves when the workbench knows all extensions. Before that moment it would open a core as text, knowing no better editor.
 *
 * @param {import('playwright-core').Page} page
 * @param {number} [timeout]
 */
export async function extensionsLoaded(page, timeout = 60_000) {
  await page.waitForFunction(
    () => globalThis.performance.getEntriesByName('code/didLoadExtensions').length > 0,
    undefined,
    { timeout },
  );
}
