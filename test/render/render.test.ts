import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plan, type RenderEvent, type RenderOptions, render } from '../../src/index.ts';
import { probe } from '../../src/media/probe.ts';
import { type DoubleProvider, doubleProvider } from '../support/double.ts';
import { makeClip, makeMedia, type TestProject, testProject } from '../support/project.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

async function reel(shots: string, rest = ''): Promise<TestProject> {
  return await testProject({ ...REFERENCES, 'reel.yaml': storyboardText(shots, rest) });
}

function run(project: TestProject, provider: DoubleProvider, options: Partial<RenderOptions> = {}) {
  return render(['reel.yaml'], {
    cwd: project.folder,
    customProvider: provider,
    environment: process.env,
    confirm: async () => true,
    ...options,
  });
}

function double(
  project: TestProject,
  options: Partial<Parameters<typeof doubleProvider>[0]> = {},
): DoubleProvider {
  return doubleProvider({ folder: join(project.folder, 'made'), ...options });
}

describe('what is submitted', () => {
  test('nothing, where the film cannot be put anywhere', async () => {
    const project = await reel(shot('a'));
    const provider = double(project);
    const refused = run(project, provider, { out: 'reel.yaml/out' });
    await expect(refused).rejects.toMatchObject({ code: 'not-a-folder' });
    expect(provider.submitted).toEqual([]);
  });

  test('a first run submits each take once, a second submits nothing and starts no cut', async () => {
    const project = await reel(shot('a') + shot('b', { takes: 2, pick: 2 }));
    const provider = double(project);
    const first = await run(project, provider);
    expect(first.exitCode).toBe(0);
    expect(provider.submitted.map(({ labels }) => `${labels.shot}${labels.take}`)).toEqual([
      'a1',
      'b1',
      'b2',
    ]);
    expect(first.spentMicros).toBe(2_100_000); // three clips of 2 s at $0.70

    const events: RenderEvent[] = [];
    const second = await run(project, provider, { onEvent: event => events.push(event) });
    expect(second.exitCode).toBe(0);
    expect(provider.submitted).toHaveLength(3);
    // Its clips stand still for two seconds, which is told each time.
    const types = events.map(({ type }) => type).filter(type => type !== 'film-warned');
    expect(types).toEqual(['planned', 'film-unchanged', 'finished']);
  });

  test('the fonts of the storyboard go along where the built-in one cannot write a shot', async () => {
    const font = new URL(import.meta.resolve('@fontsource/inter/files/inter-latin-400-normal.woff'));
    const project = await reel(shot('a') + shot('b', { title: '\u5857\u306e\u9053' }), 'fonts: [own.woff]\n');
    await fs.copyFile(font, project.path('own.woff'));
    const provider = double(project, { priced: false });
    await run(project, provider, { cut: false, concurrency: 1 });
    expect(provider.submitted.map(({ fonts }) => fonts)).toEqual([[], [project.path('own.woff')]]);
  });

  test('renaming, retitling and reordering shots submits nothing', async () => {
    const project = await reel(shot('a') + shot('b'));
    const provider = double(project);
    await run(project, provider);
    await project.write(
      'reel.yaml',
      storyboardText(
        shot('zed', { prompt: '{mira} does b', title: 'Z' }) + shot('first', { prompt: '{mira} does a' }),
      ),
    );
    const result = await run(project, provider);
    expect(result.exitCode).toBe(0);
    expect(provider.submitted).toHaveLength(2);
  });

  test('what lies beside a film follows names and words that shape no picture, and comes back if it is gone', async () => {
    const size = 'cut: { size: 640x360 }\n';
    const project = await reel(shot('a', { dialogue: 'Where is the salt?' }) + shot('b'), size);
    const provider = double(project, { priced: false });
    await run(project, provider);
    const film = project.path('out/reel/reel.mp4');
    const made = await fs.stat(film);
    await fs.rm(project.path('out/reel/poster.jpg'));
    await project.write(
      'reel.yaml',
      storyboardText(
        shot('first', { prompt: '{mira} does a', dialogue: 'There!' }) + shot('b', { dialogue: 'And here.' }),
        size,
      ),
    );
    const types: string[] = [];
    await run(project, provider, { onEvent: ({ type }) => types.push(type) });
    expect(types).toContain('film-unchanged');
    expect((await fs.stat(film)).mtimeMs).toBe(made.mtimeMs);
    expect(await project.read('out/reel/reel.srt')).toMatch(/There!\n[\s\S]+And here\./);
    expect(await project.read('out/reel/reel.vtt')).toContain('And here.');
    expect(JSON.parse(await project.read('out/reel/report.json')).shots).toMatchObject([
      { shot: 'first' },
      { shot: 'b' },
    ]);
    expect((await fs.readdir(project.path('out/reel/clips'))).sort()).toEqual(['01-first.mp4', '02-b.mp4']);
    expect((await fs.stat(project.path('out/reel/poster.jpg'))).size).toBeGreaterThan(1000);
    const report = await fs.stat(project.path('out/reel/report.json'));
    await run(project, provider);
    expect((await fs.stat(project.path('out/reel/report.json'))).mtimeMs).toBe(report.mtimeMs);
  });

  test('one changed byte of a reference submits exactly the takes that use it', async () => {
    const project = await reel(
      shot('a') + shot('b', { prompt: '{bo} waits' }) + shot('c', { prompt: '{bo} and {mira}' }),
    );
    const provider = double(project);
    await run(project, provider);
    await project.write('refs/bo.mp4', 'bo, as other bytez');
    const { plan: changed } = await plan(['reel.yaml'], { cwd: project.folder, identity: provider });
    expect(changed.takes.map(({ action, reasons }) => [action, ...reasons])).toEqual([
      ['cached'],
      ['render', 'references.bo'],
      ['render', 'references.bo'],
    ]);
    await run(project, provider);
    expect(provider.submitted.slice(3).map(({ labels }) => labels.shot)).toEqual(['b', 'c']);
  });

  test('equal requests are submitted once and paid once', async () => {
    const project = await reel(shot('a', { prompt: '{mira} nods' }) + shot('b', { prompt: '{mira} nods' }));
    const provider = double(project);
    const result = await run(project, provider);
    expect(provider.submitted).toHaveLength(1);
    expect(result.spentMicros).toBe(700_000);
    expect(result.plan.takes.map(({ costMicros }) => costMicros)).toEqual([700_000, 0]);
    expect(result.plan.totalMicros).toBe(700_000);
  });

  test('declining the estimate submits nothing', async () => {
    const project = await reel(shot('a'));
    const provider = double(project);
    await expect(run(project, provider, { confirm: async () => false })).rejects.toMatchObject({
      code: 'not-confirmed',
      exitCode: 5,
    });
    expect(provider.submitted).toEqual([]);
  });

  test('a run that costs more than --max-cost submits nothing, whatever the answer', async () => {
    const project = await reel(shot('a') + shot('b'));
    const provider = double(project);
    const refused = run(project, provider, { maxCostMicros: 1_399_999 });
    await expect(refused).rejects.toMatchObject({ code: 'over-max-cost', exitCode: 5 });
    expect(provider.submitted).toEqual([]);
    expect((await run(project, provider, { maxCostMicros: 1_400_000 })).exitCode).toBe(0);
  });

  test('a budget counts what was spent before', async () => {
    const project = await reel(shot('a'), 'budget: 1\n');
    const provider = double(project);
    expect((await run(project, provider)).exitCode).toBe(0);
    await project.write('reel.yaml', storyboardText(shot('a') + shot('b'), 'budget: 1\n'));
    await expect(run(project, provider)).rejects.toMatchObject({ code: 'over-budget', exitCode: 5 });
    expect(provider.submitted).toHaveLength(1);
  });

  test('--only submits the shots that match, and the film waits for the others', async () => {
    const project = await reel(shot('a') + shot('b'));
    const provider = double(project);
    const events: RenderEvent[] = [];
    const result = await run(project, provider, { only: 'b', onEvent: event => events.push(event) });
    expect(provider.submitted.map(({ labels }) => labels.shot)).toEqual(['b']);
    expect(result.films).toEqual([]);
    expect(events.find(({ type }) => type === 'film-skipped')).toMatchObject({ shots: ['a'] });
  });
});

describe('when something goes wrong', () => {
  test('one failing shot leaves the others unharmed and is named at the end', async () => {
    const project = await reel(shot('a') + shot('b') + shot('c'));
    const provider = double(project, { failing: new Set(['b']) });
    const result = await run(project, provider);
    expect(result.exitCode).toBe(3);
    expect(result.failed.map(({ shot, failure }) => [shot, failure.code])).toEqual([['b', 'task-failed']]);
    const { plan: after } = await plan(['reel.yaml'], { cwd: project.folder, identity: provider });
    expect(after.takes.map(({ action }) => action)).toEqual(['cached', 'held', 'cached']);
    // It is not bought again unasked.
    expect(await run(project, provider)).toMatchObject({ exitCode: 3 });
    expect(provider.submitted).toHaveLength(3);
    expect(await run(project, provider, { retryFailed: true })).toMatchObject({ exitCode: 3 });
    expect(provider.submitted).toHaveLength(4);
  });

  test.each([
    ['free: what is under way is given up', false, ['cached', 'render', 'render']],
    ['priced: what is paid for is fetched by the next run', true, ['cached', 'resume', 'render']],
  ])('an interrupted run keeps what is finished and orders nothing more; %s', async (_, priced, actions) => {
    const project = await reel(shot('a') + shot('b') + shot('c'));
    const controller = new AbortController();
    let tell = () => {};
    const firstIsHere = new Promise<void>(resolve => {
      tell = resolve;
    });
    const provider = double(project, {
      priced,
      beforeClip: async job => {
        if (job.labels.shot !== 'b' || controller.signal.aborted) return;
        await firstIsHere;
        controller.abort();
      },
    });
    const result = await run(project, provider, {
      concurrency: 1,
      signal: controller.signal,
      onEvent: event => {
        if (event.type === 'take-rendered') tell();
      },
    });
    expect(result.exitCode).toBe(130);
    expect(provider.submitted).toHaveLength(2); // c was never ordered
    const { plan: after } = await plan(['reel.yaml'], { cwd: project.folder, identity: provider });
    expect(after.takes.map(({ action }) => action)).toEqual(actions);
  });

  test('a damaged clip is never a hit: it is found, and made again', async () => {
    const project = await reel(shot('a'));
    const provider = double(project, { priced: false });
    const { plan: before } = await run(project, provider);
    const clip = await clipOf(project, before.takes[0]?.key ?? '');
    await fs.chmod(clip, 0o644);
    const bytes = await fs.readFile(clip);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await fs.writeFile(clip, bytes);
    const { plan: damaged } = await plan(['reel.yaml'], { cwd: project.folder, identity: provider });
    expect(damaged.takes[0]).toMatchObject({ action: 'render', reasons: ['clip-damaged'] });
    await run(project, provider);
    const { plan: repaired } = await plan(['reel.yaml'], { cwd: project.folder, identity: provider });
    expect(repaired.takes[0]).toMatchObject({ action: 'cached', reasons: [] });
  });

  test('a clip that is gone is made again', async () => {
    const project = await reel(shot('a'));
    const provider = double(project, { priced: false });
    const { plan: before } = await run(project, provider);
    await fs.rm(await clipOf(project, before.takes[0]?.key ?? ''), { force: true });
    const { plan: after } = await plan(['reel.yaml'], { cwd: project.folder, identity: provider });
    expect(after.takes[0]).toMatchObject({ action: 'render', reasons: ['clip-missing'] });
  });
});

describe('the store', () => {
  test('clips are read-only, named by their bytes, and nothing temporary is left', async () => {
    const project = await reel(shot('a'));
    await run(project, double(project));
    const files = (await fs.readdir(project.path('.storyreel'), { recursive: true })).filter(name =>
      name.includes('tmp-'),
    );
    expect(files).toEqual([]);
    const [clip] = (await fs.readdir(project.path('.storyreel/clips'), { recursive: true })).filter(name =>
      name.endsWith('.mp4'),
    );
    const stat = await fs.stat(project.path(`.storyreel/clips/${clip}`));
    expect(stat.mode & 0o222).toBe(0);
  });

  test('all of it is made again where its folder was taken away', async () => {
    const project = await reel(shot('a') + shot('b'));
    const provider = double(project, { priced: false });
    await run(project, provider);
    const before = (await fs.readdir(project.path('out/reel'))).sort();
    await fs.rm(project.path('out'), { recursive: true });
    expect((await run(project, provider)).exitCode).toBe(0);
    expect((await fs.readdir(project.path('out/reel'))).sort()).toEqual(before);
    expect(before).toContain('poster.jpg');
  });

  test('the film has the frames that the plan said, with the picked clips and a report beside it', async () => {
    const shots = shot('a') + shot('b', { transition: { type: 'dissolve', duration: 0.5 } });
    const project = await reel(shots, 'cut: {}\n');
    const { films, plan: made } = await run(project, double(project));
    expect(films).toEqual([project.path('out/reel/reel.mp4')]);
    expect(made.storyboards[0]).toMatchObject({ durationSeconds: 3.5, frameCount: 105 });
    expect(await probe(films[0] ?? '')).toMatchObject({ frameCount: 105, width: 1280, height: 720 });
    expect((await fs.readdir(project.path('out/reel/clips'))).sort()).toEqual(['01-a.mp4', '02-b.mp4']);
    expect(JSON.parse(await project.read('out/reel/report.json'))).toMatchObject({
      film: { frameCount: 105 },
      shots: [
        { shot: 'a', startFrame: 0, frameCount: 60 },
        { shot: 'b', startFrame: 45, frameCount: 60 },
      ],
    });
    expect((await fs.stat(project.path('out/reel/poster.jpg'))).size).toBeGreaterThan(100);
  });
});

async function clipOf(project: TestProject, key: string): Promise<string> {
  const record = JSON.parse(await project.read(`.storyreel/records/${key.slice(0, 2)}/${key}.json`));
  const { sha256 } = record.clip;
  return project.path(`.storyreel/clips/${sha256.slice(0, 2)}/${sha256}.mp4`);
}

describe('a film whose size nobody named', () => {
  const footage = async (project: TestProject, name: string, size: string) =>
    await makeClip(project.path(`${name}.mp4`), { color: 'red', size, tone: null, seconds: 1 });
  const ofClip = (name: string) => `  - { id: ${name}, clip: ${name}.mp4 }\n`;
  const sizeOf = async (project: TestProject) => {
    const { films } = await run(project, double(project));
    const { width, height } = await probe(films[0] ?? '');
    return [width, height];
  };

  test('has that of its footage, in even pixels', async () => {
    const project = await reel(ofClip('a') + ofClip('b') + ofClip('c'), 'cut: {}\n');
    await footage(project, 'a', '64x36');
    await footage(project, 'b', '96x54');
    await footage(project, 'c', '96x54');
    expect(await sizeOf(project)).toEqual([96, 54]);
    await makeMedia(project.path('c.mp4'), {
      generators: ['testsrc2=s=129x73:r=30:d=4'],
      output: ['-c:v', 'libx264', '-pix_fmt', 'yuv444p'],
    });
    expect(await sizeOf(project)).toEqual([128, 72]);
  });

  test('has that of most of what is seen of it, whatever was ordered', async () => {
    const tall = shot('tall', { aspect_ratio: '9:16', duration: 6, trim: { end: 0.5 } });
    const project = await reel(tall + ofClip('wide'), 'cut: {}\n');
    await footage(project, 'wide', '64x36');
    expect(await sizeOf(project)).toEqual([64, 36]);
  });

  test('is 1280x720 where nothing in it has a size', async () => {
    const project = await reel('  - { id: end, card: { title: The End }, duration: 0.1 }\n', 'cut: {}\n');
    expect(await sizeOf(project)).toEqual([1280, 720]);
  });
});
