/** Digits that tell every 64-bit significand apart. */
const DIGITS = 21;

/**
 * An 80-bit floating-point number in decimal, as C's `%.21Lg` writes it with the trailing zeros left out.
 *
 * @param high sign and exponent, 16 bits
 * @param significand with its explicit integer bit, 64 bits
 */
export function extendedFloatText(high: number, significand: bigint): string {
  const sign = (high & 0x8000) === 0 ? '' : '-';
  const exponent = high & 0x7fff;
  if (exponent === 0x7fff) {
    const fraction = significand & 0x7fffffffffffffffn;
    return fraction === 0n ? `${sign}inf` : `${sign}nan(0x${significand.toString(16)})`;
  }
  // Numbers without the integer bit that their exponent calls for: no processor since the 387 takes them.
  if (exponent !== 0 && significand >> 63n === 0n) return `unsupported (${sign}0x${significand.toString(16)})`;
  if (significand === 0n) return `${sign}0`;
  const shift = Math.max(exponent, 1) - 16383 - 63;
  return sign + decimal(significand, shift);
}

/** significand * 2^shift, correctly rounded to `DIGITS` digits, ties to even. */
function decimal(significand: bigint, shift: number): string {
  const numerator = shift >= 0 ? significand << BigInt(shift) : significand;
  const denominator = shift >= 0 ? 1n : 1n << BigInt(-shift);
  // A first guess of the decimal exponent, from the binary one; off by one at most.
  let exponent = Math.floor((significand.toString(2).length - 1 + shift) * Math.LOG10E * Math.LN2);
  let digits = scaled(numerator, denominator, exponent);
  if (digits.length > DIGITS) digits = scaled(numerator, denominator, ++exponent);
  return exponent < -4 || exponent >= DIGITS ? scientific(digits, exponent) : plain(digits, exponent);
}

/** The value over 10^(exponent - DIGITS + 1), rounded. */
function scaled(numerator: bigint, denominator: bigint, exponent: number): string {
  const power = exponent - DIGITS + 1;
  const top = power < 0 ? numerator * 10n ** BigInt(-power) : numerator;
  const bottom = power < 0 ? denominator : denominator * 10n ** BigInt(power);
  const quotient = top / bottom;
  const twice = 2n * (top - quotient * bottom);
  const up = twice > bottom || (twice === bottom && (quotient & 1n) === 1n);
  return (up ? quotient + 1n : quotient).toString();
}

function scientific(digits: string, exponent: number): string {
  const rest = digits.slice(1).replace(/0+$/, '');
  const size = Math.abs(exponent).toString().padStart(2, '0');
  return `${digits.slice(0, 1)}${rest === '' ? '' : `.${rest}`}e${exponent < 0 ? '-' : '+'}${size}`;
}

function plain(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits.replace(/0+$/, '')}`;
  const whole = digits.slice(0, exponent + 1);
  const rest = digits.slice(exponent + 1).replace(/0+$/, '');
  return rest === '' ? whole : `${whole}.${rest}`;
}
