import type { Annotation } from '../../../src/shared/annotations.js';
import {
  PROTOCOL_VERSION,
  type CorePageQueries,
  type HostMessage,
  type PageAction,
  type PageMessage,
} from '../../../src/shared/protocol.js';
import type { CompareAnswer } from '../../../src/shared/queries.js';
import { CoreComparison } from '../../../src/session/compare/coreComparison.js';
import type { OpenedCore } from '../../../src/session/coreSession.js';

/** The host's end of the line with a real core behind it: the engine answers, nothing is made up. */
export class CoreHost {
  readonly actions: PageAction[] = [];
  /** Questions that failed, as sentences: empty where the page asks only what the core can answer. */
  readonly failures: string[] = [];
  send: (message: HostMessage) => Promise<void> = () => Promise.resolve();
  readonly #core: OpenedCore;
  readonly #annotations: readonly Annotation[];
  readonly #comparison = new CoreComparison();
  /** What every other core is. */
  readonly #other: OpenedCore | undefined;

  constructor(core: OpenedCore, annotations: readonly Annotation[] = [], other?: OpenedCore) {
    this.#core = core;
    this.#other = other;
    this.#annotations = annotations;
  }

  async receive(message: PageMessage): Promise<void> {
    switch (message.type) {
      case 'hello':
        await this.send({ type: 'ready', version: PROTOCOL_VERSION, source: this.#core.path, hexEditor: false });
        if (this.#annotations.length > 0)
          await this.send({ type: 'annotations', annotations: this.#annotations, problems: [], ofOthers: 0 });
        return;
      case 'cancel':
        return;
      case 'do':
        this.actions.push(message.action);
        return;
      case 'ask':
        await this.send(await this.#answer(message));
    }
  }

  async #answer({ id, name, params }: Extract<PageMessage, { type: 'ask' }>): Promise<HostMessage> {
    try {
      const answer: unknown =
        name === 'compareCores'
          ? await this.#beside(params as CorePageQueries['compareCores']['params'])
          : await this.#core.ask(name, params as never);
      return { type: 'answer', id, answer };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.failures.push(`${name}: ${message}`);
      return { type: 'failure', id, message };
    }
  }

  #beside({ left, tid, ...page }: CorePageQueries['compareCores']['params']): Promise<CompareAnswer> {
    if (this.#other === undefined) throw new Error('there is no other core');
    const pair = { left: this.#core, right: this.#other, leftStack: left };
    return this.#comparison.page({ ...pair, ...(tid === undefined ? {} : { rightTid: tid }) }, page);
  }
}
