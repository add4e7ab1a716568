/** Whether an argument names a server rather than a path of this machine. */
export function isRemoteAddress(input: string): boolean {
  return /^(https?|s3|gs|az):\/\//i.test(input);
}
