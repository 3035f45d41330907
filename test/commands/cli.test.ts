import { spawn } from 'node:child_process';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  CLI,
  cli,
  command,
  makeClip,
  type TestProject,
  testFfmpeg,
  testProject,
} from '../support/project.ts';
import { asPublished, publishedSchema } from '../support/schema.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

async function project(shots = shot('a'), rest = ''): Promise<TestProject> {
  return await testProject({ ...REFERENCES, 'reel.yaml': storyboardText(shots, rest) });
}

const json = (text: string) => JSON.parse(text);
const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));

describe('check', () => {
  test('a sound storyboard: exit 0, and nothing is written', async () => {
    const { folder } = await project(shot('a', { prompt: '{mira} meets {bo}' }));
    const before = await fs.readdir(folder, { recursive: true });
    expect(await cli(['check', 'reel.yaml'], { cwd: folder })).toEqual({
      code: 0,
      stdout: 'No problems in 1 storyboard\n',
      stderr: '',
    });
    expect(await fs.readdir(folder, { recursive: true })).toEqual(before);
  });

  test('--json has the place of every diagnostic, as its schema says', async () => {
    const { folder } = await project(shot('a', { prompt: '{mria} walks', durration: 5 }));
    const { code, stdout } = await cli(['check', 'reel.yaml', '--json'], { cwd: folder });
    expect(code).toBe(2);
    const validate = publishedSchema('check.schema.json');
    expect([validate(json(stdout)), validate.errors]).toEqual([true, null]);
    expect(json(stdout).diagnostics[0]).toEqual({
      file: 'reel.yaml',
      line: 8,
      column: 14,
      endLine: 8,
      endColumn: 20,
      code: 'unknown-reference',
      severity: 'error',
      message: 'there is no reference named "mria"; did you mean "mira"?',
    });
  });

  test('--format github annotates the line', async () => {
    const { folder } = await project(shot('a', { prompt: '{mria} is 100% here' }));
    const { stdout } = await command(['check', 'reel.yaml', '--format', 'github'], { cwd: folder });
    expect(stdout).toBe(
      '::error file=reel.yaml,line=8,endLine=8,col=14,endColumn=20,title=unknown-reference::there is no reference named "mria"; did you mean "mira"?\n',
    );
  });

  test('several files are checked in one run', async () => {
    const test = await project();
    await test.write('other.yaml', storyboardText(shot('b', { duration: 99 })));
    const { code, stdout } = await command(['check', 'reel.yaml', 'other.yaml'], { cwd: test.folder });
    expect([code, ...stdout.split('\n').slice(-3)]).toEqual([
      2,
      '1 error and 1 warning in 2 storyboards', // of `bo`, whom nobody shows
      '`storyreel explain out-of-range` tells more',
      '',
    ]);
  });
});

describe('plan', () => {
  test('--json is as its schema says, and the same bytes each time', async () => {
    const { folder } = await project(
      shot('a') + shot('b', { takes: 2, pick: 2, duration: 5, image: 'refs/bo.mp4' }),
    );
    const first = await command(['plan', 'reel.yaml', '--json', '--provider', 'wavespeed'], { cwd: folder });
    const validate = publishedSchema('plan.schema.json');
    expect([validate(json(first.stdout)), validate.errors]).toEqual([true, null]);
    expect(json(first.stdout)).toMatchObject({
      cost: { new: '2.70', total: '2.70' },
      takes: [
        { price: '0.70', priceSource: 'computed' },
        { price: '1.00', priceSource: 'listed' },
        { picked: true },
      ],
    });
    const second = await command(['plan', 'reel.yaml', '--json', '--provider', 'wavespeed'], { cwd: folder });
    expect(second.stdout).toBe(first.stdout);
  });

  test('the free animatic costs nothing and still tells the price of the film', async () => {
    const { folder } = await project();
    expect(json((await command(['plan', 'reel.yaml', '--json'], { cwd: folder })).stdout)).toMatchObject({
      provider: 'animatic',
      cost: { new: '0.00', total: '0.70' },
      takes: [{ cost: '0.00', price: '0.70', action: 'render', reasons: ['new'] }],
    });
  });

  test('--detailed-exitcode: 10 with something to render, 0 without', async () => {
    const { folder } = await project();
    expect((await cli(['plan', 'reel.yaml', '--detailed-exitcode'], { cwd: folder })).code).toBe(10);
    await command(['render', 'reel.yaml', '--no-cut'], { cwd: folder });
    expect((await command(['plan', 'reel.yaml', '--detailed-exitcode'], { cwd: folder })).code).toBe(0);
  });

  test('the table a producer reads', async () => {
    const { folder } = await project(shot('arrival') + shot('meeting', { takes: 2, pick: 2, duration: 7 }));
    const { stdout } = await command(['plan', 'reel.yaml', '--provider', 'wavespeed'], { cwd: folder });
    expect(stdout).toMatchInlineSnapshot(`
      "Test  reel.yaml  9 s, 2 shots, 3 takes

        shot                  length  picture    action  why  price
        arrival                  2 s  720p 16:9  render  new  $0.70  computed
        meeting 1/2              7 s  720p 16:9  render  new  $1.20  computed
        meeting 2/2 ◂ picked     7 s  720p 16:9  render  new  $1.20  computed

      3 takes: 3 to render
      To be spent now  $3.10
      The whole film   $3.10    3 computed by the model's price rule
      "
    `);
  });

  test('an invalid storyboard is refused with its diagnostics, exit 2', async () => {
    const { folder } = await project(shot('a', { duration: 11 }));
    const { code, stdout, stderr } = await command(['plan', 'reel.yaml'], { cwd: folder });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('reel.yaml:9:15 error `duration` must be from 2 to 10, not 11');
  });
});

describe('render', () => {
  test('the whole way on the animatic; events as their schema says; a second run renders and encodes nothing', async () => {
    const test = await testProject({
      'reel.yaml': storyboardText(
        shot('a') +
          shot('b', { prompt: '{mira} meets {bo}', transition: { type: 'dissolve', duration: 0.5 } }),
      ),
    });
    await makeClip(test.path('refs/mira.mp4'), { seconds: 1 });
    await makeClip(test.path('refs/bo.mp4'), { seconds: 1, size: '90x160', tone: null });
    const first = await cli(['render', 'reel.yaml', '--json'], { cwd: test.folder });
    const validate = publishedSchema('render-event.schema.json');
    for (const event of lines(first.stdout))
      expect([event, validate(event), validate.errors]).toEqual([event, true, null]);
    expect(lines(first.stdout).at(-1)).toEqual({
      type: 'finished',
      exitCode: 0,
      film: test.path('out/reel/reel.mp4'),
      films: [test.path('out/reel/reel.mp4')],
      rendered: 2,
      cached: 0,
      failed: 0,
      held: 0,
      spent: '0.00',
    });
    // A broken ffmpeg proves that none is started.
    const second = await cli(['render', 'reel.yaml'], {
      cwd: test.folder,
      env: { STORYREEL_FFMPEG: '/nowhere/ffmpeg' },
    });
    expect([second.code, second.stdout]).toEqual([0, '']);
    expect(second.stderr).toContain('Nothing to render, 2 in the store already');
    const film = await fs.readFile(test.path('out/reel/reel.mp4'));
    await fs.rm(test.path('out'), { recursive: true });
    await fs.rm(test.path('.storyreel/derived'), { recursive: true });
    expect((await command(['cut', 'reel.yaml'], { cwd: test.folder })).code).toBe(0);
    expect((await fs.readFile(test.path('out/reel/reel.mp4'))).equals(film)).toBe(true);
  });

  test('a renamed shot renders nothing, and the film shows its new name', async () => {
    const test = await project(shot('a', { title: 'Old name' }));
    await command(['render', 'reel.yaml'], { cwd: test.folder });
    const before = await fs.readFile(test.path('out/reel/reel.mp4'));
    await test.write(
      'reel.yaml',
      storyboardText(shot('renamed', { prompt: '{mira} does a', title: 'New name' })),
    );
    const { stdout } = await command(['render', 'reel.yaml', '--json'], { cwd: test.folder });
    expect(lines(stdout).map(({ type }) => type)).not.toContain('take-rendered');
    expect(lines(stdout).at(-1)).toMatchObject({ rendered: 0, cached: 1 });
    expect((await fs.readFile(test.path('out/reel/reel.mp4'))).equals(before)).toBe(false);
  });

  test('a film of cards has nothing to plan, and says what it is of', async () => {
    const cards = 'version: 1\ntitle: Cards\nshots:\n  - { id: a, card: { title: A }, duration: 2 }\n';
    const test = await testProject({ 'cards.yaml': cards });
    const { code, stdout } = await command(['plan', 'cards.yaml'], { cwd: test.folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Cards {2}cards\.yaml {2}2 s of cards, stills and footage\n\n0 takes/);
  });

  test('several storyboards in one run, with one store and a film each', async () => {
    const test = await project();
    await test.write('other.yaml', storyboardText(shot('b', { prompt: '{mira} does a' })));
    const { stdout } = await command(['render', 'reel.yaml', 'other.yaml', '--json'], { cwd: test.folder });
    const finished = lines(stdout).at(-1);
    expect(finished.films).toEqual([test.path('out/reel/reel.mp4'), test.path('out/other/other.mp4')]);
    expect(finished.rendered).toBe(1); // equal requests
  });

  test('Ctrl-C: exit 130, what is finished is kept, and the next run goes on', async () => {
    const test = await project(['a', 'b', 'c', 'd'].map(id => shot(id)).join(''));
    const child = spawn(process.execPath, [CLI, 'render', 'reel.yaml', '--json', '--concurrency', '1'], {
      cwd: test.folder,
    });
    let stdout = '';
    child.stdout.on('data', chunk => {
      if (!stdout.includes('"take-rendered"') && String(chunk).includes('"take-rendered"'))
        child.kill('SIGINT');
      stdout += chunk;
    });
    const code = await new Promise(resolve => child.once('close', resolve));
    expect(code).toBe(130);
    const interrupted = lines(stdout).at(-1);
    expect(interrupted).toMatchObject({ type: 'finished', exitCode: 130 });
    expect(interrupted.rendered).toBeGreaterThan(0);
    const next = await command(['render', 'reel.yaml', '--json'], { cwd: test.folder });
    expect(lines(next.stdout).at(-1)).toMatchObject({
      exitCode: 0,
      rendered: 4 - interrupted.rendered,
      cached: interrupted.rendered,
    });
    expect(interrupted.rendered).toBeLessThan(4);
  });

  test('a high concurrency warns of nothing', async () => {
    const shots = Array.from({ length: 14 }, (_, index) => shot(`s${index}`)).join('');
    const { folder } = await project(shots);
    const { code, stderr } = await cli(['render', 'reel.yaml', '--concurrency', '14', '--no-cut'], {
      cwd: folder,
    });
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('Warning')]);
  });

  test('money without a yes: refused, nothing written', async () => {
    const { folder } = await project();
    const { code, stdout } = await command(
      ['render', 'reel.yaml', '--provider', 'wavespeed', '--json', '--max-cost', '0.5'],
      { cwd: folder },
    );
    expect(code).toBe(5);
    expect(lines(stdout).at(-1)).toMatchObject({
      type: 'finished',
      exitCode: 5,
      spent: '0.00',
      error: { code: 'over-max-cost' },
    });
  });
});

describe('what the machine can do wrong', () => {
  const bad: [
    string,
    (test: TestProject) => Promise<{ args: string[]; env?: NodeJS.ProcessEnv }>,
    number,
    RegExp,
  ][] = [
    [
      'no such storyboard',
      async () => ({ args: ['plan', 'nope.yaml'] }),
      2,
      /there is no storyboard nope\.yaml/,
    ],
    [
      'a folder without one',
      async () => ({ args: ['render', 'refs'] }),
      2,
      /refs is a folder without a storyboard\.yaml/,
    ],
    [
      'two films of one name',
      async test => {
        await test.write('x/reel.yaml', storyboardText(shot('a')));
        return { args: ['check', 'reel.yaml', 'x/reel.yaml'] };
      },
      2,
      /would both become the film "reel"/,
    ],
    [
      'no shot for --only',
      async () => ({ args: ['plan', 'reel.yaml', '--only', 'zzz*'] }),
      2,
      /no shot matches --only zzz\*[\s\S]*The shots are a/,
    ],
    [
      'a film of cards for --only',
      async test => {
        await test.write('cards.yaml', 'version: 1\nshots:\n  - { id: a, card: { title: A } }\n');
        return { args: ['plan', 'cards.yaml', '--only', 'a'] };
      },
      2,
      /no shot matches --only a\n {2}No shot is rendered here: cards, stills and clips are put into the cut as they are\.\n/,
    ],
    [
      'an unknown provider',
      async () => ({ args: ['plan', 'reel.yaml', '--provider', 'x'] }),
      2,
      /Allowed choices are animatic, wavespeed/,
    ],
    ['an unknown command', async () => ({ args: ['rendr'] }), 2, /Did you mean render\?/],
    ['an unknown flag', async () => ({ args: ['render', 'reel.yaml', '--yess'] }), 2, /Did you mean --yes\?/],
    [
      'a bad number',
      async () => ({ args: ['render', 'reel.yaml', '--concurrency', '0'] }),
      2,
      /--concurrency takes a whole number/,
    ],
    [
      'bad dollars',
      async () => ({ args: ['render', 'reel.yaml', '--max-cost', 'ten'] }),
      2,
      /--max-cost takes dollars/,
    ],
    [
      'a missing ffmpeg',
      async () => ({ args: ['render', 'reel.yaml'], env: { STORYREEL_FFMPEG: '/nowhere/ffmpeg' } }),
      1,
      /there is no ffmpeg at \/nowhere\/ffmpeg\n {2}Correct or unset STORYREEL_FFMPEG/,
    ],
    [
      'a broken ffmpeg',
      async test => {
        const path = await test.write('bin/ffmpeg', '#!/bin/sh\nexit 3\n');
        await fs.chmod(path, 0o755);
        return { args: ['render', 'reel.yaml'], env: { STORYREEL_FFMPEG: path } };
      },
      1,
      /does not run as ffmpeg/,
    ],
    [
      'an old ffmpeg',
      async test => {
        const path = await test.write('bin/ffmpeg', '#!/bin/sh\necho ffmpeg version 4.4.2\n');
        await fs.chmod(path, 0o755);
        return { args: ['render', 'reel.yaml'], env: { STORYREEL_FFMPEG: path } };
      },
      1,
      /is ffmpeg 4\.4\.2; 5\.1 is the oldest that works/,
    ],
    [
      'an ffmpeg that dies in the middle',
      async test => {
        const path = await test.write(
          'bin/ffmpeg',
          '#!/bin/sh\n[ "$1" = -version ] && { echo ffmpeg version 7.0; exit 0; }\necho "disk is on fire" >&2\nexit 1\n',
        );
        await fs.chmod(path, 0o755);
        return { args: ['render', 'reel.yaml'], env: { STORYREEL_FFMPEG: path } };
      },
      3,
      /failed {4}a .*ffmpeg exited with code 1.*disk is on fire/,
    ],
    [
      'a store that is a file',
      async test => {
        await test.write('store', 'not a folder');
        return { args: ['render', 'reel.yaml', '--store', 'store'] };
      },
      1,
      /a part of the path is a file|something of that name is there already/,
    ],
    [
      'an unwritable out',
      async test => {
        await test.write('films', 'not a folder');
        return { args: ['render', 'reel.yaml', '--out', 'films'] };
      },
      1,
      /a part of the path is a file|something of that name is there already/,
    ],
    [
      'init into a full folder',
      async () => ({ args: ['init', '.'] }),
      2,
      /is not empty[\s\S]*nothing was written/,
    ],
    [
      'completion for an unknown shell',
      async () => ({ args: ['completion', 'tcsh'] }),
      2,
      /there is no completion for "tcsh"/,
    ],
  ];
  test.each(bad)('%s', async (_, arrange, exitCode, message) => {
    const test = await project();
    const { args, env } = await arrange(test);
    const { code, stdout, stderr } = await command(args, {
      cwd: test.folder,
      ...(env === undefined ? {} : { env }),
    });
    expect({ code, output: stdout + stderr }).toEqual({
      code: exitCode,
      output: expect.stringMatching(message),
    });
    expect(stdout + stderr).not.toMatch(/^ {4}at |a bug in storyreel/m);
  });

  test('a disk that is full: said so, exit 1, nothing half-written', async () => {
    const test = await project();
    const real = (await testFfmpeg()).path;
    const fake = await test.write(
      'bin/ffmpeg',
      `#!/bin/sh\n[ "$1" = -version ] && exec ${real} -version\necho "out.mp4: No space left on device" >&2\nexit 1\n`,
    );
    await fs.chmod(fake, 0o755);
    const { code, stderr } = await command(['render', 'reel.yaml'], {
      cwd: test.folder,
      env: { STORYREEL_FFMPEG: fake },
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining('the disk is full')]);
    expect(stderr).toContain('cache prune');
    const clips = await fs.readdir(join(test.folder, '.storyreel/clips'));
    expect(clips).toEqual([]);
  });
});

describe('the other commands', () => {
  test('init writes a project that renders at once', async () => {
    const test = await testProject();
    expect((await cli(['init', 'film'], { cwd: test.folder })).code).toBe(0);
    expect((await command(['check', 'film'], { cwd: test.folder })).stdout).toBe(
      'No problems in 1 storyboard\n',
    );
    const schema = /\$schema=(\S+)/.exec(await test.read('film/storyboard.yaml'))?.[1] ?? '';
    expect(json(await test.read(`film/${schema}`)).title).toBe('Storyboard');
    const { code } = await command(['render', 'film'], { cwd: test.folder });
    expect([code, (await fs.stat(test.path('film/out/film/film.mp4'))).size > 10_000]).toEqual([0, true]);
    await expect(fs.stat(test.path('film/.storyreel/clips'))).resolves.toBeDefined();
  });

  test('status tells what is rendered and what is missing', async () => {
    const { folder } = await project(shot('a') + shot('b'), 'budget: 9.5\n');
    await command(['render', 'reel.yaml', '--only', 'a'], { cwd: folder });
    const { stdout } = await command(['status', 'reel.yaml', '--json'], { cwd: folder });
    expect(asPublished('status.schema.json', stdout).storyboards[0]).toMatchObject({
      rendered: 1,
      missing: 1,
      spent: '0.00',
      budget: '9.50',
    });
    expect((await command(['status', 'reel.yaml'], { cwd: folder })).stdout).toMatch(
      /a {2,}rendered[\s\S]*b {2,}missing {2,}new/,
    );
  });

  test('models prints every parameter, range and price', async () => {
    const { stdout } = await command(['models', '--json']);
    const [model] = asPublished('models.schema.json', stdout).models;
    expect(model.parameters.map(({ name }: { name: string }) => name)).toEqual([
      'prompt',
      'videos',
      'image',
      'negative_prompt',
      'resolution',
      'aspect_ratio',
      'duration',
      'enable_prompt_expansion',
      'seed',
    ]);
    expect(
      model.prices.find(
        (row: { resolution: string; durationSeconds: number }) =>
          row.resolution === '720p' && row.durationSeconds === 2,
      ),
    ).toMatchObject({ price: '0.70', priceSource: 'computed' });
    expect((await command(['models'])).stdout).toContain('$1.60*');
  });

  test('doctor says what was found, and fails without ffmpeg', async () => {
    const { folder } = await testProject();
    expect((await command(['doctor'], { cwd: folder })).stdout).toMatch(/✓ {2}ffmpeg/);
    const { code, stdout } = await cli(['doctor', '--json'], {
      cwd: folder,
      env: { STORYREEL_FFMPEG: '/nowhere' },
    });
    const { findings } = asPublished('doctor.schema.json', stdout);
    expect([code, findings.find(({ name }: { name: string }) => name === 'ffmpeg').ok]).toEqual([1, false]);
  });

  test('cache ls, verify and prune', async () => {
    const { folder } = await project();
    await command(['render', 'reel.yaml'], { cwd: folder });
    const told = async (name: string) =>
      asPublished(
        `cache-${name}.schema.json`,
        (await command(['cache', name, '--json'], { cwd: folder })).stdout,
      );
    const [listed, ...others] = (await told('ls')).clips;
    expect([listed.durationSeconds, listed.keys.length, others]).toEqual([2, 1, []]);
    expect((await command(['cache', 'verify'], { cwd: folder })).stdout).toMatch(/1 clip, .*: all intact/);
    const dry = await told('prune');
    expect(dry.deleted).toBe(false);
    expect(dry.items.every(({ kind }: { kind: string }) => kind === 'derived')).toBe(true);
    await command(['cache', 'prune', '--delete'], { cwd: folder });
    expect((await told('prune')).items).toEqual([]);
    expect((await command(['render', 'reel.yaml'], { cwd: folder })).stderr).toContain('Nothing to render');
    expect(await told('verify')).toMatchObject({ clips: 1, references: 0, broken: [] });
    await fs.rm(join(folder, '.storyreel/clips'), { recursive: true });
    expect((await told('verify')).broken).toEqual([
      { sha256: listed.clip, state: 'missing', keys: listed.keys },
    ]);
  });

  test.each([
    'check',
    'explain',
    'plan',
    'diff',
    'render',
    'cut',
    'status',
    'cache',
    'models',
    'init',
    'doctor',
    'completion',
  ])('%s --help has examples', async name => {
    const { code, stdout } = await command([name, '--help']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Examples:\n {2}\$ storyreel /)]);
  });

  test.each(['bash', 'zsh', 'fish'])('completion %s knows every command and flag', async shell => {
    const { stdout } = await command(['completion', shell]);
    for (const word of ['render', 'prune', 'max-cost', 'detailed-exitcode', 'unknown-key', 'hello reel'])
      expect(stdout).toContain(word);
  });

  test('--version is that of the package; NO_COLOR and FORCE_COLOR are obeyed', async () => {
    const { version } = json(await fs.readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect((await cli(['--version'])).stdout).toBe(`${version}\n`);
    const { folder } = await project(shot('a', { duration: 99 }));
    const plain = await cli(['check', 'reel.yaml'], {
      cwd: folder,
      env: { NO_COLOR: '1', FORCE_COLOR: '1' },
    });
    expect(plain.stdout).not.toContain('\u001b');
    const colored = await cli(['check', 'reel.yaml'], {
      cwd: folder,
      env: { NO_COLOR: '', FORCE_COLOR: '1' },
    });
    expect(colored.stdout).toContain('\u001b[31merror');
  });
});
