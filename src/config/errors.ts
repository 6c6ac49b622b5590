/**
 * Errors that end a command because of what its caller gave it. Everything else that ends a
 * command is a failure of the machine or a bug (exit 70).
 */

/** The settings cannot be used; exit 78. `problems` names each place, one line a problem. */
export class ConfigError extends Error {
  readonly code = 'config.invalid'
  readonly problems: readonly string[]
  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** The command line, or a file it names, cannot be used; exit 64. */
export class UsageError extends Error {
  readonly code = 'usage.invalid'
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'UsageError'
  }
}
