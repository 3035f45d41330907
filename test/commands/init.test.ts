import { promises as fs } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CommandContext } from '../../src/commands/context.ts';
import { initCommand } from '../../src/commands/init.ts';
import { TEMPLATES, type Template } from '../../src/commands/templates.ts';
import { check, plan, render } from '../../src/index.ts';
import { type TestProject, testProject } from '../support/project.ts';
import { inRepository } from '../support/repository.ts';

const templates = Object.keys(TEMPLATES) as Template[];

async function begin(template: Template): Promise<TestProject> {
  const project = await testProject();
  const context = { cwd: project.folder, terminal: { out: () => {} } } as unknown as CommandContext;
  await initCommand('film', { template }, context);
  return project;
}

describe.each(templates)('a project begun from %s', template => {
  test('has no errors and no warnings, and can be planned', async () => {
    const { folder } = await begin(template);
    expect((await check(['film'], folder)).diagnostics).toEqual([]);
    const { plan: made } = await plan(['film'], { cwd: folder });
    expect(made.storyboards).toMatchObject([{ file: 'film/storyboard.yaml' }]);
    expect(made.newMicros).toBe(0);
  });

  test('brings the schemas that its files name', async () => {
    const project = await begin(template);
    for (const file of ['storyboard.yaml', ...(template === 'reel' ? ['cast.yaml'] : [])]) {
      const schema = /\$schema=(\S+)/.exec(await project.read(`film/${file}`))?.[1];
      expect(JSON.parse(await project.read(`film/${schema}`)).properties.version).toBeDefined();
    }
  });
});

test('the page of commands lists the templates', async () => {
  const page = await fs.readFile(inRepository('docs/commands.md'), 'utf8');
  for (const [name, description] of Object.entries(TEMPLATES))
    expect(page).toContain(`| \`${name}\` | ${description}`);
});

test('the reel is drawn with its included cast', async () => {
  const { folder } = await begin('reel');
  const options = { cwd: folder, environment: process.env, only: 'crossing/rope', cut: false };
  expect(await render(['film'], options)).toMatchObject({ exitCode: 0 });
});

test('a line that the draft of the reel has no time for is told of once', async () => {
  const { folder } = await begin('reel');
  const { diagnostics } = await check(['film'], folder, { profile: 'draft' });
  expect(diagnostics.map(({ code, severity, message }) => [code, severity, message])).toEqual([
    [
      'never-shown',
      'warning',
      'nobody sees it: it begins after 2.6 s, and the next shot takes over after 2.5 s',
    ],
  ]);
});

test('the reel has a cheap draft, the advertisement another client', async () => {
  const reel = await begin('reel');
  const cost = async (profile: string) =>
    (await plan(['film'], { cwd: reel.folder, profile, provider: 'wavespeed' })).plan.totalMicros;
  expect(await cost('draft')).toBeLessThan(await cost('final'));
  const ad = await begin('ad');
  const variables = new Map([
    ['client', 'Hafensalz'],
    ['claim', 'Der Winter in einer Kiste'],
    ['language', 'deu'],
  ]);
  const { diagnostics, storyboards } = await check(['film'], ad.folder, { variables });
  expect([diagnostics, storyboards[0]?.storyboard.title]).toEqual([
    [],
    'Hafensalz: Der Winter in einer Kiste',
  ]);
});
