import { describe, expect, it } from 'vitest';
import { goPanic } from '../../../src/engine/verdict/rules/goPanic.js';

/** How Go's runtime ends a program: by a signal that it raises, handles, and raises again. */
const END = ['runtime.raise.abi0', 'runtime.dieFromSignal', 'runtime.sigtramp', 'runtime.raise', 'runtime.crash'];

describe('why Go gave up', () => {
  it.each([
    [['runtime.fatalpanic', 'runtime.gopanic', 'runtime.panicmem', 'runtime.sigpanic', 'main.get'], 'nil pointer'],
    [['runtime.fatalpanic', 'runtime.gopanic', 'runtime.goPanicIndex', 'main.main'], 'index out of range'],
    [
      ['runtime.fatalthrow.func1', 'runtime.fatalthrow', 'runtime.fatal', 'runtime.checkdead', 'runtime.mput'],
      'deadlock',
    ],
    [['runtime.fatalthrow.func1', 'runtime.fatalthrow', 'runtime.throw', 'runtime.newstack'], 'exceeds its limit'],
  ])('is told by the function behind its way out: %j', (names, reason) => {
    const told = goPanic([...END, ...names]);
    expect(told?.reason).toContain(reason);
    // Not the function that ends the process, but the one that found the reason.
    expect(told?.index).toBeGreaterThan(END.length);
  });

  it('is not told where the program panicked itself, whatever it had called', () => {
    expect(goPanic([...END, 'runtime.gopanic', 'main.check', 'runtime.mapassign'])).toBeUndefined();
    expect(goPanic([...END, 'runtime.sighandler', 'runtime.newstack'])).toBeUndefined();
  });
});
