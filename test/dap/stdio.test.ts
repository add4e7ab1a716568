import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { fakeAdapterBundle } from './adapterProcess.js';

async function run(input: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [fakeAdapterBundle()], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

const frame = (text: string): string => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
const request = (seq: number, command: string): string => frame(JSON.stringify({ seq, type: 'request', command }));

test('the process ends with its input', async () => {
  const { code, output } = await run(request(1, 'initialize'));
  expect(code).toBe(0);
  expect(output).toContain('"supportsStepBack":true');
});

test('the process ends after disconnect', async () => {
  const { code, output } = await run(request(1, 'disconnect') + request(2, 'threads'));
  expect(code).toBe(0);
  expect(output).toContain('"command":"disconnect"');
});

test('what is not JSON is passed over', async () => {
  const { code, output } = await run(frame('{nonsense') + frame('null') + frame('[]') + request(7, 'frobnicate'));
  expect(code).toBe(0);
  expect(output).toContain('"request_seq":7');
  expect(output).toContain('Redzone does not know the request');
});
