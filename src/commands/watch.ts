import { promises as fs } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EXIT, type ExitCode, Failure, tell } from '../failure.ts';
import { diffFilms, type FilmDiff } from '../plan/diff-films.ts';
import type { FilmState } from '../plan/film-items.ts';
import { statesOf } from '../project/diff-files.ts';
import { FileWatcher } from '../project/file-watcher.ts';
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
  const found = await Promise.all(files.map(file => findYaml(file, context.cwd)));
  const storyboards = found.map(({ path }) => path);
  const saves = new Saves(context.signal);
  const watcher = new FileWatcher(() => saves.note());
  /** What the last sound storyboard was made of: a broken one does not say what it names. */
  let known: readonly string[] = storyboards;
  let before: ReadonlyMap<string, FilmState> | null = null;
  /** What was told last, if it was that something is wrong: once is enough. */
  let refused: string | null = null;
  try {
    watcher.follow(known);
    while (!context.signal.aborted) {
      const round = saves.begin();
      let isNews = true;
      try {
        const planned = await planFiles(files, options);
        refusePaid(planned);
        known = await filesOf(planned, context.cwd);
        if (watcher.follow(known)) continue;
        refused = null;
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
          if (followBroken(error, { storyboards, known }, watcher, context.cwd)) continue;
          const refusal = refusalOf(error);
          isNews = refusal.line !== refused;
          refused = refusal.line;
          if (isNews) await tellRefusal(refusal, json, context);
        } else if (!(error instanceof Failure) && !isAbort(error)) throw error;
      }
      if (isNews && !round.aborted && !json) tellWaiting(watcher, context);
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
  const references = films.flatMap(({ loaded }) => [...loaded.referencePaths.values()]);
  const real = await Promise.all(sources.map(path => fs.realpath(path).catch(() => path)));
  return [...new Set([...sources, ...real, ...checked.named, ...references])];
}

/** Looks out for what would mend a storyboard. True if it may have been mended meanwhile. */
function followBroken(
  error: unknown,
  { storyboards, known }: { readonly storyboards: readonly string[]; readonly known: readonly string[] },
  watcher: FileWatcher,
  cwd: string,
): boolean {
  if (!(error instanceof InvalidStoryboard)) return watcher.follow(known);
  const sources = [...error.sources.keys()].map(file => resolve(cwd, file));
  // A model is named by its id: a file of any name may bring it.
  const models = storyboards.map(path => join(dirname(path), 'models'));
  return watcher.follow([...new Set([...known, ...sources, ...error.named])], models);
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

/** What keeps the film from being made now; the last good one stays. */
interface Refusal {
  readonly failure: Failure;
  /** As `--json` tells it: the same for the same refusal. */
  readonly line: string;
}

/** Throws what no save will mend. */
function refusalOf(error: unknown): Refusal {
  if (!(error instanceof Failure) || error.code === 'bad-flag') throw error;
  const diagnostics =
    error instanceof InvalidStoryboard
      ? error.diagnostics.map(one => place(error.sources.get(one.file) ?? { file: one.file, text: '' }, one))
      : [];
  const event: RenderEvent = { type: 'storyboard-refused', ...tell(error), diagnostics };
  return { failure: error, line: JSON.stringify(event) };
}

async function tellRefusal(
  { failure, line }: Refusal,
  json: boolean,
  context: CommandContext,
): Promise<void> {
  if (json) return context.terminal.out(`${line}\n`);
  context.terminal.err(`\n${painter(context.terminal.errColor)('dim', clock())}\n`);
  await printFailure(failure, context);
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
