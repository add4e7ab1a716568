/**
 * What the samples hold: noise, text, repetitions near and far, and zeros, so that every kind of block and match occurs. Made here
 * again and again instead of being kept.
 */
export function sampleBytes(): Uint8Array {
  const bytes = new Uint8Array(300_000);
  let state = 12345;
  const random = (): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16;
  for (let i = 0; i < 3000; i++) bytes[i] = random();
  const words = ['stack', 'pointer', 'signal', 'frame', 'red zone', 'return'];
  let at = 3000;
  while (at < 40_000) {
    const text = `${words[random() % words.length] ?? ''} ${random() % 100}\n`;
    for (const letter of text) bytes[at++] = letter.charCodeAt(0);
  }
  bytes.copyWithin(100_000, 0, 40_000);
  for (let i = 140_000; i < 200_000; i++) bytes[i] = (i >> 3) & 0xff;
  bytes.copyWithin(290_000, 500, 10_500);
  return bytes;
}
