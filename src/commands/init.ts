import { promises as fs } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, type ExitCode, Failure, hasCode, systemFailure } from '../failure.ts';
import { schemaPath } from '../project/language.ts';
import { makeFolder } from '../store/make-folder.ts';
import type { CommandContext } from './context.ts';
import type { Template } from './templates.ts';

const STORYBOARDS = new URL('../../storyboards/', import.meta.url);

/** Writes a new project into a folder that is new or empty. */
export async function initCommand(
  dir: string,
  { template = 'hello' }: { template?: Template },
  { terminal, cwd }: CommandContext,
): Promise<ExitCode> {
  const target = resolve(cwd, dir);
  try {
    await refuseFull(target, dir);
    await makeFolder(target);
    const source = fileURLToPath(new URL(`${template}/`, STORYBOARDS));
    await fs.cp(source, target, { recursive: true, errorOnExist: true, force: false });
    await bringSchemas(target);
    await fs.writeFile(join(target, '.gitignore'), '.storyreel/\nout/\n', { flag: 'wx' });
    await makeFolder(join(target, '.storyreel')); // marks the project's folder
  } catch (error) {
    throw systemFailure(error, `cannot write the project to ${dir}`);
  }
  const shown = relative(cwd, target) || '.';
  terminal.out(
    `Wrote a project to ${shown}. Next:\n\n  storyreel render ${shown}     draws the film, free of charge\n  storyreel plan ${shown}       tells what the real one would cost\n`,
  );
  return EXIT.done;
}

/** Copies of the schemas, so that editors find them wherever storyreel itself is installed. */
async function bringSchemas(target: string): Promise<void> {
  await fs.mkdir(join(target, 'schemas'));
  for (const file of await fs.readdir(target)) {
    if (!file.endsWith('.yaml')) continue;
    const text = await fs.readFile(join(target, file), 'utf8');
    const [, schema] = /\$schema=\.\.\/\.\.\/schemas\/(\S+)/.exec(text) ?? [];
    if (schema === undefined) continue;
    await fs.copyFile(schemaPath(schema), join(target, 'schemas', schema));
    await fs.writeFile(join(target, file), text.replace('$schema=../../schemas/', '$schema=schemas/'));
  }
}

async function refuseFull(target: string, dir: string): Promise<void> {
  try {
    const present = (await fs.readdir(target)).filter(name => name !== '.git');
    if (present.length === 0) return;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  throw new Failure('not-empty', `${dir} is not empty`, {
    hint: 'Name a new folder; nothing was written.',
    exitCode: EXIT.usage,
  });
}
