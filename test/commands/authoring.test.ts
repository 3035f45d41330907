import { promises as fs } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { render } from '../../src/index.ts';
import { checkFiles } from '../../src/project/check-files.ts';
import { formatFile } from '../../src/project/format-file.ts';
import { importFile } from '../../src/project/import-file.ts';
import { rewriteFile } from '../../src/project/rewrite-file.ts';
import { cli, testProject } from '../support/project.ts';

const SHOTS = 'shot,description,duration,cast,grip\n1,Nell runs {fast},2,Nell,dolly\n';

describe('import', () => {
  test('a shot list becomes a new file that checks, and renders as an animatic', async () => {
    const project = await testProject({ 'list.csv': SHOTS });
    const { code, stdout, stderr } = await cli(['import', 'list.csv', '--out', 'film.yaml'], {
      cwd: project.folder,
    });
    expect([code, stdout]).toEqual([0, '']);
    expect(
      stderr,
    ).toBe(`list.csv:1:32 warning nothing in a storyboard is called "grip"; its cells become comments. Known are shot, scene, description, duration, camera, characters, dialogue, transition, notes [unknown-column]
  1 │ shot,description,duration,cast,grip
    │                                ^^^^

1 warning in list.csv
Wrote film.yaml. Next:

  storyreel render film.yaml     draws it, free of charge
`);
    expect((await checkFiles(['film.yaml'], project.folder)).diagnostics).toEqual([]);
    const { exitCode } = await render(['film.yaml'], { cwd: project.folder, environment: process.env });
    expect(exitCode).toBe(0);
    expect((await fs.stat(project.path('out/film/film.mp4'))).size).toBeGreaterThan(1000);
  });

  test('nothing is written over, or for a script with errors', async () => {
    const project = await testProject({ 'list.csv': 'a,b\n', 'film.yaml': 'mine' });
    const { code, stdout, stderr } = await cli(['import', 'list.csv', '--out', 'film.yaml'], {
      cwd: project.folder,
    });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('list.csv:1:1 error');
    expect(await project.read('film.yaml')).toBe('mine');
  });

  test('what cannot be read is told of without a stack', async () => {
    const project = await testProject({
      'big.csv': Buffer.alloc(50 * 1024 * 1024, 'a,b\n'),
      'film.doc': 'x',
    });
    const failure = async (file: string) =>
      await importFile(file, project.path(file), undefined).catch(error => [error.code, error.exitCode]);
    expect(await failure('big.csv')).toEqual(['script-too-large', 2]);
    expect(await failure('film.doc')).toEqual(['unknown-format', 2]);
    expect(await failure('gone.csv')).toEqual(['not-found', 2]);
    expect(await failure('.storyreel')).toEqual(['unknown-format', 2]);
    const { storyboard } = await importFile('film.doc', project.path('film.doc'), 'fountain');
    expect(storyboard).toContain('prompt: x');
  });
});

describe('fmt', () => {
  const UNTIDY = 'title: a\nversion:   1\nshots: [{prompt: A door, id: a}]\n';
  const TIDY = 'version: 1\ntitle: a\nshots: [{ id: a, prompt: A door }]\n';

  test('rewrites what is not formatted and names it; what is broken stays', async () => {
    const files = {
      'a.yaml': UNTIDY,
      'b.yaml': TIDY,
      'c.yaml': 'version: [1\n',
      'film/storyboard.yaml': UNTIDY,
    };
    const project = await testProject(files);
    const { code, stdout, stderr } = await cli(['fmt', 'a.yaml', 'b.yaml', 'c.yaml', 'film'], {
      cwd: project.folder,
    });
    expect([code, stdout]).toEqual([2, 'a.yaml\nfilm/storyboard.yaml\n']);
    expect(stderr).toMatch(/^c\.yaml:2:1 error .*\[yaml-syntax\]/);
    expect(stderr).toContain('c.yaml was left as it is');
    expect(await project.read('a.yaml')).toBe(TIDY);
    expect(await project.read('film/storyboard.yaml')).toBe(TIDY);
    expect(await project.read('c.yaml')).toBe(files['c.yaml']);
  });

  test('a link stays a link, and nobody else may read what only its author could', async () => {
    const project = await testProject({ 'a.yaml': UNTIDY });
    await fs.chmod(project.path('a.yaml'), 0o600);
    await fs.symlink('a.yaml', project.path('link.yaml'));
    const formatted = await formatFile('link.yaml', project.folder);
    await rewriteFile(formatted.source, formatted.path, formatted.text ?? '');
    expect((await fs.lstat(project.path('link.yaml'))).isSymbolicLink()).toBe(true);
    expect((await fs.stat(project.path('a.yaml'))).mode & 0o777).toBe(0o600);
    expect(await project.read('a.yaml')).toBe(TIDY);
  });

  test('what was saved in the meantime is not written over', async () => {
    const project = await testProject({ 'a.yaml': UNTIDY });
    const formatted = await formatFile('a.yaml', project.folder);
    await project.write('a.yaml', 'title: b\n');
    await expect(rewriteFile(formatted.source, formatted.path, TIDY)).rejects.toMatchObject({
      code: 'changed-meanwhile',
    });
    expect(await project.read('a.yaml')).toBe('title: b\n');
  });

  test('a file that is not there is a mistake of the command line', async () => {
    const { folder } = await testProject();
    await expect(formatFile('gone.yaml', folder)).rejects.toMatchObject({ code: 'not-found', exitCode: 2 });
  });

  test('a file of 50 MB is refused without being read', async () => {
    const project = await testProject({ 'big.yaml': Buffer.alloc(50 * 1024 * 1024, 'a: b\n') });
    const { text, diagnostics } = await formatFile('big.yaml', project.folder);
    expect([text, diagnostics[0]?.code]).toEqual([null, 'file-too-large']);
  });
});
