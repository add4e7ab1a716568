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
 * Resolves when the workbench knows all extensions and what opens their files. Before that moment it would open a core as text, knowing no
 * better editor. The second half is not said by the first: VS Code makes its service of custom editors in the first idle moment of the page
 * (instantiationService.ts, `InstantiationType.Delayed`), which on a busy machine comes seconds later. Idle callbacks run in the order in which
 * they were asked for, so one asked for now runs after that one.
 *
 * @param {import('playwright-core').Page} page
 * @param {number} [timeout] of either half, milliseconds
 */
export async function extensionsLoaded(page, timeout = 60_000) {
  await page.waitForFunction(
    () => globalThis.performance.getEntriesByName('code/didLoadExtensions').length > 0,
    undefined,
    { timeout },
  );
  await page.waitForFunction(
    () => new Promise((resolve) => globalThis.requestIdleCallback(() => resolve(true))),
    undefined,
    {
      timeout,
    },
  );
}
