import type { Terminal } from '../terminal/terminal.ts';

/** What a command knows of the world around it; made once, in cli.ts. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly cwd: string;
  /** The process's environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** From now on, this is not printed. */
  readonly keepSecret: (text: string) => void;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}
