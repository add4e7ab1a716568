import {
  ContinuedEvent,
  DebugSession,
  Event,
  InitializedEvent,
  InvalidatedEvent,
  OutputEvent,
  Response,
  TerminatedEvent,
} from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { CoreSession } from '../session/coreSession.js';
import type { SourceRules } from '../session/sourceResolver.js';
import { CAPABILITIES } from './capabilities.js';
import { ClientConventions } from './clientConventions.js';
import { DebugTarget } from './debugTarget.js';
import * as errors from './errors.js';
import { readLaunchArguments, type LaunchArguments } from './launchArguments.js';
import type { NoteSource } from '../session/annotations/noteSource.js';
import { RequestArguments } from './requestArguments.js';
import type { RequestContext } from './requestContext.js';
import type { AmbiguousSource } from '../shared/debugging.js';
import { FREE_REQUESTS, REFUSED_REQUESTS, TARGET_REQUESTS } from './requests.js';
import { firstStop } from './stepping.js';

/** A request that is not answered yet. */
interface RunningRequest {
  readonly seq: number;
  readonly controller: AbortController;
}

/**
 * The debug adapter: one core dump per session, from any client of the Debug Adapter Protocol. Runs inside an editor's process or
 * on a pair of streams (`stdio.ts`). Every request gets exactly one answer, whatever its arguments and whenever it comes.
 */
export class RedzoneDebugSession extends DebugSession {
  /** Settles when the client has left: after disconnect, or when its stream ended. */
  readonly ended: Promise<void>;
  private end: () => void = () => undefined;
  private hasEnded = false;
  private client = new ClientConventions();
  private target: DebugTarget | undefined;
  private launching = false;
  private reloading = false;
  private unsubscribeReloads: () => void = () => undefined;
  private configured = false;
  private readonly running = new Set<RunningRequest>();
  private readonly unsubscribe: () => void;

  /**
   * @param sources how the client's workspace finds sources, where the adapter runs inside an editor
   * @param notes what people write on cores, where it is to be shown
   */
  constructor(
    private readonly session: CoreSession,
    private readonly sources: SourceRules = {},
    private readonly notes?: NoteSource,
  ) {
    super();
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.unsubscribe = session.onReopened((reason) => void this.reopened(`The engine was restarted: ${reason}.`));
    // The base class ends the session on every error, even on one message that is no JSON.
    this.removeAllListeners('error');
    this.on('error', (event: DebugProtocol.Event) => {
      if (String(event.body).startsWith('Error handling data'))
        this.say('A message that is not JSON was ignored.', 'stderr');
      else this.shutdown();
    });
  }

  /** Called by the base class when the client's stream closes, and by an editor that disposes of an inline adapter. */
  override shutdown(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.unsubscribe();
    this.unsubscribeReloads();
    this.abandonAll();
    void this.closeTarget().finally(() => {
      this.end();
    });
  }

  override dispose(): void {
    this.shutdown();
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.answer(request);
  }

  private async answer(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = new Response(request);
    const controller = new AbortController();
    const running = { seq: request.seq, controller };
    this.running.add(running);
    const events: DebugProtocol.Event[] = [];
    const context: RequestContext = {
      client: this.client,
      signal: controller.signal,
      now: (event) => {
        this.sendEvent(event);
      },
      later: (event) => events.push(event),
      progress: (title) => this.progress(request.seq, title),
    };
    try {
      const args = new RequestArguments(request.command, request.arguments);
      response.body = await unlessAborted(this.handle(args, context), controller.signal);
    } catch (reason) {
      describeFailure(response, reason);
    }
    this.running.delete(running);
    this.sendResponse(response);
    for (const event of events) this.sendEvent(event);
    if (request.command === 'disconnect') this.shutdown();
  }

  private async handle(args: RequestArguments, context: RequestContext): Promise<unknown> {
    const { command } = args;
    if (this.hasEnded) throw errors.sessionEnded();
    switch (command) {
      case 'initialize':
        this.client = new ClientConventions(args);
        return CAPABILITIES;
      case 'launch':
        return this.launch(args, context);
      case 'configurationDone':
        this.configured = true;
        await this.reportFirstStop(context);
        return undefined;
      case 'restart':
        return this.restart(args, context);
      case 'cancel':
        this.cancel(args.optionalInteger('requestId') ?? progressSeq(args.optionalString('progressId')));
        return undefined;
      case 'terminate':
        context.later(new TerminatedEvent());
        return undefined;
      case 'disconnect':
        this.abandonAll(context.signal);
        return undefined;
    }
    const refusal = REFUSED_REQUESTS.get(command);
    if (refusal) throw refusal();
    const free = FREE_REQUESTS.get(command);
    if (free) return free(args);
    const request = TARGET_REQUESTS.get(command);
    if (!request) throw errors.unknownRequest(command);
    if (!this.target) throw errors.noCoreYet(command);
    return request(this.target, args, context);
  }

  private async launch(args: RequestArguments, context: RequestContext): Promise<void> {
    if (this.target || this.launching) throw errors.alreadyLaunched();
    const configuration = readLaunchArguments(args.everything());
    this.launching = true;
    try {
      const { summary } = await this.openTarget(configuration);
      context.later(new InitializedEvent());
      for (const problem of summary.problems) context.later(outputEvent(problem.message, 'important'));
    } finally {
      this.launching = false;
    }
    await this.reportFirstStop(context);
  }

  /** Reads the core again, with the configuration that the client may have changed meanwhile. */
  private async restart(args: RequestArguments, context: RequestContext): Promise<void> {
    const before = this.target;
    if (!before || this.launching) throw errors.noCoreYet(args.command);
    const changed = args.raw('arguments');
    const configuration = changed === undefined ? before.launch : readLaunchArguments(changed);
    this.launching = true;
    // What was said of the old stop is over: VS Code would go on to show it.
    if (before.threads.focus) context.now(new ContinuedEvent(before.threads.focus.id, true));
    try {
      // For everybody who has the core open: a page beside the debugger must not show another file than the debugger.
      this.reloading = true;
      await before.core.reload();
      await this.closeTarget();
      await this.openTarget(configuration);
    } catch (reason) {
      await this.closeTarget();
      context.later(new TerminatedEvent());
      throw reason;
    } finally {
      this.launching = false;
      this.reloading = false;
    }
    await this.reportFirstStop(context);
  }

  /** Somebody else had the core read anew: what was given out is of the old file. */
  private async reloaded(): Promise<void> {
    const before = this.target;
    if (!before || this.reloading || this.launching || this.hasEnded) return;
    this.reloading = true;
    try {
      await this.openTarget(before.launch);
      await before.close();
    } catch (reason) {
      this.say(reason instanceof Error ? reason.message : String(reason), 'important');
      this.sendEvent(new TerminatedEvent());
      return;
    } finally {
      this.reloading = false;
    }
    await this.reopened('The core dump was read anew.');
  }

  /** The engine behind the session died, or read another file: what was given out still stands, but the client has to ask again. */
  private async reopened(reason: string): Promise<void> {
    const { target } = this;
    if (!target || this.hasEnded) return;
    this.say(reason, 'important');
    const { focus } = target.threads;
    if (!focus) return;
    this.sendEvent(new ContinuedEvent(focus.id, true));
    // An answer of the engine stands between the two events: VS Code takes such as come at once for one.
    await focus.frames.total().catch(() => 0);
    if (this.target === target) this.sendEvent(await firstStop(target, focus));
  }

  private async openTarget(configuration: LaunchArguments): Promise<DebugTarget> {
    const target = await DebugTarget.open(this.session, configuration, this.sources, this.notes);
    if (this.hasEnded) {
      // The client left while the core was being opened.
      await target.close();
      throw errors.sessionEnded();
    }
    this.target = target;
    this.unsubscribeReloads();
    this.unsubscribeReloads = target.core.onReloaded(() => void this.reloaded());
    target.sources.onAmbiguous = (file, candidates) => {
      this.sendEvent(
        Object.assign(new Event('redzone.ambiguousSource'), { body: { file, candidates } satisfies AmbiguousSource }),
      );
    };
    target.notes.onChange = (frames) => {
      if (this.client.hearsInvalidation)
        this.sendEvent(new InvalidatedEvent(frames ? ['stacks', 'variables'] : ['variables']));
    };
    for (const problem of target.notes.problems) this.say(problem, 'important');
    return target;
  }

  private async closeTarget(): Promise<void> {
    const target = this.target;
    this.target = undefined;
    await target?.close().catch(() => undefined);
  }

  /** Stops once the core is open and the client has sent its configuration, in whichever order these come. */
  private async reportFirstStop(context: RequestContext): Promise<void> {
    const thread = this.target?.threads.focus;
    if (this.configured && this.target && thread) context.later(await firstStop(this.target, thread));
  }

  private cancel(seq: number | undefined): void {
    for (const running of this.running) {
      if (running.seq === seq) running.controller.abort(errors.cancelled());
    }
  }

  /** Answers everything that is still being worked on, but for one request. */
  private abandonAll(but?: AbortSignal): void {
    for (const { controller } of this.running) {
      if (controller.signal !== but) controller.abort(errors.sessionEnded());
    }
  }

  /** Progress of a request; its id tells which request to cancel. */
  private progress(seq: number, title: string): ReturnType<RequestContext['progress']> {
    if (!this.client.showsProgress) return { report: () => undefined, end: () => undefined };
    const progressId = `${PROGRESS}${seq}`;
    let started = false;
    return {
      // Work that ends before it first reports is not worth showing.
      report: (done) => {
        if (!started) {
          started = true;
          const start = { progressId, title, requestId: seq, cancellable: true, percentage: 0 };
          this.sendEvent(Object.assign(new Event('progressStart'), { body: start }));
        }
        const percentage = Math.floor(done * 100);
        this.sendEvent(Object.assign(new Event('progressUpdate'), { body: { progressId, percentage } }));
      },
      end: () => {
        if (started) this.sendEvent(Object.assign(new Event('progressEnd'), { body: { progressId } }));
      },
    };
  }

  private say(sentence: string, category: string): void {
    this.sendEvent(outputEvent(sentence, category));
  }
}

const PROGRESS = 'request-';

/** The request that a progress belongs to. */
function progressSeq(id: string | undefined): number | undefined {
  return id?.startsWith(PROGRESS) === true ? Number(id.slice(PROGRESS.length)) : undefined;
}

function outputEvent(sentence: string, category: string): OutputEvent {
  return new OutputEvent(`${sentence}\n`, category);
}

/** The work's outcome, or the reason of the abort as soon as it comes: work that hangs must not hold back the answer. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason instanceof Error ? signal.reason : errors.cancelled());
    });
    work.then(resolve, reject);
  });
}

function describeFailure(response: DebugProtocol.Response, reason: unknown): void {
  const error =
    reason instanceof errors.AdapterError
      ? reason
      : errors.failed(reason instanceof Error ? reason.message : String(reason));
  const { id, message, showUser } = error;
  // Clients replace {names} in the format: a symbol with braces must not be taken for one.
  const text = /[{}]/.test(message) ? { format: '{_message}', variables: { _message: message } } : { format: message };
  response.success = false;
  response.message = message;
  response.body = { error: { id, ...text, showUser } };
}
