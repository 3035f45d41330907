import { Listr, ListrLogger, ProcessOutput } from 'listr2';
import { formatDollars, parseDollars } from '../model/money.ts';
import type { RenderEvent } from '../render/event.ts';
import { formatLength, plural } from './amounts.ts';
import { cleanLine } from './clean.ts';
import { lineSayer, type Presenter, takeName } from './present.ts';
import { truncate } from './table.ts';
import { type Paint, painter, type Terminal } from './terminal.ts';

/** Shots shown at work; with 300 of them nobody reads more. */
const MAX_ACTIVE = 8;
const BAR_WIDTH = 24;

/**
 * Shows events as listr2 tasks: one for the rendering, with a bar, the time left, the money spent and what is
 * being worked on, and one for each cut. listr2 only shows; the work runs elsewhere.
 */
export function presentAsTasks(terminal: Terminal): Presenter {
  const paint = painter(terminal.errColor);
  const say = lineSayer(terminal);
  const tasks = new TaskQueue(terminal);
  let rendering: RenderingView | null = null;
  let render: Task | null = null;
  let cutting: Task | null = null;
  let toRender = 0;

  const update = () => {
    if (rendering === null || render === null) return;
    render.show(rendering.title(), rendering.active(terminal.columns));
  };
  // The time left goes on between events.
  const ticking = setInterval(update, 1000);
  ticking.unref();
  return {
    onEvent: event => {
      const line = say(event);
      if (event.type === 'planned') toRender = event.toRender;
      if (event.type === 'take-started' && rendering === null) {
        rendering = new RenderingView(toRender, paint);
        render = tasks.start(rendering.title());
      }
      rendering?.take(event);
      switch (event.type) {
        case 'take-failed':
        case 'take-held':
          tasks.print(line ?? '');
          break;
        case 'cut-started':
          render?.end(rendering?.title() ?? '', (rendering?.failed ?? 0) === 0);
          rendering = null;
          cutting = tasks.start(`Cutting ${plural(event.shots, 'shot')}`);
          break;
        case 'cut-progressed':
          cutting?.show(`Cutting  ${bar(event.done / event.total, paint)}  ${event.done}/${event.total}`, '');
          break;
        case 'film-written':
          cutting?.end(
            `${cleanLine(event.film)}  ${paint('dim', formatLength(event.durationSeconds))}`,
            true,
          );
          cutting = null;
          break;
        case 'film-warned':
        case 'film-filled':
        case 'film-verified':
          tasks.print(line ?? '');
          break;
        case 'film-unchanged':
        case 'film-skipped':
        case 'interrupted':
        case 'finished':
          render?.end(
            rendering?.title() ?? '',
            event.type !== 'interrupted' && (rendering?.failed ?? 0) === 0,
          );
          cutting?.end('The cut did not finish', false);
          rendering = null;
          cutting = null;
          if (line !== null) tasks.print(line);
          break;
      }
      update();
    },
    close: async () => {
      clearInterval(ticking);
      render?.end(rendering?.title() ?? '', false);
      cutting?.end('The cut did not finish', false);
      await tasks.settled();
    },
  };
}

/** The numbers behind the bar. */
class RenderingView {
  failed = 0;
  private done = 0;
  private spentMicros = 0;
  /** The service takes no submissions before this. */
  private slowedUntil = 0;
  private readonly total: number;
  private readonly paint: Paint;
  private readonly started = performance.now();
  private readonly activeTakes = new Map<string, { name: string; fraction: number }>();

  constructor(total: number, paint: Paint) {
    this.total = total;
    this.paint = paint;
  }

  take(event: RenderEvent): void {
    switch (event.type) {
      case 'take-started':
        this.activeTakes.set(event.key, { name: takeName(event), fraction: 0 });
        break;
      case 'take-progressed':
        this.activeTakes.set(event.key, { name: takeName(event), fraction: event.fraction });
        break;
      case 'take-rendered':
        this.done++;
        this.spentMicros += parseDollars(event.cost);
        this.activeTakes.delete(event.key);
        break;
      case 'take-failed':
      case 'take-held':
        this.failed++;
        this.activeTakes.delete(event.key);
        break;
      case 'submits-slowed':
        this.slowedUntil = performance.now() + event.seconds * 1000;
        break;
    }
  }

  title(): string {
    const finished = this.done + this.failed;
    const moving = [...this.activeTakes.values()].reduce((sum, { fraction }) => sum + fraction, 0);
    const fraction = this.total === 0 ? 1 : (finished + moving) / this.total;
    const elapsed = (performance.now() - this.started) / 1000;
    const left =
      finished < this.total && fraction > 0.02
        ? `${formatLength((elapsed / fraction) * (1 - fraction))} left`
        : '';
    const over = finished === this.total ? formatLength(elapsed) : '';
    const slowed = Math.ceil((this.slowedUntil - performance.now()) / 1000);
    const notes = [
      left || over,
      slowed > 0 && finished < this.total ? this.paint('yellow', `rate limit: next in ${slowed} s`) : '',
      this.spentMicros > 0 ? `$${formatDollars(this.spentMicros)} spent` : '',
      this.failed > 0 ? this.paint('red', `${this.failed} failed`) : '',
    ];
    return [`Rendering  ${bar(fraction, this.paint)}  ${finished}/${this.total}`, ...notes]
      .filter(Boolean)
      .join(' · ');
  }

  active(columns: number): string {
    const lines = [...this.activeTakes.values()]
      .slice(0, MAX_ACTIVE)
      .map(({ name, fraction }) => `${truncate(name, columns - 16)}  ${Math.round(fraction * 100)} %`);
    const more = this.activeTakes.size - lines.length;
    return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
  }
}

function bar(fraction: number, paint: Paint): string {
  const full = Math.round(Math.min(1, fraction) * BAR_WIDTH);
  return paint('green', '━'.repeat(full)) + paint('dim', '─'.repeat(BAR_WIDTH - full));
}

interface Task {
  readonly show: (title: string, output: string) => void;
  readonly end: (title: string, ok: boolean) => void;
}

/** Runs listr2 tasks and prints lines one after another: what was printed is never drawn over. */
class TaskQueue {
  private last: Promise<unknown> = Promise.resolve();
  private readonly terminal: Terminal;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  print(line: string): void {
    this.last = this.last.then(() => this.terminal.err(`${line}\n`));
  }

  start(title: string): Task {
    let shown = { title, output: '' };
    let ended: { ok: boolean } | null = null;
    let refresh = () => {};
    let finish = () => {};
    const finished = new Promise<void>(resolve => {
      finish = resolve;
    });
    const run = async () => {
      const list = new Listr(
        [
          {
            title: shown.title,
            task: async (_, task) => {
              refresh = () => {
                task.title = shown.title;
                task.output = shown.output;
              };
              refresh();
              await finished;
              task.title = shown.title;
              task.output = '';
              if (ended?.ok === false) throw new Error(shown.title);
            },
            rendererOptions: { outputBar: true },
          },
        ],
        {
          exitOnError: false,
          registerSignalListeners: false,
          rendererOptions: {
            logger: new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) }),
            collapseErrors: true,
            formatOutput: 'truncate',
          },
        },
      );
      await list.run();
    };
    this.last = this.last.then(run);
    return {
      show: (newTitle, output) => {
        if (ended !== null) return;
        shown = { title: newTitle, output };
        refresh();
      },
      end: (newTitle, ok) => {
        if (ended !== null) return;
        ended = { ok };
        shown = { title: newTitle, output: '' };
        finish();
      },
    };
  }

  async settled(): Promise<void> {
    await this.last;
  }
}
