import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchHit } from '../../src/shared/queries.js';
import { SYSROOT } from '../golden/fixtureCores.js';
import { ensureBuilt } from './builtCommand.js';
import { CoreFolder } from './coreFolder.js';
import { redzone } from './runCommand.js';

let folder: CoreFolder;
beforeAll(() => {
  ensureBuilt();
  folder = new CoreFolder();
});
afterAll(() => {
  folder.remove();
});

const search = (...args: string[]): ReturnType<typeof redzone> =>
  redzone(['search', '--sysroot', SYSROOT, folder.sample('null-deep'), ...args]);

describe('search', () => {
  it('writes an array of hits that say where they lie', async () => {
    const { status, stdout, stderr } = await search('--string', 'null-deep', '--in', 'core', '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const hits = JSON.parse(stdout) as SearchHit[];
    const onStack = hits.filter(({ thread }) => thread !== undefined);
    // The arguments and the environment lie above the stack's frames.
    expect(onStack.some(({ text, slot }) => text?.includes('null-deep') === true && (slot ?? 0) > 0)).toBe(true);
    const addresses = hits.map(({ address }) => BigInt(address));
    expect(addresses).toEqual([...new Set(addresses)].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('prints hits under the mapping they lie in, and the sum', async () => {
    const { status, stdout } = await search('--bytes', '7f 45 4c 46 02', '--limit', '5');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^0x[0-9a-f]+-0x[0-9a-f]+ r-- \/\S+: \d+ hits?\n {2}0x[0-9a-f]+ /);
    expect(stdout).toMatch(/\n\d+ hits in \d+ bytes(; \d+ mapped bytes are not there to search)?\n$/);
  });

  it('counts words that occur often, and finds each as often', async () => {
    const { stdout } = await search('--repeated', '--in', 'core', '--json');
    const [first, second] = JSON.parse(stdout) as { value: string; count: number }[];
    for (const { value, count } of [first, second].filter((each) => each !== undefined)) {
      const found = await search('--word', value, '--in', 'core', '--json');
      const aligned = (JSON.parse(found.stdout) as SearchHit[]).filter(({ address }) => BigInt(address) % 8n === 0n);
      expect(aligned).toHaveLength(count);
    }
  });

  it('looks into pages of files only where it may', async () => {
    const into = ['--pointers-into', '0x0+0x1000', '--json'];
    const [core, all] = await Promise.all([search(...into, '--in', 'core'), search(...into)]);
    const [fewer, more] = [core, all].map(({ stdout }) => (JSON.parse(stdout) as SearchHit[]).length);
    expect(fewer).toBeGreaterThan(0);
    expect(more).toBeGreaterThan(fewer ?? 0);
  });

  it.each([
    [[], 'say what to look for'],
    [['--bytes', '00', '--word', '1'], 'say what to look for'],
    [['--bytes', '0'], 'not two hexadecimal digits a byte'],
    [['--word', 'x'], 'not a 64-bit number'],
    [['--string', ''], 'no text to look for'],
    [['--pointers-into', '12'], 'START-END'],
    [['--in', 'file'], 'One of core, all'],
  ])('%s is wrong usage', async (args, sentence) => {
    const { status, stdout, stderr } = await search(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });

  it('says of a file that is no core what it is instead', async () => {
    const { status, stderr } = await redzone(['search', folder.file('notes.txt', 'hello'), '--word', '1']);
    expect(status).toBe(3);
    expect(stderr).toContain('not a core');
  });
});
