// Opens a file in the page that a person has opened, once the extensions of that page are there. Named in the page's address, the
// file would open too early: as text, since no editor has announced itself yet.

import { request } from 'node:http';

const INTERVAL = 1000;

// The session is announced by one extension; the others follow at once, but not in the same instant.
const SETTLING = 1000;

/**
 * @param {string} socketPath
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<string>}
 */
function ask(socketPath, path, body) {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method: body === undefined ? 'GET' : 'POST' }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (/** @type {string} */ part) => (text += part));
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** @param {number} milliseconds */
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref());

/**
 * Waits for the first page with the file's folder and opens the file in it.
 *
 * @param {string} sessionSocket
 * @param {string} file
 */
export async function openInFirstSession(sessionSocket, file) {
  for (;;) {
    await wait(INTERVAL);
    const answer = await ask(sessionSocket, `/session?filePath=${encodeURIComponent(file)}`).catch(() => '{}');
    const { socketPath } = /** @type {{ socketPath?: string }} */ (JSON.parse(answer));
    if (socketPath === undefined) continue;
    await wait(SETTLING);
    await ask(socketPath, '/', {
      type: 'open',
      folderURIs: [],
      fileURIs: [file],
      forceReuseWindow: true,
      gotoLineMode: true,
    });
    return;
  }
}
