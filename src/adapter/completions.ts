import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ClientConventions } from './clientConventions.js';
import type { DebugTarget } from './debugTarget.js';
import { frameRegisters } from './frameRegisters.js';
import type { RequestArguments } from './requestArguments.js';

const COMMANDS = ['whatis', 'find'];
/** Too many symbols start with one letter. */
const SHORTEST_SYMBOL = 2;
const MOST_SYMBOLS = 50;

/** Register names, symbols and commands that continue the word before the cursor. */
export async function completions(
  target: DebugTarget,
  args: RequestArguments,
  client: ClientConventions,
): Promise<DebugProtocol.CompletionsResponse['body']> {
  const before = args.string('text').slice(0, Math.max(0, client.columnFromClient(args.integer('column')) - 1));
  const word = /[$%]?[a-z0-9_]*$/i.exec(before)?.[0] ?? '';
  const start = before.length - word.length;
  const prefix = word.replace(/^[$%]/, '').toLowerCase();
  const sigil = /^[$%]/.exec(word)?.[0] ?? '';
  const frameId = args.optionalInteger('frameId');
  const frame = frameId === undefined ? undefined : await target.frame(frameId);
  const thread = frame?.thread ?? target.threads.focus;
  const registers = thread ? await frameRegisters(target, thread, frame?.index ?? 0) : undefined;
  const commands = before.trim() === word.trim() ? COMMANDS.map((label) => ({ label, type: 'keyword' as const })) : [];
  const everyRegister = registers && [
    ...registers.general,
    ...registers.vectors,
    ...registers.components.flatMap((component) => component.registers),
  ];
  const names = (everyRegister ?? []).map(({ name }) => ({ label: `${sigil}${name}`, type: 'variable' as const }));
  const symbols =
    sigil === '' && word.length >= SHORTEST_SYMBOL
      ? await target.core.ask('symbols', { prefix: word, count: MOST_SYMBOLS })
      : [];
  const found = symbols.map(({ name, kind }) => ({
    label: name,
    type: kind === 'function' ? ('function' as const) : ('value' as const),
  }));
  const targets = [...commands, ...names].filter(({ label }) => label.replace(/^[$%]/, '').startsWith(prefix));
  return {
    targets: [...targets, ...found].map((item) => ({
      ...item,
      start: client.columnOfOffset(start),
      length: word.length,
    })),
  };
}
