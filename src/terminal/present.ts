import type { RenderEvent } from '../render/event.ts';
import { formatLength, plural } from './amounts.ts';
import { cleanLine } from './clean.ts';
import { asJson } from './json.ts';
import { painter, type Terminal } from './terminal.ts';

/** Shows events as they happen. */
export interface Presenter {
  readonly onEvent: (event: RenderEvent) => void;
  /** Called once, when nothing more will happen: leaves the terminal as it should be. */
  readonly close: () => Promise<void>;
}

/** One event a line on standard output. */
export function presentAsJson(terminal: Terminal): Presenter {
  return { onEvent: event => terminal.out(asJson(event, 0)), close: async () => {} };
}

/** A plain line for each thing that a log should hold. */
export function presentAsLines(terminal: Terminal): Presenter {
  const say = lineSayer(terminal);
  return {
    onEvent: event => {
      const line = say(event);
      if (line !== null) terminal.err(`${line}\n`);
    },
    close: async () => {},
  };
}

/** Puts an event into a line; null for those that a log does not need. */
export function lineSayer(terminal: Pick<Terminal, 'errColor'>): (event: RenderEvent) => string | null {
  const paint = painter(terminal.errColor);
  let done = 0;
  let total = 0;
  const failed: { readonly name: string; readonly reason: string }[] = [];
  return event => {
    switch (event.type) {
      case 'planned':
        total = event.toRender;
        return `${plural(event.takes, 'take')}: ${event.toRender === 0 ? 'nothing to render' : `${event.toRender} to render`}`;
      case 'take-started':
        return `${paint('dim', 'started')}   ${takeName(event)}`;
      case 'take-submitted':
        return `submitted ${takeName(event)}  ${cleanLine(event.predictionId)}`;
      case 'take-rendered': {
        const cost = event.cost === '0.00' ? '' : `, $${event.cost}`;
        return `${paint('green', 'rendered')}  ${takeName(event)}  ${event.seconds.toFixed(1)} s${cost}  (${++done}/${Math.max(done, total)})`;
      }
      case 'take-failed': {
        const hint = event.hint === null ? '' : `\n    ${cleanLine(event.hint)}`;
        failed.push({ name: takeName(event), reason: `${cleanLine(event.message)}${hint}` });
        return `${paint('red', 'failed')}    ${takeName(event)}  ${cleanLine(event.message)}`;
      }
      case 'take-held': {
        const reason = `${cleanLine(event.message)}\n    ${cleanLine(event.hint ?? '')}`;
        failed.push({ name: takeName(event), reason });
        return `${paint('red', 'held')}      ${takeName(event)}  ${cleanLine(event.message)}`;
      }
      case 'submits-slowed':
        return `waiting   the service takes no more for now; ${event.seconds} s until the next submission`;
      case 'cut-started':
        return `cutting   ${cleanLine(event.storyboard)}  ${plural(event.shots, 'shot')}, ${event.frames} frames`;
      case 'film-written': {
        const pieces = `${plural(event.encoded, 'piece')} encoded, ${event.reused} kept`;
        const how = event.encoded + event.reused === 0 ? 'clips joined untouched' : pieces;
        return `${paint('green', 'film')}      ${cleanLine(event.film)}  ${formatLength(event.durationSeconds)}; ${how}`;
      }
      case 'film-warned': {
        const at = event.at === null ? '' : ` at ${event.at.toFixed(1)} s`;
        const where = event.shot === null ? '' : `${cleanLine(event.shot)}${at}  `;
        return `${paint('yellow', 'look')}      ${where}${cleanLine(event.message)} [${event.code}]`;
      }
      case 'film-filled':
        return `${paint('yellow', 'filled')}    ${filledWith(event.shots)}`;
      case 'film-unchanged':
        return `unchanged ${cleanLine(event.film)}`;
      case 'film-verified': {
        const what = event.files === 1 ? '' : ` and ${plural(event.files - 1, 'deliverable')}`;
        return `${paint('green', 'verified')}  ${cleanLine(event.film)}${what}: byte for byte what the lock file says`;
      }
      case 'film-skipped':
        return `${paint('yellow', 'no film')}   ${cleanLine(event.storyboard)}: ${event.reason} (${someOf(event.shots)})`;
      case 'interrupted':
        return interrupted(event.inFlight);
      case 'finished':
        // What stopped it before anything was done says enough.
        if (event.error !== undefined && event.rendered === 0 && event.spent === '0.00') return null;
        // Named again at the end: with 300 shots, the line of the moment has long scrolled away.
        return [
          ...(failed.length > 0 ? [paint('red', event.held > 0 ? 'Failed or held:' : 'Failed:')] : []),
          ...grouped(failed),
          summary(event),
        ].join('\n');
      case 'storyboard-changed': // told with what was changed
      case 'storyboard-refused': // told as `check` tells it
      case 'take-progressed':
      case 'cut-progressed':
        return null;
    }
  };
}

/** `with the animatic: a, b; with draft: c`. */
function filledWith(shots: readonly { readonly shot: string; readonly source: string }[]): string {
  return [...new Set(shots.map(({ source }) => source))]
    .map(source => {
      const own = shots.filter(one => one.source === source).map(({ shot }) => shot);
      return `with ${source === 'animatic' ? 'the animatic' : `takes of ${source}`}: ${someOf(own)}`;
    })
    .join('; ');
}

function interrupted(inFlight: number): string {
  const kept =
    'Interrupted. What is finished is kept; render again to go on (after a saved plan, from a new one).';
  if (inFlight === 0) return kept;
  const clips = inFlight === 1 ? 'One clip is' : `${inFlight} clips are`;
  return `${kept}\n${clips} paid for and still being made: the next run fetches ${inFlight === 1 ? 'it' : 'them'}.`;
}

/** A hundred shots that failed for one reason are told once. */
function grouped(failed: readonly { readonly name: string; readonly reason: string }[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { name, reason } of failed) {
    const names = byReason.get(reason) ?? [];
    names.push(name);
    byReason.set(reason, names);
  }
  return [...byReason].flatMap(([reason, names]) =>
    names.length <= 3 ? names.map(name => `  ${name}: ${reason}`) : [`  ${someOf(names)}: ${reason}`],
  );
}

/** The closing line: what was done and spent. */
export function summary(event: Extract<RenderEvent, { type: 'finished' }>): string {
  const counts = [
    `${plural(event.rendered, 'clip')} rendered`,
    event.cached > 0 ? `${event.cached} in the store already` : '',
    event.failed > 0 ? `${event.failed} failed` : '',
    event.held > 0 ? `${event.held} held` : '',
    `$${event.spent} spent`,
  ];
  if (event.exitCode === 0 && event.rendered === 0) counts[0] = 'Nothing to render';
  return `${counts.filter(Boolean).join(', ')}.`;
}

export function takeName(event: { scene: string | null; shot: string; take: number }): string {
  const take = event.take > 1 ? ` take ${event.take}` : '';
  return `${event.scene === null ? '' : `${event.scene}/`}${event.shot}${take}`;
}

export function someOf(names: readonly string[]): string {
  return names.length <= 5
    ? names.join(', ')
    : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}
