import { promises as fs } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EXIT, type ExitCode, Failure, tell } from '../failure.ts';
import { diffFilms, type FilmDiff } from '../plan/diff-films.ts';
import type { FilmState } from '../plan/film-items.ts';
import { statesOf } from '../project/diff-files.ts';
import { FileWatcher, foldersAround } from '../project/file-watcher.ts';
import { InvalidStoryboard } from '../project/invalid-storyboard.ts';
import { type PlannedFiles, planFiles } from '../project/plan-files.ts';
import { findYaml } from '../project/project.ts';
import type { Emit, RenderEvent } from '../render/event.ts';
import { type RenderOptions, render } from '../render/render.ts';
import { place } from '../storyboard/source.ts';
import { plural } from '../terminal/amounts.ts';
import { cleanLine } from '../terminal/clean.ts';
import { formatChanges } from '../terminal/format-diff.ts';
import { painter } from '../terminal/terminal.ts';
import type { CommandContext } from './context.ts';
import { isAbort } from './interruption.ts';
import { printFailure } from './print-failure.ts';

/** Shows one run, from its first event to its last. */
export type Present = (run: (onEvent: Emit) => Promise<unknown>) => Promise<void>;

/** Renders the animatic, and again whenever a file of it has been saved, until Ctrl-C. */
export async function watchAndRender(
  files: readonly string[],
  options: RenderOptions,
  { present, json }: { readonly present: Present; readonly json: boolean },
  context: CommandContext,
): Promise<ExitCode> {
  const named = await Promise.all(files.map(file => findYaml(file, context.cwd)));
  const saves = new Saves(context.signal);
  const watcher = new FileWatcher(() => saves.note());
  /** What the last sound storyboard was made of: a broken one does not say what it names. */
  let known = named.map(({ path }) => path);
  let before: ReadonlyMap<string, FilmState> | null = null;
  try {
    watcher.follow(known);
    while (!context.signal.aborted) {
      const round = saves.begin();
      try {
        const planned = await planFiles(files, options);
        refusePaid(planned);
        known = await filesOf(planned, context.cwd);
        if (watcher.follow(known)) continue;
        const after = new Map(statesOf(planned).map(state => [state.checked.storyboard.file, state]));
        await present(async onEvent => {
          // A run that a save has ended is no news: the next one says what became of it.
          const emit: Emit = event => {
            if (!round.aborted || context.signal.aborted) onEvent(event);
          };
          if (before !== null) tellChanges(before, after, emit, json, context);
          before = after;
          await render(files, { ...options, signal: round, onEvent: emit });
        });
      } catch (error) {
        if (!round.aborted) {
          // There is nothing to go on from: as `render` without --watch.
          if (before === null && error instanceof Failure && error.code === 'not-found') throw error;
          if (await followBroken(error, known, watcher, context.cwd)) continue;
          await tellFailure(error, json, context);
        } else if (!(error instanceof Failure) && !isAbort(error)) throw error;
      }
      if (!round.aborted && !json) tellWaiting(watcher, context);
      await saves.next();
    }
  } finally {
    watcher.close();
  }
  return EXIT.interrupted;
}

/** Who saves has not said that money may be spent. */
function refusePaid({ plan }: PlannedFiles): void {
  if (!plan.provider.priced) return;
  throw new Failure(
    'bad-flag',
    `--watch renders whenever a file is saved, and ${plan.provider.name} costs money`,
    {
      hint: 'Watch with --provider animatic; buy with `render` when the animatic is right.',
      exitCode: EXIT.usage,
    },
  );
}

/** Everything that was read for a plan; where a link was named, the link and what it leads to. */
async function filesOf({ films, checked }: PlannedFiles, cwd: string): Promise<string[]> {
  const sources = [...checked.sources.keys()].map(file => resolve(cwd, file));
  const references = films.flatMap(({ loaded }) =>
    [...loaded.referencePaths].flatMap(([name, path]) => [resolve(dirname(loaded.file.path), name), path]),
  );
  const real = await Promise.all(sources.map(path => fs.realpath(path).catch(() => path)));
  return [...new Set([...sources, ...real, ...references])];
}

/** Looks out for what would mend a storyboard. True if it may have been mended meanwhile. */
async function followBroken(
  error: unknown,
  known: readonly string[],
  watcher: FileWatcher,
  cwd: string,
): Promise<boolean> {
  if (!(error instanceof InvalidStoryboard)) return watcher.follow(known);
  const files = [...error.sources.keys()].map(file => resolve(cwd, file));
  return watcher.follow([...new Set([...known, ...files])], await foldersAround(files));
}

function tellChanges(
  before: ReadonlyMap<string, FilmState>,
  after: ReadonlyMap<string, FilmState>,
  emit: Emit,
  json: boolean,
  { terminal }: CommandContext,
): void {
  for (const [file, state] of after) {
    const diff: FilmDiff = diffFilms(before.get(file) ?? null, state);
    if (after.size > 1 && diff.items.length + diff.changes.length === 0) continue; // another one was saved
    const shots = diff.items.map(
      ({ id, change }) => ({ shot: id, change: change === 'kept' ? 'changed' : change }) as const,
    );
    emit({ type: 'storyboard-changed', storyboard: file, shots });
    if (json) continue;
    const paint = painter(terminal.errColor);
    const changes = formatChanges(diff, terminal.errColor, terminal.columns);
    terminal.err(`\n${paint('dim', clock())}  ${paint('bold', cleanLine(file))} was saved\n${changes}\n`);
  }
}

/** What keeps the film from being made now; the last good one stays. Throws what no save will mend. */
async function tellFailure(error: unknown, json: boolean, context: CommandContext): Promise<void> {
  if (!(error instanceof Failure) || error.code === 'bad-flag') throw error;
  if (!json) {
    context.terminal.err(`\n${painter(context.terminal.errColor)('dim', clock())}\n`);
    await printFailure(error, context);
    return;
  }
  const diagnostics =
    error instanceof InvalidStoryboard
      ? error.diagnostics.map(one => place(error.sources.get(one.file) ?? { file: one.file, text: '' }, one))
      : [];
  const event: RenderEvent = { type: 'storyboard-refused', ...tell(error), diagnostics };
  context.terminal.out(`${JSON.stringify(event)}\n`);
}

function tellWaiting(watcher: FileWatcher, { terminal }: CommandContext): void {
  const paint = painter(terminal.errColor);
  terminal.err(paint('dim', `Watching ${plural(watcher.count, 'file')}; Ctrl-C ends.\n`));
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}

/** The saves of files: one that comes during a run ends it. */
class Saves {
  private saved = false;
  private controller = new AbortController();
  private wake = () => {};

  constructor(signal: AbortSignal) {
    signal.addEventListener('abort', () => this.note(), { once: true });
  }

  /** A run begins; its signal is aborted by the next save. */
  begin(): AbortSignal {
    this.saved = false;
    this.controller = new AbortController();
    return this.controller.signal;
  }

  note(): void {
    this.saved = true;
    this.controller.abort();
    this.wake();
  }

  async next(): Promise<void> {
    if (this.saved) return;
    await new Promise<void>(done => {
      this.wake = done;
    });
  }
}
