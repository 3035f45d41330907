import { promises as fs } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import type { ErrorCode } from '../explanations/explanations.ts';
import { EXIT, Failure, hasCode } from '../failure.ts';
import type { Diagnostic } from '../storyboard/diagnostic.ts';
import { MAX_BYTES, parseYaml, tooLarge } from '../storyboard/parse-yaml.ts';
import type { Part } from '../storyboard/part.ts';
import type { Source } from '../storyboard/source.ts';
import type { StoryboardFile } from './project.ts';
import { findFile, isElsewhere, placeOf } from './reference-files.ts';

/** A storyboard's file with all that it includes, as text and data. */
export interface ReadParts {
  readonly root: Part;
  /** Of files that cannot be included. */
  readonly diagnostics: readonly Diagnostic[];
  /** Of all files, the storyboard's own first. */
  readonly sources: readonly Source[];
  /** Where included files are looked for, absolute: whether there is something or not. */
  readonly named: readonly string[];
}

/** Reads a storyboard and what it includes, each file once. Throws a Failure if the storyboard itself cannot be read. */
export async function readParts(storyboard: StoryboardFile): Promise<ReadParts> {
  try {
    const path = await storyboard.tree.resolve(storyboard.path);
    const reader = new PartReader(storyboard, path);
    return reader.result(await reader.part(storyboard.file, path, []));
  } catch (error) {
    throw unreadable(storyboard.file, error);
  }
}

const MAX_DEPTH = 32;

/** A part that is still being filled. */
type OpenPart = { -readonly [Name in keyof Part]: Part[Name] } & { readonly includes: Part[] };

class PartReader {
  private readonly storyboard: StoryboardFile;
  private readonly folder: string;
  private readonly parts = new Map<string, Part>();
  private readonly diagnostics: Diagnostic[] = [];
  private readonly named = new Set<string>();

  constructor(storyboard: StoryboardFile, path: string) {
    this.storyboard = storyboard;
    this.folder = dirname(path);
  }

  result(root: Part): ReadParts {
    const sources = [...this.parts.values()].map(({ source }) => source);
    return { root, diagnostics: this.diagnostics, sources, named: [...this.named] };
  }

  /** `trail` holds the files that led here; paths are absolute, links resolved. */
  async part(file: string, path: string, trail: readonly string[]): Promise<Part> {
    const { source, yaml } = await this.open(file, path);
    const part: OpenPart = { source, yaml, rebase: this.rebaseFrom(path), includes: [], lacking: false };
    this.parts.set(path, part);
    const names = (yaml.data as { readonly include?: unknown } | null | undefined)?.include;
    for (const [index, name] of (Array.isArray(names) ? names : []).entries()) {
      if (typeof name !== 'string') continue; // the schema check refuses it
      const included = await this.included(name, file, [...trail, path]);
      if ('source' in included) part.includes.push(included);
      else {
        part.lacking = true;
        const range = yaml.locate(['include', index]);
        this.diagnostics.push({ ...included, severity: 'error', file, range });
      }
    }
    return part;
  }

  private async included(
    name: string,
    from: string,
    trail: readonly string[],
  ): Promise<Part | { code: ErrorCode; message: string }> {
    const own = trail.at(-1) as string;
    const place = placeOf(name, own);
    if (place !== null) this.named.add(place);
    const path = await findFile(name, { ...this.storyboard, file: from, path: own });
    if (typeof path !== 'string') return path;
    if (trail.includes(path)) {
      const message =
        path === own ? 'a file cannot include itself' : `${name} includes this file in its turn`;
      return { code: 'include-cycle', message };
    }
    if (trail.length >= MAX_DEPTH) {
      const message = `files include each other more than ${MAX_DEPTH} deep`;
      return { code: 'nested-too-deep', message };
    }
    return this.parts.get(path) ?? (await this.part(join(dirname(from), name), path, trail));
  }

  private async open(file: string, path: string): Promise<Pick<Part, 'source' | 'yaml'>> {
    const bytes = await this.storyboard.tree.bytesOf(path);
    const stat = await fs.stat(bytes);
    // A pipe or a device may have no end.
    if (!stat.isFile()) throw new Failure('not-readable', `${file} is not a file`, { exitCode: EXIT.usage });
    const { size } = stat;
    if (size <= MAX_BYTES) {
      const source = { file, text: (await fs.readFile(bytes, 'utf8')).replace(/^\uFEFF/, '') };
      return { source, yaml: parseYaml(source) };
    }
    const range = { start: 0, end: 0 };
    const diagnostic = {
      code: 'file-too-large',
      severity: 'error',
      message: tooLarge(size),
      file,
      range,
    } as const;
    return {
      source: { file, text: '' },
      yaml: { data: undefined, diagnostics: [diagnostic], locate: () => range },
    };
  }

  /** From an included file's folder to the storyboard's; with forward slashes, so that plans are the same everywhere. */
  private rebaseFrom(path: string): Part['rebase'] {
    const folder = relative(this.folder, dirname(path)).split(sep).join('/');
    return file => (folder === '' || isElsewhere(file) ? file : posix.join(folder, file));
  }
}

/** What the disk says of a storyboard that cannot be read, as a Failure. */
export function unreadable(file: string, error: unknown): unknown {
  if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
    return new Failure('not-found', `there is no storyboard ${file}`, {
      hint: 'Check the path; `storyreel init DIR` makes a new project.',
      cause: error,
      exitCode: EXIT.usage,
    });
  }
  if (hasCode(error, 'EISDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG')) {
    return new Failure('not-readable', `${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
      exitCode: EXIT.usage,
    });
  }
  return error;
}
