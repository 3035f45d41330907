import { promises as fs } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { quietProgram } from './support/program.ts';

const inRepository = (file: string) => new URL(`../${file}`, import.meta.url);
const PAGE = await fs.readFile(inRepository('docs/commands.md'), 'utf8');

/** The text of each section, by each word of its heading: `## takes, pick` is of both. */
const SECTIONS = new Map(
  PAGE.split(/^## /m)
    .slice(1)
    .flatMap(section => {
      const [heading = ''] = section.split('\n');
      return heading.split(', ').map(name => [name, section] as const);
    }),
);

/** Every command that does something, with its whole name: `cache prune`. */
function actions({ commands }: Command, before = ''): { name: string; command: Command }[] {
  return commands.flatMap(command => {
    const name = `${before}${command.name()}`;
    return command.commands.length === 0 ? [{ name, command }] : actions(command, `${name} `);
  });
}

describe('the page of the commands', () => {
  test.each(actions(quietProgram()))('tells of $name and all its flags', ({ name, command }) => {
    const section = SECTIONS.get(name.split(' ')[0] ?? '') ?? '';
    const shared = SECTIONS.get('Flags that several commands share') ?? '';
    expect(section).toContain(name);
    for (const { long, argChoices = [] } of command.options) {
      const told = [section, shared].filter(text => new RegExp(`${long}(?![a-z-])`).test(text));
      expect([long, told.length > 0]).toEqual([long, true]);
      for (const value of argChoices) expect(told.join('\n')).toContain(value);
    }
  });

  test('names the schema of all that is printed as JSON, and each is there', async () => {
    const table = SECTIONS.get('JSON') ?? '';
    for (const { name, command } of actions(quietProgram()))
      if (command.options.some(({ long }) => long === '--json'))
        expect(table).toMatch(new RegExp(`^\\| .*\`${name} --json\`.* \\| \\[schemas/`, 'm'));
    const files = [...PAGE.matchAll(/\]\(\.\.\/(schemas\/[^)]*)\)/g)].map(([, file]) => file ?? '');
    for (const file of files) await expect(fs.access(inRepository(file))).resolves.toBeUndefined();
  });

  test('has tables without a gap', () => {
    expect(PAGE).not.toMatch(/^\|.*\n\n\|/m);
  });
});
