import type { Annotation } from '../../../src/shared/annotations.js';
import type { CorePageQueries, HostMessage, PageAction, PageMessage } from '../../../src/shared/protocol.js';
import { PROTOCOL_VERSION } from '../../../src/shared/protocol.js';
import type { CoreQueries, Page, PageParams } from '../../../src/shared/queries.js';
import * as race from './raceCore.js';
import { comparison, comparisonOfCores, signalFields } from './raceComparison.js';

/** Answers of a fake host: a function for each query, or an error to be thrown. */
export type Answers = {
  [N in keyof CorePageQueries]: (params: CorePageQueries[N]['params']) => CorePageQueries[N]['answer'];
};

/** The answers of the hand-written race core, with some replaced. */
export function raceAnswers(changes: Partial<Answers> = {}): Answers {
  const slots = race.raceSlots(race.RSP);
  return {
    summary: () => race.summary,
    verdict: () => race.verdict,
    threads: (params) => pageOf(race.threads, params),
    stack: () => race.stack,
    slots: ({ from, count }) => slots(from, count),
    registers: ({ frame }) => (frame === 0 ? race.registers : outerRegisters(frame)),
    signalFrames: ({ tid }) => (tid === race.summary.crashedTid ? race.signalFrames : []),
    signalFields: ({ tid }) => (tid === race.summary.crashedTid ? signalFields : []),
    compare: comparison,
    compareCores: comparisonOfCores,
    comparedStack: () => {
      throw new Error('a page asks for comparisons');
    },
    memory: ({ address, length }) => ({ address, runs: [{ address, length, absent: 'not in this data set' }] }),
    mappings: (params) => pageOf(race.mappings, params),
    modules: (params) => pageOf(race.modules, params),
    whatIs: ({ address }) => ({ value: address, text: '', kind: 'unknown' }),
    symbols: () => [],
    disassemble: () => ({ items: [], at: 0, reason: 'there is no code in this data set' }),
    search: () => ({ total: 0, from: 0, items: [], groups: [], kept: 0, searched: '0x0', notThere: '0x0' }),
    recentCalls: () => [],
    unwinders: () => [],
    sourceDigest: () => ({}),
    identity: () => ({ identity: 'sha256:00', about: 'ingest (pid 7048), signal 11' }),
    text: () => ({ text: 'report' }),
    ...changes,
  };
}

/** The host's end of the line, in the test: answers what the page asks and keeps what it wants done. */
export class FakeHost {
  readonly actions: PageAction[] = [];
  annotations: readonly Annotation[] = [];
  readonly asked: { readonly name: keyof CorePageQueries; readonly params: unknown }[] = [];
  send: (message: HostMessage) => Promise<void> = () => Promise.resolve();
  readonly #answers: Answers;
  readonly #opening: HostMessage | undefined;

  /** `opening` is said instead of `ready`. */
  constructor(answers: Answers = raceAnswers(), opening?: HostMessage) {
    this.#answers = answers;
    this.#opening = opening;
  }

  async receive(message: PageMessage): Promise<void> {
    switch (message.type) {
      case 'hello':
        await this.send(
          this.#opening ?? { type: 'ready', version: PROTOCOL_VERSION, source: race.summary.source, hexEditor: true },
        );
        return;
      case 'cancel':
        return;
      case 'do':
        // Says where the reader is, with every stack that comes: of interest to the marks in sources alone.
        if (message.action.kind === 'looksAt') return;
        this.actions.push(message.action);
        await this.#keep(message.action);
        return;
      case 'ask':
        this.asked.push({ name: message.name, params: message.params });
        await this.send(this.#answer(message.id, message.name, message.params));
    }
  }

  /** Annotations as a store would keep them. */
  async #keep(action: PageAction): Promise<void> {
    if (action.kind === 'annotate') {
      const { draft } = action;
      const known = this.annotations.find(({ id }) => id === draft.id);
      const time = '2026-01-02T03:04:05.678Z';
      const written: Annotation = {
        ...draft,
        id: draft.id ?? `note${this.annotations.length}`,
        author: 'ann',
        created: time,
        changed: time,
        revision: (known?.revision ?? 0) + 1,
      };
      this.annotations = [...this.annotations.filter((other) => other !== known), written];
    } else if (action.kind === 'unannotate') this.annotations = this.annotations.filter(({ id }) => id !== action.id);
    else return;
    await this.send({ type: 'annotations', annotations: this.annotations, problems: [], ofOthers: 0 });
  }

  #answer(id: number, name: keyof CorePageQueries, params: unknown): HostMessage {
    try {
      const answer = this.#answers[name] as (params: unknown) => unknown;
      return { type: 'answer', id, answer: answer(params) };
    } catch (error) {
      return { type: 'failure', id, message: error instanceof Error ? error.message : String(error) };
    }
  }
}

function pageOf<T>(all: readonly T[], { from, count }: PageParams): Page<T> {
  return { total: all.length, from, items: all.slice(from, from + count) };
}

/** Callee-saved registers are known at an outer frame, the others are not. */
function outerRegisters(frame: number): CoreQueries['registers']['answer'] {
  const saved = new Set(['rip', 'rsp', 'rbp', 'rbx', 'r12', 'r13', 'r14', 'r15']);
  return {
    general: race.registers.general.map(({ value, ...register }) =>
      saved.has(register.name)
        ? {
            ...register,
            value: register.name === 'rip' ? '0x55806ca31b40' : (value ?? '0x0'),
            changed: frame > 0 && register.name !== 'r14',
          }
        : register,
    ),
    vectors: [],
    components: [],
    vectorState: 'Vector registers are not saved across calls.',
  };
}
