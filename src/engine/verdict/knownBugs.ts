/** A documented bug that a verdict can be traced to. */
export interface KnownBug {
  readonly id: string;
  /** One sentence for the page: what it is, where it is fixed, which releases have it. */
  readonly text: string;
}

/** The bugs that rules can name, by id. */
export const KNOWN_BUGS: ReadonlyMap<string, KnownBug> = new Map(
  [
    {
      id: 'libunwind-927',
      text: 'this is the bug of GNU libunwind issue 927 (pull request 928): _Ux86_64_setcontext loads %rsp before it reads the target; present since 2007 in every release from v0.99 to v1.8.3, fixed by commit a9b9293b of 2025-11-20',
    },
  ].map((bug) => [bug.id, bug]),
);
