import { spawn } from 'node:child_process';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI, ensureBuilt, ROOT } from './builtCommand.js';
import { CoreFolder } from './coreFolder.js';

interface Word {
  readonly address: string;
  readonly value: string;
  readonly kind: string;
}

let folder: CoreFolder;
beforeAll(() => {
  ensureBuilt();
  folder = new CoreFolder();
});
afterAll(() => {
  folder.remove();
});

describe("redzone mcp, asked by the client of the protocol's own SDK", () => {
  let client: Client;
  beforeAll(async () => {
    client = new Client({ name: 'test', version: '1' });
    const args = [CLI, 'mcp', '--sysroot', join(ROOT, '.cache/fixtures/sysroot')];
    await client.connect(new StdioClientTransport({ command: process.execPath, args }));
  });
  afterAll(async () => {
    await client.close();
  });

  async function ask(name: string, given: Record<string, unknown>): Promise<{ text: string; isError: boolean }> {
    const { content, isError } = await client.callTool({ name, arguments: given });
    const [first] = content as { type: string; text: string }[];
    return { text: first?.text ?? '', isError: isError === true };
  }

  it('lists its tools with schemas', async () => {
    expect(client.getServerVersion()?.name).toBe('redzone');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['triage', 'inspect', 'frames', 'slots', 'registers', 'memory', 'search']),
    );
    for (const { inputSchema, description } of tools) {
      expect(inputSchema.type).toBe('object');
      expect(description).not.toBe('');
      expect(Object.keys(inputSchema.properties ?? {})).toEqual(
        expect.arrayContaining([...(inputSchema.required ?? [])]),
      );
    }
  });

  it('says what crashes of a table have in common', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => {
      const bad = i % 20 === 0;
      const label = bad || i % 97 === 0 ? 'return-to-null' : 'other';
      return JSON.stringify({
        label,
        kind: label,
        sku: bad ? 'c7' : `c${i % 3}`,
        host: `h${i}`,
        time: 1.79e9 + i * 4000,
      });
    });
    const table = folder.file('crashes.ndjson', `${rows.join('\n')}\n`);
    const { text, isError } = await ask('population', { table, limit: 1 });
    expect(isError).toBe(false);
    const report = JSON.parse(text) as { counts: { crashes: number }; findings: Record<string, unknown>[] };
    expect(report.counts.crashes).toBe(400);
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]).toMatchObject({ label: 'return-to-null', dimension: 'sku', value: 'c7' });
    const missing = await ask('population', { table: join(folder.path, 'gone.ndjson') });
    expect(missing.isError).toBe(true);
    expect(missing.text).toContain('gone.ndjson');
  });

  it('triages a folder and names what it cannot read', async () => {
    folder.core('box/a.core', 'race-default');
    folder.file('box/b.core', 'no core');
    const { text } = await ask('triage', { paths: [join(folder.path, 'box'), join(folder.path, 'gone')] });
    const { cores } = JSON.parse(text) as { cores: Record<string, unknown>[] };
    expect(cores).toMatchObject([
      { label: 'return-to-null', kind: 'unwind-transfer-race' },
      { status: 'unreadable', problem: 'not a core: it is text' },
      { status: 'unreadable', problem: 'there is no such file' },
    ]);
  });

  it('answers each question about one core', async () => {
    const core = folder.sample('race-default');
    const verdict = JSON.parse((await ask('verdict', { core })).text) as { label: string; evidence: unknown[] };
    expect(verdict.label).toBe('return-to-null');
    expect(verdict.evidence.length).toBeGreaterThan(0);
    const frames = JSON.parse((await ask('frames', { core })).text) as { items: { function?: string }[] };
    expect(frames.items.map((frame) => frame.function)).toContain('main');
    const slots = JSON.parse((await ask('slots', { core, from: -2, count: 3 })).text) as { items: { index: number }[] };
    expect(slots.items.map(({ index }) => index)).toEqual([-2, -1, 0]);
    const registers = JSON.parse((await ask('registers', { core })).text) as {
      general: { name: string; value: string }[];
    };
    const rsp = registers.general.find(({ name }) => name === 'rsp')?.value ?? '';
    const stack = JSON.parse((await ask('slots', { core, from: 0, count: 200 })).text) as { items: Word[] };
    expect(stack.items[0]?.address).toBe(rsp);
    const found = stack.items.find(({ kind }) => kind === 'returnAddress');
    if (found === undefined) throw new Error('no return address on the stack');
    const memory = JSON.parse((await ask('memory', { core, address: found.address, length: 8 })).text) as {
      runs: { bytes: string }[];
    };
    expect(
      BigInt(
        `0x${Buffer.from(memory.runs[0]?.bytes ?? '', 'hex')
          .reverse()
          .toString('hex')}`,
      ),
    ).toBe(BigInt(found.value));
    const hits = JSON.parse((await ask('search', { core, word: found.value })).text) as { items: Word[] };
    expect(hits.items.map(({ address }) => address)).toContain(found.address);
    expect((await ask('inspect', { core })).text).toContain('return-to-null');
  });

  it('tells the model what is wrong with a file, and the client what is wrong with a call', async () => {
    const missing = await ask('verdict', { core: '/nowhere/x.core' });
    expect(missing).toEqual({ text: '/nowhere/x.core: there is no such file', isError: true });
    await expect(ask('verdict', {})).rejects.toThrow('"core" must be a text');
    await expect(ask('slots', { core: folder.sample('abort'), count: 1e6 })).rejects.toThrow('from 1 to 512');
    await expect(ask('verdict', { core: 'x', evil: 1 })).rejects.toThrow('no argument "evil"');
    await expect(ask('format_disk', {})).rejects.toThrow('there is no tool "format_disk"');
  });
});

it('redzone mcp answers lines that are no requests, and ends with its input', async () => {
  const child = spawn(process.execPath, [CLI, 'mcp'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  child.stdin.end(
    '{nonsense\n[]\n{"jsonrpc":"2.0","id":7,"method":"ping"}\n{"jsonrpc":"2.0","method":"notifications/initialized"}\n{"id":8}\n',
  );
  expect(await ended).toBe(0);
  const answers = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: number | null; error?: { code: number } });
  expect(answers.map(({ id, error }) => [id, error?.code])).toEqual(
    expect.arrayContaining([
      [null, -32700],
      [7, undefined],
      [8, -32600],
    ]),
  );
});
