import type { ErrorObject } from 'ajv';
import type { DiagnosticCode } from '../explanations/explanations.ts';
import type { Model } from '../model/model.ts';
import type { Json } from '../plan/request.ts';
import type { Timeline } from '../plan/timeline.ts';
import { type Assembled, assemble } from './assemble.ts';
import { type CheckedShot, checkShot } from './check-shot.ts';
import { checkShown, lintSubtitles } from './check-shown.ts';
import { checkSound } from './check-sound.ts';
import { checkTimeline } from './check-timeline.ts';
import { type CompileContext, compileStoryboard } from './compile.ts';
import { orderShots } from './continuity.ts';
import { type Diagnostic, hasErrors } from './diagnostic.ts';
import { lintPrompts, unusedReferences } from './lint.ts';
import { Mistakes } from './mistakes.ts';
import type { Path } from './parse-yaml.ts';
import type { Part, Place } from './part.ts';
import type { Item, Storyboard } from './storyboard.ts';
import type { Variables } from './variables.ts';
import type { WrittenStoryboard } from './written.ts';

/** What a storyboard is checked against. */
export interface Language {
  readonly checkShape: (data: Json) => readonly ErrorObject[];
  /** Of a file that storyboards include. */
  readonly checkInclude: (data: Json) => readonly ErrorObject[];
  readonly models: ReadonlyMap<string, Model>;
  /** True if a model file could not be taken: models may be missing, and it was reported why. */
  readonly lacking: boolean;
}

/** A storyboard without errors, with everything that checking worked out. */
export interface CheckedStoryboard {
  readonly storyboard: Storyboard;
  /** In step with `storyboard.shots`. */
  readonly shots: readonly CheckedShot[];
  /** The places of the shots, each after those that it takes pictures from. */
  readonly order: readonly number[];
  readonly timeline: Timeline;
}

/** Holds the parsed YAML: let go of it once everything is reported. */
export interface ReadableStoryboard {
  readonly storyboard: Storyboard;
  /** Those that their models could be told. */
  readonly shots: readonly CheckedShot[];
  /** Where a value stands. */
  readonly locate: Assembled['locate'];
}

export interface CheckResult {
  /** What could be read in spite of errors: the files that it names are looked for all the same. */
  readonly readable: ReadableStoryboard | null;
  /** The names of its variables, of included files too. */
  readonly variables: readonly string[];
  readonly profiles: readonly string[];
  /** Lays the film out, once it is known how long the footage and the sounds are that it names. */
  readonly layOut: (lengths: FootageLengths, sounds: SoundLengths) => LaidOut;
}

export interface LaidOut {
  /** Null if there are errors. */
  readonly checked: CheckedStoryboard | null;
  /** What is wrong with the storyboard, in no order. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Seconds, by the file as the storyboard names it. */
export type FootageLengths = ReadonlyMap<string, number>;
export type SoundLengths = ReadonlyMap<string, number>;

/** What a storyboard is checked with, beside its own text. */
export interface CheckOptions {
  /** Serves where the storyboard has no title. */
  readonly name: string;
  /** Go before the variables of the storyboard. */
  readonly variables: Variables;
  /** Whose fields go before those of every shot. */
  readonly profile: string | undefined;
}

/** Finds everything wrong with a storyboard that the text of its files alone can tell. */
export function checkStoryboard(root: Part, options: CheckOptions, language: Language): CheckResult {
  const assembled = assemble(root, language, options.variables);
  const { locate, problems, variables } = assembled;
  const diagnostics = [...assembled.diagnostics];
  if (assembled.data === undefined) {
    return {
      readable: null,
      variables,
      profiles: [],
      layOut: () => ({ checked: null, diagnostics }),
    };
  }
  const add = (
    code: DiagnosticCode,
    message: string,
    place: Place,
    severity: Diagnostic['severity'] = 'error',
  ) => diagnostics.push({ code, severity, message, ...place });
  const mistakes = new Mistakes();
  for (const { path, meant } of problems) {
    mistakes.add(path);
    if (meant !== undefined) mistakes.add([...path.slice(0, -1), meant]);
  }
  const report: CompileContext['report'] = (code, message, path, part) => {
    mistakes.add(path);
    const place = locate(path, part);
    if (!assembled.isUnreadable(place)) add(code, message, place);
  };
  const written = assembled.data as unknown as WrittenStoryboard;
  const storyboard = compileStoryboard(written, {
    file: root.source.file,
    name: options.name,
    profile: options.profile,
    report,
    reportBrace: (message, code, path, brace, length) => {
      mistakes.add(path);
      add(code, message, assembled.locateBrace(path, brace, length));
    },
    skipped: () => {},
    refused: path => assembled.lacking || mistakes.at(path),
    complained: path => mistakes.under(path),
  });
  // What a mistake in the text made of a shot is no news.
  const isShaky = assembled.lacking || hasErrors(assembled.diagnostics);
  const ofShots = new Map<Item, number>();
  const shots = storyboard.shots.flatMap(shot => {
    const { checked, durationSeconds } = checkShot(shot, language, isShaky, report, (message, path) =>
      add('many-references', message, locate(path), 'warning'),
    );
    if (durationSeconds !== null) ofShots.set(shot, durationSeconds);
    return checked ?? [];
  });
  reportUnknownDefaults(storyboard, shots, report);
  const order = orderShots(storyboard, report);
  checkFrames(shots, report);
  // An unknown name may be that of a reference which then seems to be unused, and more of the kind.
  const namesAreSound = !assembled.lacking && !hasErrors(diagnostics);
  const layOut = (ofFootage: FootageLengths, sounds: SoundLengths): LaidOut => {
    const lengths = { ofShots, ofFootage };
    const { timeline, isExact } = checkTimeline(storyboard, lengths, options.profile, mistakes, report);
    // A draft is shorter than what its words were timed for: what it leaves out is worth a word, and no mistake.
    const lost = options.profile === undefined ? 'error' : 'warning';
    const unseen = checkShown(storyboard, timeline, mistakes);
    for (const { code, message, path } of [...unseen, ...checkSound(storyboard, timeline, sounds)])
      add(code, message, locate(path), code === 'voice-cut-off' ? 'warning' : lost);
    const isOwn = (path: Path) => locate(path).file === root.source.file;
    const lints = [
      ...(namesAreSound ? unusedReferences(storyboard, isOwn) : []),
      ...lintPrompts(storyboard, shots, mistakes),
      ...lintSubtitles(storyboard, timeline, mistakes),
    ];
    for (const { code, message, path, part } of lints) add(code, message, locate(path, part), 'warning');
    const checked = !isExact || hasErrors(diagnostics) ? null : { storyboard, shots, order, timeline };
    return { checked, diagnostics };
  };
  return {
    readable: { storyboard, shots, locate },
    variables,
    profiles: Object.keys(written.profiles ?? {}),
    layOut,
  };
}

/** A frame that is asked for must be in the clip. */
function checkFrames(shots: readonly CheckedShot[], report: CompileContext['report']): void {
  const lengths = new Map(shots.map(({ shot, durationSeconds }) => [shot.id, durationSeconds]));
  for (const { composition } of shots) {
    for (const { medium } of composition.media) {
      if (!('from' in medium) || typeof medium.at !== 'number') continue;
      const length = lengths.get(medium.from);
      if (length === undefined || medium.at < length) continue;
      const message = `"${medium.from}" is ${length} s long: there is no frame at ${medium.at} s`;
      report('out-of-range', message, medium.path);
    }
  }
}

/** An input under `defaults` that no model in use takes is a mistake, though each shot alone passes over it. */
function reportUnknownDefaults(
  storyboard: Storyboard,
  shots: readonly CheckedShot[],
  report: CompileContext['report'],
): void {
  const models = new Set(shots.map(({ model }) => model));
  if (models.size === 0) return;
  for (const [name, input] of storyboard.shots[0]?.inputs ?? []) {
    const taken = [...models].some(model => Object.hasOwn(model.properties, name));
    if (!taken && input.inherited && input.path[1] === 'inputs') {
      report('unknown-input', `no model of this storyboard takes \`${name}\``, input.path, 'key');
    }
  }
}
