import { promises as fs } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { EXIT, Failure } from '../failure.ts';
import { git, gitToFile } from './git.ts';
import type { Tree } from './tree.ts';

const LINK = '120000';
const FILE = /^100/;
const MAX_LINKS = 40;
const NAMES_ALONE = '--name-only -z --no-renames --no-ext-diff --no-relative --ignore-submodules=all'.split(
  ' ',
);

interface Entry {
  readonly mode: string;
  readonly object: string;
}

/**
 * The files of a commit. What the working tree still has as the commit has it is read from there; the rest is
 * written into a temporary folder when it is asked for, through git's filters, as a checkout would have it.
 */
export class CommitTree implements Tree {
  /** The commit's full name. */
  readonly commit: string;
  private readonly top: string;
  private readonly entries: ReadonlyMap<string, Entry>;
  /** Of the working tree, compared with the commit. */
  private readonly changed: ReadonlySet<string>;
  private readonly temporary: string;
  private readonly written = new Map<string, Promise<string>>();

  private constructor(
    place: { readonly commit: string; readonly top: string; readonly temporary: string },
    entries: ReadonlyMap<string, Entry>,
    changed: ReadonlySet<string>,
  ) {
    this.commit = place.commit;
    this.top = place.top;
    this.temporary = place.temporary;
    this.entries = entries;
    this.changed = changed;
  }

  /**
   * Opens the commit that `ref` names in a repository, given by its uppermost folder. Throws a Failure where there is
   * none. What is written is deleted with the folder `within`.
   */
  static async open(top: string, ref: string, within: string): Promise<CommitTree> {
    const commit = await commitOf(top, ref);
    const temporary = await fs.mkdtemp(join(within, 'commit-'));
    const [listed, changed] = await Promise.all([
      git(top, ['ls-tree', '-r', '-z', '--full-tree', commit]),
      git(top, ['diff', ...NAMES_ALONE, commit, '--']),
    ]);
    return new CommitTree({ commit, top, temporary }, parseEntries(listed), new Set(fields(changed)));
  }

  /** Whether the commit has a file there. */
  async has(path: string): Promise<boolean> {
    return (await this.find(path)) !== null;
  }

  async resolve(path: string): Promise<string> {
    const found = await this.find(path);
    if (found === null) throw systemError('ENOENT', path);
    return join(this.top, ...found.split('/'));
  }

  /** Of a folder itself, not of what a link leads to. */
  list(folder: string): Promise<string[]> {
    const prefix = `${this.inside(folder)}/`;
    const below = [...this.entries.keys()].filter(path => path.startsWith(prefix));
    const names = below.map(path => path.slice(prefix.length)).filter(name => !name.includes('/'));
    return Promise.resolve(names);
  }

  /** What is asked for twice is written once. */
  async bytesOf(resolved: string): Promise<string> {
    const path = this.inside(resolved);
    if (!this.changed.has(path) && (await isFile(resolved))) return resolved;
    const known = this.written.get(path);
    if (known !== undefined) return await known;
    const writing = this.write(path);
    this.written.set(path, writing);
    return await writing;
  }

  private async write(path: string): Promise<string> {
    const file = join(this.temporary, `${this.written.size}${extname(path)}`);
    await gitToFile(this.top, ['cat-file', '--filters', `${this.commit}:${path}`], file);
    return file;
  }

  /** Follows links as far as they stay inside the repository. Null where no file is. */
  private async find(path: string): Promise<string | null> {
    const rest = this.inside(path).split('/');
    const at: string[] = [];
    for (let links = 0; rest.length > 0; ) {
      const name = rest.shift() as string;
      if (name === '.' || name === '') continue;
      if (name !== '..') at.push(name);
      else if (at.pop() === undefined) return null;
      const entry = this.entries.get(at.join('/'));
      if (entry?.mode !== LINK) continue;
      if (++links > MAX_LINKS) throw systemError('ELOOP', path);
      const target = await git(this.top, ['cat-file', 'blob', entry.object]);
      if (target.startsWith('/')) return null;
      at.pop();
      rest.unshift(...target.split('/'));
    }
    const found = at.join('/');
    return FILE.test(this.entries.get(found)?.mode ?? '') ? found : null;
  }

  private inside(path: string): string {
    return relative(this.top, path).split(sep).join('/');
  }
}

/** The uppermost folder of the repository that a folder is in, links resolved. */
export async function repositoryOf(folder: string): Promise<string> {
  try {
    return await fs.realpath((await git(folder, ['rev-parse', '--show-toplevel'])).replace(/\r?\n$/, ''));
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'git-failed') throw error;
    throw new Failure('no-repository', `${folder} is in no git repository that can be read`, {
      hint: `${error.message}. Two files are compared by \`storyreel diff OLD NEW\`.`,
      cause: error,
      exitCode: EXIT.usage,
    });
  }
}

/** The ref goes to git as a name alone: what begins with a dash would be taken for an option. */
async function commitOf(top: string, ref: string): Promise<string> {
  const known = ref !== '' && !ref.startsWith('-');
  const commit = known
    ? await git(top, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]).catch(error => {
        if (error instanceof Failure && error.code === 'git-failed') return '';
        throw error;
      })
    : '';
  if (/^[0-9a-f]{40,64}$/.test(commit.trim())) return commit.trim();
  throw new Failure('no-commit', `git knows no commit ${JSON.stringify(ref)}`, {
    hint: 'Name a branch, a tag or a commit. A shallow clone has few of them: `git fetch` brings the others, and a branch that was never checked out is called origin/NAME.',
    exitCode: EXIT.usage,
  });
}

/** `100644 blob <object>\t<path>`, each ended by NUL. */
function parseEntries(listed: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const line of fields(listed)) {
    const [mode = '', , object = ''] = line.split(/[ \t]/, 3);
    entries.set(line.slice(line.indexOf('\t') + 1), { mode, object });
  }
  return entries;
}

function fields(text: string): string[] {
  return text.split('\0').filter(Boolean);
}

async function isFile(path: string): Promise<boolean> {
  return await fs.stat(path).then(
    stat => stat.isFile(),
    () => false,
  );
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code, path });
}
