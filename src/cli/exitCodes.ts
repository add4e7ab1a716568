/** The exit codes of the command line, a contract of its own. */
export const EXIT = {
  /** Done. */
  done: 0,
  /** Done, but some inputs could not be read; each is named on stderr and in the output. */
  someUnreadable: 1,
  /** The command line was wrong. */
  usage: 2,
  /** Nothing could be read. */
  nothingRead: 3,
  /** Ended by SIGINT or SIGTERM; what was done by then is kept. */
  interrupted: 130,
} as const;
