import type { DebugProtocol } from '@vscode/debugprotocol';
import type { NoteSource } from '../../src/session/annotations/noteSource.js';
import { RedzoneDebugSession } from '../../src/adapter/redzoneDebugSession.js';
import type { CoreSession } from '../../src/session/coreSession.js';
import { FakeSession } from './fakeSession.js';

/** The adapter in this process, as an editor runs it: messages in, messages out. */
export class InlineClient {
  readonly session = new FakeSession();
  readonly adapter: RedzoneDebugSession;
  readonly messages: DebugProtocol.ProtocolMessage[] = [];
  /** Commands of answers that nobody waits for: second ones. */
  readonly unasked: string[] = [];
  private seq = 1;
  private readonly waiting = new Map<number, (response: DebugProtocol.Response) => void>();

  /**
   * @param real asked instead of the recorded answers
   * @param patience milliseconds until an answer counts as missing
   */
  constructor(
    notes?: NoteSource,
    real?: CoreSession,
    private readonly patience = 5000,
  ) {
    this.adapter = new RedzoneDebugSession(real ?? this.session, {}, notes);
    this.adapter.onDidSendMessage((message) => {
      const sent = message as DebugProtocol.ProtocolMessage;
      this.messages.push(sent);
      if (sent.type !== 'response') return;
      const response = sent as DebugProtocol.Response;
      const settle = this.waiting.get(response.request_seq);
      // A second answer to one request is as wrong as none.
      if (!settle) {
        this.unasked.push(response.command);
        return;
      }
      this.waiting.delete(response.request_seq);
      settle(response);
    });
  }

  /** Sends a request with whatever arguments; rejects when no answer comes. */
  request(command: unknown, args?: unknown): Promise<DebugProtocol.Response> {
    return this.send(command, args).answer;
  }

  /** As `request`, and says the number of the request. */
  send(command: unknown, args?: unknown): { seq: number; answer: Promise<DebugProtocol.Response> } {
    const seq = this.seq++;
    const answer = new Promise<DebugProtocol.Response>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no answer to ${JSON.stringify(command)}(${JSON.stringify(args)})`));
      }, this.patience);
      this.waiting.set(seq, (response) => {
        clearTimeout(timer);
        resolve(response);
      });
    });
    this.adapter.handleMessage({ seq, type: 'request', command, arguments: args } as DebugProtocol.Request);
    return { seq, answer };
  }

  events(name: string): DebugProtocol.Event[] {
    return this.messages.filter(
      (message): message is DebugProtocol.Event =>
        message.type === 'event' && (message as DebugProtocol.Event).event === name,
    );
  }

  async launch(core: string): Promise<void> {
    await this.request('initialize', { adapterID: 'redzone' });
    await this.request('launch', { core });
    await this.request('configurationDone');
  }
}
