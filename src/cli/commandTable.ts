import type { Command } from 'commander';

/** Commands by name; each is loaded when it is asked for. */
export type Commands = Readonly<Record<string, () => Promise<Command>>>;

/** All commands, in the order in which help lists them. */
export const COMMANDS: Commands = {
  triage: async () => (await import('./commands/triage.js')).triageCommand(),
  inspect: async () => (await import('./commands/inspect.js')).inspectCommand(),
  search: async () => (await import('./commands/search.js')).searchCommand(),
  population: async () => (await import('./commands/population.js')).populationCommand(),
  query: async () => (await import('./commands/query.js')).queryCommand(),
  hunt: async () => (await import('./commands/hunt.js')).huntCommand(),
  watch: async () => (await import('./commands/watch.js')).watchCommand(),
  audit: async () => (await import('./commands/audit.js')).auditCommand(),
  dap: async () => (await import('./commands/dap.js')).dapCommand(),
  mcp: async () => (await import('./commands/mcp.js')).mcpCommand(),
};
