#!/usr/bin/env node
// The only file that reads process.env, and the only one that ends the process. It imports nothing but what
// every call needs: `storyreel --version` is to be as fast as Node itself.
import { readFileSync } from 'node:fs';
import { EXIT, Failure } from './failure.ts';

// libuv starts its threads with the first use; storing clips waits for the disk more than for a core.
process.env.UV_THREADPOOL_SIZE ??= '16';

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
    .version;

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    process.stdout.write(`${version()}\n`);
    return EXIT.done;
  }
  const interrupt = new AbortController();
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', error => {
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
      interrupt.abort(); // `| head` has seen enough: an orderly end, since money may be on its way
    });
  }
  const { runProgram } = await import('./commands/program.ts');
  const environment = { ...process.env };
  delete process.env.WAVESPEED_API_KEY; // ffmpeg and whatever else we start have no use for it
  return await runProgram(args, version(), {
    cwd: process.cwd(),
    environment,
    keepSecret: text => secrets.add(text),
    signal: interruptedBy(interrupt),
    terminal: {
      out: text => process.stdout.write(secrets.redact(text)),
      err: text => process.stderr.write(secrets.redact(text)),
      outColor: colorOn(process.stdout),
      errColor: colorOn(process.stderr),
      interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
      live: process.stderr.isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI,
      columns: process.stdout.columns ?? process.stderr.columns ?? 100,
    },
  });
}

/** Words that are never printed, wherever they came from. */
class Secrets {
  private readonly words = new Set<string>();

  add(word: string): void {
    if (word.trim().length >= 8) this.words.add(word.trim());
  }

  redact(text: string): string {
    let safe = text;
    for (const word of this.words) safe = safe.replaceAll(word, '[key]');
    return safe;
  }
}

/** NO_COLOR (no-color.org) wins, then FORCE_COLOR, then whether a terminal is there to show it. */
function colorOn(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR) return false;
  if (process.env.FORCE_COLOR && process.env.FORCE_COLOR !== '0') return true;
  return stream.isTTY === true && process.env.TERM !== 'dumb';
}

/** The first Ctrl-C asks for an orderly end; the second ends at once. */
function interruptedBy(controller: AbortController): AbortSignal {
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write('\nStopping: finished clips are kept. Once more to stop at once.\n');
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}

const secrets = new Secrets();

/** A bug: its stack is for us, and nothing else of it. Failures were printed where they were caught. */
function tellBug(error: unknown): void {
  const text =
    error instanceof Failure
      ? `storyreel: ${error.message}\n`
      : `storyreel: this is a bug in storyreel, please report it:\n${error instanceof Error ? error.stack : error}\n`;
  process.stderr.write(secrets.redact(text));
  process.exitCode = EXIT.environment;
}

process.on('uncaughtException', error => {
  tellBug(error);
  process.exit(EXIT.environment);
});
try {
  process.exitCode = await main();
} catch (error) {
  tellBug(error);
}
