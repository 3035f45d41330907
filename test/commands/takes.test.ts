import { promises as fs } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pickTake, writePick } from '../../src/project/pick-take.ts';
import { buy, emulate, paidProject } from '../support/paid.ts';
import { cli, command, testProject } from '../support/project.ts';
import { asPublished, publishedSchema } from '../support/schema.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

describe('takes', () => {
  test('--json is as its schema says; the sheet is a PNG that is drawn from stills kept in derived/', async () => {
    const emulator = await emulate();
    const project = await paidProject(shot('a', { takes: 2, pick: 2 }));
    await buy(project, emulator);
    await project.write('reel.yaml', (await project.read('reel.yaml')).replace('does a', 'sits'));
    const { code, stdout } = await cli(['takes', 'reel.yaml', '--json'], { cwd: project.folder });
    const printed = JSON.parse(stdout);
    const validate = publishedSchema('takes.schema.json');
    expect([code, validate(printed), validate.errors]).toEqual([0, true, null]);
    expect(printed).toMatchObject({
      provider: 'wavespeed',
      sheets: [project.path('out/reel/takes.png')],
      takes: [
        { take: 1, state: 'missing', current: true, picked: false, locked: false, cost: null },
        { take: 2, state: 'missing', picked: true },
        {
          take: 1,
          state: 'rendered',
          current: false,
          locked: true,
          changed: ['prompt'],
          cost: '0.70',
          seed: 0,
        },
        { take: 2, state: 'rendered', seed: 1 },
      ],
    });
    const png = await fs.readFile(project.path('out/reel/takes.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    const stills = await fs.readdir(project.path('.storyreel/derived/stills'), { recursive: true });
    expect(stills.filter(name => name.endsWith('.jpg'))).toHaveLength(2);

    const text = await cli(['takes', 'reel.yaml', '--no-sheet'], { cwd: project.folder });
    expect(text.stdout.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'date      and time')).toMatchInlineSnapshot(`
      "Test  reel.yaml  by wavespeed: 1 shot, 2 takes, 2 older

        shot  seed  price  rendered (UTC)
        a 1      0                           not rendered yet
        a 2      1                           ◂ picked, not rendered yet
        a 1      0  $0.70  date      and time  locked, older: prompt changed
        a 2      1  $0.70  date      and time  locked, older: prompt changed

      An older take costs nothing again: put back what changed, and the next render finds its clip.
      "
    `);
  });
});

describe('pick', () => {
  test('shows the edit, and makes it only when told to', async () => {
    const text = storyboardText(shot('a', { takes: 3 }) + shot('b'));
    const project = await testProject({ ...REFERENCES, 'reel.yaml': `\uFEFF${text}` });
    await fs.chmod(project.path('reel.yaml'), 0o640);
    await fs.symlink('reel.yaml', project.path('link.yaml'));
    const pick = await pickTake('link.yaml', 'a', 3, project.folder);
    expect([pick.line, await project.read('reel.yaml')]).toEqual([11, `\uFEFF${text}`]);
    await writePick(pick);
    expect(await project.read('reel.yaml')).toBe(
      `\uFEFF${text.replace('takes: 3\n', 'takes: 3\n    pick: 3\n')}`,
    );
    expect((await fs.stat(project.path('reel.yaml'))).mode & 0o777).toBe(0o640);
    expect((await fs.lstat(project.path('link.yaml'))).isSymbolicLink()).toBe(true);
    expect(await pickTake('link.yaml', 'a', 3, project.folder)).toMatchObject({ after: null, line: null });
    // Somebody else was faster.
    await expect(writePick(pick)).rejects.toMatchObject({ code: 'changed-meanwhile' });
  });

  test('prints file, line and diff', async () => {
    const project = await testProject({
      ...REFERENCES,
      'reel.yaml': storyboardText(shot('a', { takes: 3, pick: 2 })),
    });
    expect(await cli(['pick', 'reel.yaml', 'a', '3'], { cwd: project.folder })).toEqual({
      code: 0,
      stdout: `reel.yaml:11
--- reel.yaml
+++ reel.yaml
@@ -8,4 +8,4 @@
     prompt: "{mira} does a"
     duration: 2
     takes: 3
-    pick: 2
+    pick: 3
Nothing was changed; run it again with --write.
`,
      stderr: '',
    });
    const told = async (...flags: string[]) => {
      const args = ['pick', 'reel.yaml', 'a', '3', '--json', ...flags];
      return asPublished('pick.schema.json', (await command(args, { cwd: project.folder })).stdout);
    };
    const wanted = { file: 'reel.yaml', shot: 'a', take: 3 };
    const diff = expect.stringMatching(/^- {4}pick: 2\n\+ {4}pick: 3$/m);
    expect(await told()).toMatchObject({ ...wanted, line: 11, before: 2, written: false, diff });
    expect(await told('--write')).toMatchObject({ ...wanted, line: 11, before: 2, written: true, diff });
    expect(await told()).toMatchObject({ ...wanted, line: null, before: 3, written: false, diff: null });
  });

  test.each([
    ['arival', 1, 'no-shot', 'reel.yaml has no shot "arival"; did you mean "arrival"?'],
    ['quay/arrival', 1, 'no-shot', 'reel.yaml has no shot "quay/arrival"; did you mean "port/arrival"?'],
    ['port/arrival', 3, 'no-take', 'there is no take 3 of arrival: it has 2 takes'],
    ['title', 1, 'no-shot', '"title" is a card: it is not generated, and has no takes'],
  ])('%s, take %d is refused: %s', async (name, take, code, message) => {
    const project = await testProject({
      ...REFERENCES,
      'reel.yaml': `version: 1
characters: { mira: { videos: [refs/mira.mp4] } }
defaults: { takes: 2, pick: 2 }
scenes:
  - id: port
    shots:
      - { id: title, card: { title: Port }, duration: 1 }
      - { id: arrival, prompt: "{mira}" }
`,
    });
    await expect(pickTake('reel.yaml', name, take, project.folder)).rejects.toMatchObject({
      code,
      message,
      exitCode: 2,
    });
    // What comes from the defaults is overruled by the shot alone.
    const { after } = await pickTake('reel.yaml', 'port/arrival', 1, project.folder);
    expect(after?.text).toContain('{ id: arrival, pick: 1, prompt: "{mira}" }');
  });
});
