import type { Json } from '../plan/request.ts';
import { checkId } from './check-id.ts';
import type { CompileContext } from './compile.ts';
import { compileEditorial } from './compile-editorial.ts';
import { compileLocal, localSourceOf } from './compile-local.ts';
import { mediumOf } from './medium.ts';
import type { Path } from './parse-yaml.ts';
import { mentionsIn, type PromptPart } from './prompt.ts';
import { type PromptNames, readPrompt, unknownReference, wasRefused } from './read-prompt.ts';
import { type Entry, NO_PROFILE, type Profile, ShotFields } from './shot-fields.ts';
import type { Editorial, Item, Medium, Reference, Shot, ShotInput } from './storyboard.ts';
import type { WrittenStoryboard } from './written.ts';

export const DEFAULT_MODEL = 'alibaba/wan-2.7/reference-to-video';
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
      'videos',
      'takes',
      'pick',
      'priority',
      'transition',
    ].map(field => [field, "write it as the shot's own field"]),
  ),
};

function profileOf({ profiles }: WrittenStoryboard, name: string | undefined): Profile {
  return name === undefined ? NO_PROFILE : { values: profiles?.[name] ?? {}, path: ['profiles', name] };
}

/** Makes items of what is written: merges defaults, and looks into prompts. */
export class ShotCompiler {
  private readonly written: WrittenStoryboard;
  private readonly fields: ShotFields;
  private readonly references: ReadonlyMap<string, Reference>;
  private readonly style: readonly PromptPart[];
  private readonly context: CompileContext;
  private readonly ids = new Map<string, string>();
  private readonly plainNames: PromptNames;
  private reports = 0;

  constructor(
    written: WrittenStoryboard,
    references: ReadonlyMap<string, Reference>,
    style: readonly PromptPart[],
    context: CompileContext,
  ) {
    this.written = written;
    this.fields = new ShotFields(written.defaults ?? {}, profileOf(written, context.profile));
    this.references = references;
    this.plainNames = { references, standIns: new Map(), own: new Map() };
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

  item(entry: Entry, index: number): Item {
    checkId(entry.shot.id, [...entry.path, 'id'], this.ids, 'shot', this.context);
    const editorial = compileEditorial(entry, index, this.fields, this.written.cut, this.context);
    const local = localSourceOf(entry.shot);
    return local === null
      ? this.shot(entry, editorial)
      : compileLocal(local, editorial, entry, this.fields, this.context);
  }

  private shot(entry: Entry, editorial: Editorial): Shot {
    const { path } = entry;
    const prompt = this.fields.find(entry, 'prompt');
    if (prompt === undefined && !this.complains(path)) {
      this.context.report('missing-key', 'a shot needs `prompt`; or `clip`, `still` or `card`', [
        ...path,
        'id',
      ]);
    }
    if (prompt !== undefined && entry.shot.move !== undefined) {
      const message =
        '`move` does nothing here: it moves the view of a `still`; say in the prompt how this one moves';
      this.context.report('idle-field', message, [...path, 'move'], 'key');
    }
    const reportsBefore = this.reports;
    const names = this.names(entry);
    const parts = prompt === undefined ? [] : this.prompt(prompt.value, prompt.path, names);
    const references = this.shotReferences(entry, parts, names);
    const incomplete = prompt === undefined || this.reports > reportsBefore;
    const image = this.image(entry, references);
    const { takes, seeds, pick } = this.takes(entry);
    return {
      ...editorial,
      kind: 'shot',
      model: this.fields.find(entry, 'model') ?? { value: DEFAULT_MODEL, path },
      prompt: { value: parts, path: prompt?.path ?? path },
      references,
      incomplete,
      described: parts.flatMap(part =>
        'described' in part && part.described !== undefined ? [part.described] : [],
      ),
      image,
      inputs: this.inputs(entry),
      seed: this.seed(entry, seeds === null ? takes : 1),
      takes,
      seeds,
      priority: this.fields.find(entry, 'priority')?.value ?? null,
      pick,
    };
  }

  /** Whether what a shot shows was refused by the schema check. */
  private complains(path: Path): boolean {
    return ['prompt', 'clip', 'still', 'card'].some(name => this.context.complained([...path, name]));
  }

  private prompt(text: string, path: Path, names: PromptNames): readonly PromptPart[] {
    const own = readPrompt(text, path, names, this.context);
    if (text.trim() === '')
      this.context.report('empty-prompt', 'the prompt is empty; say what happens in the shot', path);
    if (this.style.length === 0) return own;
    const style =
      names.standIns.size === 0
        ? this.style
        : readPrompt(this.written.style ?? '', ['style'], names, this.context);
    return [...own, { text: /[.!?,;:…]$/.test(text.trim()) ? ' ' : ', ' }, ...style];
  }

  /** What the names in a shot's prompt stand for. */
  private names(entry: Entry): PromptNames {
    const listed = this.fields.find(entry, 'references');
    const isPlain = (listed === undefined || Array.isArray(listed.value)) && entry.shot.videos === undefined;
    if (isPlain) return this.plainNames; // most shots: 10,000 share them
    const standIns = new Map<string, string>();
    if (listed !== undefined && !Array.isArray(listed.value)) {
      for (const [name, standIn] of Object.entries(listed.value)) {
        if (this.references.has(standIn)) standIns.set(name, standIn);
        else this.reportUnknown(standIn, [...listed.path, name]);
        if (!this.references.has(name)) this.reportUnknown(name, [...listed.path, name], 'key');
      }
    }
    const videos = (entry.shot.videos ?? []).flatMap(
      (video, index) => mediumOf(video, [...entry.path, 'videos', index], null) ?? [],
    );
    const own = videos.map((video): [string, Reference] => {
      const name = 'from' in video ? video.from : '';
      return [
        name === '' ? `\0${(video as { file: string }).file}` : name,
        { name, kind: 'shot', description: null, videos: [video], image: null },
      ];
    });
    return { references: this.references, standIns, own: new Map(own) };
  }

  private reportUnknown(name: unknown, path: Path, part: 'key' | 'value' = 'value'): void {
    if (typeof name !== 'string') return; // refused by the schema check
    if (wasRefused(name, this.context)) this.context.skipped();
    else this.context.report('unknown-reference', unknownReference(name, this.references), path, part);
  }

  /** By first mention in the prompt, then as they are listed, then the shot's own. */
  private shotReferences(entry: Entry, parts: readonly PromptPart[], names: PromptNames): Reference[] {
    const mentions = mentionsIn(parts);
    const shown = new Set(mentions.map(({ name }) => name));
    const whole = new Set(mentions.flatMap(({ name, form }) => (form === 'media' ? [name] : [])));
    const listed = this.fields.find(entry, 'references');
    const named = Array.isArray(listed?.value) ? listed.value : [];
    for (const [index, name] of named.entries()) {
      if (this.references.has(name)) whole.add(name);
      else this.reportUnknown(name, [...(listed?.path ?? entry.path), index]);
    }
    for (const name of [...whole, ...names.standIns.values()]) shown.add(name);
    const found = [...shown].flatMap(name => this.references.get(name) ?? names.own.get(name) ?? []);
    const rest = [...names.own.values()].filter(own => !found.includes(own));
    const imaged = new Set(mentions.flatMap(({ name, form }) => (form === 'image' ? [name] : [])));
    return imaged.size === 0
      ? [...found, ...rest]
      : [...found, ...rest].map(reference => withNamedImage(reference, imaged, whole));
  }

  private image(entry: Entry, references: readonly Reference[]): Medium | null {
    const own = this.fields.find(entry, 'image');
    const bringers = references.filter(reference => reference.image !== null).map(({ name }) => `"${name}"`);
    if (own !== undefined && bringers.length > 0) {
      const message = `a shot has one image: this one, or that of ${bringers.join(' and ')}`;
      this.context.report('two-images', message, own.path);
    } else if (bringers.length > 1) {
      const message = `a shot has one image, but ${bringers.join(' and ')} bring one each; leave one of them out, or give it a video alone`;
      this.context.report('two-images', message, this.fields.find(entry, 'prompt')?.path ?? entry.path);
    }
    return own === undefined ? null : mediumOf(own.value, own.path, 'last');
  }

  private takes(entry: Entry): Pick<Shot, 'takes' | 'seeds' | 'pick'> {
    const written = this.fields.find(entry, 'takes')?.value ?? 1;
    const seeds = typeof written === 'number' ? null : (written.seeds ?? []);
    const takes = typeof written === 'number' ? written : Math.max(1, written.seeds?.length ?? 0);
    if (seeds !== null && entry.shot.seed !== undefined) {
      const message = 'a shot has either a `seed` or the `seeds` of its takes; leave one of them out';
      this.context.report('two-seeds', message, [...entry.path, 'seed'], 'key');
    }
    const pick = this.fields.find(entry, 'pick');
    if (pick !== undefined && pick.value > takes) {
      const message = `\`pick\` names take ${pick.value}, but the shot has ${takes === 1 ? 'one take' : `${takes} takes`}`;
      this.context.report('no-such-take', message, pick.path);
      return { takes, seeds, pick: 1 };
    }
    return { takes, seeds, pick: pick?.value ?? 1 };
  }

  private seed(entry: Entry, takes: number) {
    const seed =
      this.fields.find(entry, 'seed') ??
      (this.written.seed === undefined
        ? { value: 0, path: entry.path }
        : { value: this.written.seed, path: ['seed'] });
    if (seed.value + takes - 1 > MAX_SEED) {
      const message = `take ${takes} would have the seed ${seed.value + takes - 1}; the largest is ${MAX_SEED}`;
      this.context.report('out-of-range', message, seed.path);
      return { value: 0, path: seed.path };
    }
    return { value: seed.value, path: seed.path };
  }

  private inputs(entry: Entry): Map<string, ShotInput> {
    const inputs = new Map<string, ShotInput>();
    const holders = [
      [this.fields.defaults.inputs, ['defaults', 'inputs'], true],
      [entry.shot.inputs, [...entry.path, 'inputs'], false],
      [this.fields.profile.values.inputs, [...this.fields.profile.path, 'inputs'], true],
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
      const field = this.fields.find(entry, name);
      if (field !== undefined) inputs.set(name, field);
    }
    return inputs;
  }
}

/** Where a prompt names images by `{name.image}`, the other references bring their videos alone. */
function withNamedImage(
  reference: Reference,
  imaged: ReadonlySet<string>,
  whole: ReadonlySet<string>,
): Reference {
  const { name, videos } = reference;
  if (imaged.has(name)) return whole.has(name) ? reference : { ...reference, videos: [] };
  return videos.length === 0 ? reference : { ...reference, image: null };
}
