import { dollarsToMicros } from '../model/money.ts';
import type { Json } from '../plan/request.ts';
import type { Path } from './parse-yaml.ts';
import { namesIn, type PromptPart, parsePrompt } from './prompt.ts';
import type {
  CutSettings,
  Fps,
  Reference,
  ReferenceFile,
  Shot,
  ShotInput,
  Storyboard,
  Transition,
} from './storyboard.ts';
import { didYouMean } from './suggest.ts';
import type {
  Defaults,
  Scene,
  Reference as WrittenReference,
  Shot as WrittenShot,
  WrittenStoryboard,
} from './written.ts';

export const DEFAULT_MODEL = 'alibaba/wan-2.7/reference-to-video';
const DEFAULT_TRANSITION_SECONDS = 0.5;
const MAX_SEED = 2147483647;

/** Fields of a shot that go to the model under the same name. */
const GENERATION_FIELDS = [
  'resolution',
  'aspect_ratio',
  'duration',
  'negative_prompt',
  'enable_prompt_expansion',
] as const;
/** What `inputs` may not hold, with the reason: there must be one place for each thing. */
const NOT_IN_INPUTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...GENERATION_FIELDS,
      'prompt',
      'seed',
      'image',
      'model',
      'references',
      'takes',
      'pick',
      'transition',
    ].map(field => [field, "write it as the shot's own field"]),
  ),
  videos: 'it is filled from the references that the shot names',
};

export type Report = (code: string, message: string, path: Path, part?: 'key' | 'value') => void;

export interface CompileContext {
  readonly file: string;
  /** The storyboard's name where it has no title. */
  readonly name: string;
  readonly report: Report;
  /** Reports inside a prompt, at its `brace`-th brace. */
  readonly reportBrace: (message: string, code: string, path: Path, brace: number, length: number) => void;
  /** True if the schema check already complained about something at or under this place. */
  readonly complained: (path: Path) => boolean;
  /** Notes a mistake that was reported elsewhere. */
  readonly skipped: () => void;
  /** True if the schema check refused just this value. */
  readonly refused: (path: Path) => boolean;
}

/** Merges defaults, resolves names and applies the rules that a schema cannot say. */
export function compileStoryboard(written: WrittenStoryboard, context: CompileContext): Storyboard {
  const references = compileReferences(written, context);
  const style = compileStyle(written, references, context);
  const compiler = new ShotCompiler(written, references, style, context);
  const shots = [...listShots(written, context)].map((entry, index) => compiler.shot(entry, index));
  if (shots.length === 0 && !context.complained(['shots']) && !context.complained(['scenes'])) {
    context.report('missing-key', 'the storyboard needs `shots`, or `scenes` with shots', []);
  }
  return {
    file: context.file,
    title: written.title ?? context.name,
    provider: written.provider ?? null,
    budgetMicros: written.budget === undefined ? null : dollarsToMicros(written.budget),
    cut: compileCut(written.cut),
    references,
    shots,
  };
}

function compileReferences(written: WrittenStoryboard, context: CompileContext): Map<string, Reference> {
  const references = new Map<string, Reference>();
  for (const [plural, kind] of [
    ['characters', 'character'],
    ['props', 'prop'],
    ['locations', 'location'],
  ] as const) {
    for (const [name, reference] of Object.entries<WrittenReference>(written[plural] ?? {})) {
      const path = [plural, name];
      const other = references.get(name);
      if (other !== undefined) {
        const message = `"${name}" is the name of a ${other.kind} already; characters, props and locations share one set of names`;
        context.report('duplicate-name', message, path, 'key');
        continue;
      }
      const videos = (reference.videos ?? []).flatMap((file, index) =>
        typeof file === 'string' ? [{ file, path: [...path, 'videos', index] }] : [],
      );
      const image =
        reference.image === undefined ? null : { file: reference.image, path: [...path, 'image'] };
      if (videos.length === 0 && image === null && !context.complained(path)) {
        context.report(
          'no-media',
          `"${name}" needs \`videos\`, or an \`image\`, to show what it looks like`,
          path,
          'key',
        );
      }
      references.set(name, { name, kind, description: reference.description ?? null, videos, image });
    }
  }
  return references;
}

function compileStyle(
  written: WrittenStoryboard,
  references: ReadonlyMap<string, Reference>,
  context: CompileContext,
): readonly PromptPart[] {
  return written.style === undefined ? [] : readPrompt(written.style, ['style'], references, context);
}

function readPrompt(
  text: string,
  path: Path,
  references: ReadonlyMap<string, Reference>,
  context: CompileContext,
): readonly PromptPart[] {
  const { parts, problems } = parsePrompt(text.trim());
  for (const { message, brace, length } of problems)
    context.reportBrace(message, 'prompt-brace', path, brace, length);
  return parts.filter(part => {
    if ('text' in part || references.has(part.name)) return true;
    const message = unknownReference(part.name, references);
    if (wasRefused(part.name, context)) context.skipped();
    else context.reportBrace(message, 'unknown-reference', path, part.brace, part.length);
    return false;
  });
}

/** A name that is there, but whose reference, or the whole list of them, could not be read. */
function wasRefused(name: string, { refused }: CompileContext): boolean {
  return ['characters', 'props', 'locations'].some(plural => refused([plural]) || refused([plural, name]));
}

function unknownReference(name: string, references: ReadonlyMap<string, Reference>): string {
  const shown = name.length > 60 ? `${name.slice(0, 57)}…` : name;
  const known = [...references.keys()];
  const hint = didYouMean(shown, known) || (known.length === 0 ? '; add it under `characters`' : '');
  return `there is no reference named "${shown}"${hint}`;
}

interface Entry {
  readonly shot: WrittenShot;
  readonly scene: Scene | null;
  readonly path: Path;
}

function* listShots(written: WrittenStoryboard, context: CompileContext): Generator<Entry> {
  if (written.scenes !== undefined && written.shots !== undefined) {
    context.report(
      'scenes-and-shots',
      'a storyboard has either `scenes` or `shots`; move these into a scene',
      ['shots'],
      'key',
    );
  }
  const sceneIds = new Map<string, string>();
  for (const [sceneIndex, scene] of (written.scenes ?? []).entries()) {
    checkId(scene.id, ['scenes', sceneIndex, 'id'], sceneIds, 'scene', context);
    for (const [index, shot] of (scene.shots ?? []).entries()) {
      if (!isRefused(shot)) yield { shot, scene, path: ['scenes', sceneIndex, 'shots', index] };
    }
  }
  for (const [index, shot] of (written.shots ?? []).entries())
    if (!isRefused(shot)) yield { shot, scene: null, path: ['shots', index] };
}

/** An item that the schema check refused whole was emptied; what it lacks is no news. */
function isRefused(shot: WrittenShot): boolean {
  return Object.keys(shot).length === 0;
}

const DEVICE_NAMES = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** Ids name files in `out/`: they must stay apart on file systems without case, and be no device of Windows. */
function checkId(
  id: string | undefined,
  path: Path,
  seen: Map<string, string>,
  kind: string,
  context: CompileContext,
): void {
  if (id === undefined) return; // the schema check reported it
  const folded = id.toLowerCase();
  if (seen.has(folded)) {
    context.report(
      'duplicate-id',
      `another ${kind} has the id "${id}" already; ids are unique in a storyboard`,
      path,
    );
  } else if (DEVICE_NAMES.test(folded)) {
    context.report('reserved-id', `"${id}" is the name of a device on Windows; choose another id`, path);
  }
  seen.set(folded, id);
}

interface Field<Name extends keyof Defaults> {
  readonly value: NonNullable<Defaults[Name]>;
  readonly path: Path;
  readonly inherited: boolean;
}

class ShotCompiler {
  private readonly written: WrittenStoryboard;
  private readonly defaults: Defaults;
  private readonly references: ReadonlyMap<string, Reference>;
  private readonly style: readonly PromptPart[];
  private readonly context: CompileContext;
  /** Made once: 10,000 shots share them. */
  private readonly inherited: { readonly [Name in keyof Defaults]: Field<Name> };
  private readonly ids = new Map<string, string>();
  private reports = 0;

  constructor(
    written: WrittenStoryboard,
    references: ReadonlyMap<string, Reference>,
    style: readonly PromptPart[],
    context: CompileContext,
  ) {
    this.written = written;
    this.defaults = written.defaults ?? {};
    this.inherited = Object.fromEntries(
      Object.entries(this.defaults).map(([name, value]) => [
        name,
        { value, path: ['defaults', name], inherited: true },
      ]),
    ) as ShotCompiler['inherited'];
    this.references = references;
    this.style = style;
    this.context = {
      ...context,
      skipped: () => {
        this.reports++;
      },
      report: (...report) => {
        this.reports++;
        context.report(...report);
      },
      reportBrace: (...report) => {
        this.reports++;
        context.reportBrace(...report);
      },
    };
  }

  shot({ shot, scene, path }: Entry, index: number): Shot {
    checkId(shot.id, [...path, 'id'], this.ids, 'shot', this.context);
    const prompt = this.field(shot, path, 'prompt');
    if (prompt === undefined && !this.context.complained([...path, 'prompt'])) {
      this.context.report('missing-key', 'a shot needs `prompt`', [...path, 'id']);
    }
    const reportsBefore = this.reports;
    const parts = prompt === undefined ? [] : this.prompt(prompt.value, prompt.path);
    const references = this.shotReferences(shot, path, parts);
    const incomplete = prompt === undefined || this.reports > reportsBefore;
    const image = this.image(shot, path, references);
    const { takes, pick } = this.takes(shot, path);
    return {
      id: shot.id ?? `shot-${index + 1}`,
      title: shot.title ?? this.defaults.title ?? null,
      scene: scene === null ? null : { id: scene.id ?? '', title: scene.title ?? null },
      path,
      model: this.field(shot, path, 'model') ?? { value: DEFAULT_MODEL, path },
      prompt: { value: parts, path: prompt?.path ?? path },
      references,
      incomplete,
      image,
      inputs: this.inputs(shot, path),
      seed: this.seed(shot, path, takes),
      takes,
      pick,
      transition: this.transition(shot, path, index),
    };
  }

  /** A shot's own value, else the default; with the place where it stands. */
  private field<Name extends keyof Defaults>(
    shot: WrittenShot,
    path: Path,
    name: Name,
  ): Field<Name> | undefined {
    const own = shot[name];
    if (own !== undefined)
      return { value: own as Field<Name>['value'], path: [...path, name], inherited: false };
    return this.inherited[name];
  }

  private prompt(text: string, path: Path): readonly PromptPart[] {
    const own = readPrompt(text, path, this.references, this.context);
    if (text.trim() === '')
      this.context.report('empty-prompt', 'the prompt is empty; say what happens in the shot', path);
    if (this.style.length === 0) return own;
    return [...own, { text: /[.!?,;:…]$/.test(text.trim()) ? ' ' : ', ' }, ...this.style];
  }

  private shotReferences(shot: WrittenShot, path: Path, parts: readonly PromptPart[]): Reference[] {
    const listed = this.field(shot, path, 'references');
    const names = new Set(namesIn(parts));
    for (const [index, name] of (listed?.value ?? []).entries()) {
      if (typeof name !== 'string') continue; // refused by the schema check
      if (this.references.has(name)) names.add(name);
      else if (!wasRefused(name, this.context))
        this.context.report('unknown-reference', unknownReference(name, this.references), [
          ...(listed?.path ?? path),
          index,
        ]);
    }
    return [...names].map(name => this.references.get(name)).filter(reference => reference !== undefined);
  }

  private image(shot: WrittenShot, path: Path, references: readonly Reference[]): ReferenceFile | null {
    const own = this.field(shot, path, 'image');
    const bringers = references.filter(reference => reference.image !== null).map(({ name }) => `"${name}"`);
    if (own !== undefined && bringers.length > 0) {
      const message = `a shot has one image: this one, or that of ${bringers.join(' and ')}`;
      this.context.report('two-images', message, own.path);
    } else if (bringers.length > 1) {
      const message = `a shot has one image, but ${bringers.join(' and ')} bring one each; leave one of them out, or give it a video alone`;
      this.context.report('two-images', message, this.field(shot, path, 'prompt')?.path ?? path);
    }
    return own === undefined ? null : { file: own.value, path: own.path };
  }

  private takes(shot: WrittenShot, path: Path): { takes: number; pick: number } {
    const takes = this.field(shot, path, 'takes')?.value ?? 1;
    const pick = this.field(shot, path, 'pick');
    if (pick !== undefined && pick.value > takes) {
      const message = `\`pick\` names take ${pick.value}, but the shot has ${takes === 1 ? 'one take' : `${takes} takes`}`;
      this.context.report('no-such-take', message, pick.path);
      return { takes, pick: 1 };
    }
    return { takes, pick: pick?.value ?? 1 };
  }

  private seed(shot: WrittenShot, path: Path, takes: number) {
    const seed =
      this.field(shot, path, 'seed') ??
      (this.written.seed === undefined ? { value: 0, path } : { value: this.written.seed, path: ['seed'] });
    if (seed.value + takes - 1 > MAX_SEED) {
      const message = `take ${takes} would have the seed ${seed.value + takes - 1}; the largest is ${MAX_SEED}`;
      this.context.report('out-of-range', message, seed.path);
      return { value: 0, path: seed.path };
    }
    return { value: seed.value, path: seed.path };
  }

  private inputs(shot: WrittenShot, path: Path): Map<string, ShotInput> {
    const inputs = new Map<string, ShotInput>();
    const holders = [
      [this.defaults.inputs, ['defaults', 'inputs'], true],
      [shot.inputs, [...path, 'inputs'], false],
    ] as const;
    for (const [values, at, inherited] of holders) {
      for (const [name, value] of Object.entries<Json>(values ?? {})) {
        const reason = Object.hasOwn(NOT_IN_INPUTS, name) ? NOT_IN_INPUTS[name] : undefined;
        if (reason === undefined) inputs.set(name, { value, path: [...at, name], inherited });
        else
          this.context.report(
            'misplaced-input',
            `\`${name}\` does not go under \`inputs\`: ${reason}`,
            [...at, name],
            'key',
          );
      }
    }
    for (const name of GENERATION_FIELDS) {
      const field = this.field(shot, path, name);
      if (field !== undefined) inputs.set(name, field);
    }
    return inputs;
  }

  private transition(shot: WrittenShot, path: Path, index: number): Transition {
    const own = this.field(shot, path, 'transition');
    const shared = this.written.cut?.transition;
    const { value, path: at } =
      own ?? (shared ? { value: shared, path: ['cut', 'transition'] } : { value: CUT, path });
    if (value.type === 'cut' && value.duration !== undefined) {
      this.context.report('cut-duration', 'a cut takes no time; remove `duration`, or choose another type', [
        ...at,
        'duration',
      ]);
    }
    if (value.type === 'dissolve' && index === 0) {
      if (own?.inherited === false) {
        const message =
          'the first shot has nothing before it to dissolve from; use `fade`, which comes from black';
        this.context.report('nothing-before', message, [...at, 'type']);
      }
      return { type: 'cut', durationSeconds: 0, path: at };
    }
    // A fade that every shot inherits is one between shots: it is not meant for the first frame of the film.
    if (index === 0 && own?.inherited !== false) return { type: 'cut', durationSeconds: 0, path: at };
    const durationSeconds = value.type === 'cut' ? 0 : (value.duration ?? DEFAULT_TRANSITION_SECONDS);
    return { type: value.type, durationSeconds, path: at };
  }
}

const CUT: { type: 'cut'; duration?: undefined } = { type: 'cut' };

function compileCut(cut: WrittenStoryboard['cut']): CutSettings {
  return {
    fps: FRAME_RATES[cut?.fps ?? 30],
    fadeInSeconds: cut?.fade_in ?? 0,
    fadeOutSeconds: cut?.fade_out ?? 0,
  };
}

const FRAME_RATES: Readonly<Record<NonNullable<NonNullable<WrittenStoryboard['cut']>['fps']>, Fps>> = {
  23.976: { numerator: 24000, denominator: 1001 },
  24: { numerator: 24, denominator: 1 },
  25: { numerator: 25, denominator: 1 },
  29.97: { numerator: 30000, denominator: 1001 },
  30: { numerator: 30, denominator: 1 },
  50: { numerator: 50, denominator: 1 },
  60: { numerator: 60, denominator: 1 },
};

/** Where in the raw text of a scalar its `brace`-th opening brace stands; null if it is written as an escape. */
export function findBrace(raw: string, brace: number): number | null {
  const quoted = raw.startsWith('"');
  // The header of a block text may carry a comment.
  const from = /^[|>]/.test(raw) ? raw.indexOf('\n') : 0;
  let seen = 0;
  for (const match of raw.slice(from).matchAll(quoted ? /\\(?:x7b|u007b|U0000007b|.)|\{/gis : /\{/g)) {
    const isBrace = match[0] === '{' || /^\\(x7b|u007b|U0000007b)$/i.test(match[0]);
    if (isBrace && seen++ === brace) return match[0] === '{' ? from + match.index : null;
  }
  return null;
}
