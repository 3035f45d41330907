import { promises as fs } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../../src/commands/program.ts';
import { type TestProject, testProject } from '../support/project.ts';
import { publishedSchema } from '../support/schema.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

interface Told {
  readonly type: string;
  readonly shot?: string;
  readonly code?: string;
  readonly rendered?: number;
  readonly cached?: number;
  readonly shots?: unknown;
  readonly diagnostics?: readonly { readonly line: number }[];
}

/** A watch in this process: what it tells, as it tells it. */
class Watch {
  readonly told: Told[] = [];
  private readonly counts = new Map<string, number>();
  readonly ended: Promise<number>;
  private readonly controller = new AbortController();
  private waiting: (() => void)[] = [];

  constructor(project: TestProject, args: readonly string[] = [], file = 'reel.yaml') {
    this.ended = runProgram(['render', file, '--watch', '--no-cut', '--json', ...args], '0', {
      cwd: project.folder,
      environment: process.env,
      keepSecret: () => {},
      signal: this.controller.signal,
      terminal: {
        out: text => {
          for (const line of text.trim().split('\n')) this.note(JSON.parse(line));
          for (const wake of this.waiting.splice(0)) wake();
        },
        err: () => {},
        ...{ outColor: false, errColor: false, interactive: false, live: false, columns: 100 },
      },
    });
  }

  /** The next event of this type that was not taken before. */
  async next(type: string): Promise<Told> {
    for (;;) {
      const at = this.told.findIndex(event => event.type === type);
      if (at >= 0) return this.told.splice(0, at + 1).at(-1) as Told;
      await new Promise<void>(done => this.waiting.push(done));
    }
  }

  /** How many of this type there were so far. */
  count(type: string): number {
    return this.counts.get(type) ?? 0;
  }

  private note(event: Told): void {
    this.told.push(event);
    this.counts.set(event.type, this.count(event.type) + 1);
  }

  async stop(): Promise<number> {
    this.controller.abort();
    return await this.ended;
  }
}

const SMALL = 'profiles: { draft: { resolution: 720p } }\n';

async function watched(): Promise<{ project: TestProject; text: (b: string) => string }> {
  const text = (b: string) => storyboardText(shot('a') + shot('b', { prompt: b }), SMALL);
  return { project: await testProject({ ...REFERENCES, 'reel.yaml': text('{mira} sits') }), text };
}

describe('render --watch', () => {
  test('renders what a save has changed, and nothing else; a broken one is told of, and the next goes on', async () => {
    const { project, text } = await watched();
    const watch = new Watch(project);
    const validate = publishedSchema('render-event.schema.json');
    expect(await watch.next('finished')).toMatchObject({ rendered: 2 });

    await project.write('reel.yaml', text('{mira} runs'));
    const changed = await watch.next('storyboard-changed');
    expect(changed).toMatchObject({ shots: [{ shot: 'b', change: 'changed' }] });
    expect([validate(changed), validate.errors]).toEqual([true, null]);
    expect(await watch.next('take-rendered')).toMatchObject({ shot: 'b' });
    expect(await watch.next('finished')).toMatchObject({ rendered: 1, cached: 1 });

    await project.write('reel.yaml', text('{mria} runs'));
    const refused = await watch.next('storyboard-refused');
    expect(refused).toMatchObject({ code: 'invalid-storyboard', diagnostics: [{ line: 12 }] });
    expect([validate(refused), validate.errors]).toEqual([true, null]);

    // As many editors save: another file is put in the place of the old one.
    await project.write('new.yaml', text('{mira} sits'));
    await fs.rename(project.path('new.yaml'), project.path('reel.yaml'));
    expect(await watch.next('finished')).toMatchObject({ rendered: 0, cached: 2 });

    await project.write('refs/mira.mp4', 'mira, as other bytes');
    expect(await watch.next('storyboard-changed')).toMatchObject({ shots: [{ shot: 'a' }, { shot: 'b' }] });
    expect(await watch.next('finished')).toMatchObject({ rendered: 2 });
    expect(await watch.stop()).toBe(130);
  });

  test('a save during a run ends it, and the newest text is rendered', async () => {
    const { project, text } = await watched();
    const watch = new Watch(project, ['--concurrency', '1']);
    await watch.next('take-started');
    await project.write('reel.yaml', text('{mira} leaves'));
    await watch.next('storyboard-changed');
    await watch.next('finished');
    expect(watch.told.filter(({ type }) => type === 'interrupted')).toEqual([]);
    expect(await watch.stop()).toBe(130);
    const { plan } = await import('../../src/index.ts');
    const made = (await plan(['reel.yaml'], { cwd: project.folder })).plan;
    expect(made.takes.map(({ action }) => action)).toEqual(['cached', 'cached']);
  });

  test('a file that was missing is noticed when it is there', async () => {
    const { project } = await watched();
    await fs.rename(project.path('refs/mira.mp4'), project.path('mira.mp4'));
    const watch = new Watch(project);
    await watch.next('storyboard-refused');
    await fs.rename(project.path('mira.mp4'), project.path('refs/mira.mp4'));
    expect(await watch.next('finished')).toMatchObject({ rendered: 2 });
    expect(await watch.stop()).toBe(130);
  });

  test('a broken storyboard is told of once, whatever else is saved beside it', async () => {
    const { project, text } = await watched();
    await project.write('reel.yaml', text('{mria} runs'));
    const watch = new Watch(project);
    await watch.next('storyboard-refused');
    // As what `--json > told.jsonl` writes into the folder.
    for (let n = 0; n < 3; n++) {
      await project.write('told.jsonl', `${n}`);
      await project.write('refs/notes.txt', `${n}`);
      await pause(150);
    }
    await project.write('reel.yaml', `${text('{mria} runs')}# once more`);
    await pause(300);
    await project.write('reel.yaml', text('{miraa} runs'));
    expect(await watch.next('storyboard-refused')).toMatchObject({ diagnostics: [{ line: 12 }] });
    await project.write('reel.yaml', text('{mira} runs'));
    await watch.next('finished');
    await project.write('reel.yaml', text('{miraa} runs'));
    await watch.next('storyboard-refused');
    expect(watch.count('storyboard-refused')).toBe(3);
    expect(await watch.stop()).toBe(130);
  });

  test.each([
    ['include', 'include: [parts/more/cast.yaml]', 'parts/more/cast.yaml', 'version: 1\n'],
    ['model', 'defaults: { model: acme/mine }', 'models/any.json', '{}'],
  ])(
    'an %s that is missing, with its folder, is noticed when it is there',
    async (_, line, file, content) => {
      const { project, text } = await watched();
      await project.write('reel.yaml', `${text('{mira} runs')}${line}\n`);
      const watch = new Watch(project);
      const before = await watch.next('storyboard-refused');
      await project.write(file, content);
      // One that is no model is told of; a cast that is there mends the storyboard.
      await (file.endsWith('.json') ? watch.next('storyboard-refused') : watch.next('finished'));
      expect(before.diagnostics).toHaveLength(1);
      expect(await watch.stop()).toBe(130);
    },
  );

  test('a folder that is moved away and comes back is followed', async () => {
    const { project, text } = await watched();
    await fs.mkdir(project.path('film'));
    for (const name of ['reel.yaml', 'refs'])
      await fs.rename(project.path(name), project.path(`film/${name}`));
    const watch = new Watch(project, [], 'film/reel.yaml');
    await watch.next('finished');

    await fs.rename(project.path('film'), project.path('away'));
    expect(await watch.next('storyboard-refused')).toMatchObject({ code: 'not-found', diagnostics: [] });
    await fs.rename(project.path('away'), project.path('film'));
    expect(await watch.next('finished')).toMatchObject({ rendered: 0, cached: 2 });
    // It is another folder to the system now, and a save in it counts as before.
    await project.write('film/reel.yaml', text('{mira} runs'));
    expect(await watch.next('finished')).toMatchObject({ rendered: 1, cached: 1 });
    expect(await watch.stop()).toBe(130);
  });

  test('a reference that is missing deep below is noticed when it is there', async () => {
    const { project, text } = await watched();
    await fs.mkdir(project.path('refs/people/mira'), { recursive: true });
    const deep = text('{mira} sits').replaceAll('refs/mira.mp4', 'refs/people/mira/mira.mp4');
    expect(deep).toContain('refs/people/mira/');
    await project.write('reel.yaml', deep);
    const watch = new Watch(project);
    await watch.next('storyboard-refused');
    await fs.rename(project.path('refs/mira.mp4'), project.path('refs/people/mira/mira.mp4'));
    expect(await watch.next('finished')).toMatchObject({ rendered: 2 });
    expect(await watch.stop()).toBe(130);
  });

  test('Ctrl-C during a run ends it as one that can be resumed', async () => {
    const { project } = await watched();
    const watch = new Watch(project, ['--concurrency', '1']);
    await watch.next('take-started');
    expect(await watch.stop()).toBe(130);
  });

  test('a storyboard that was never there is not waited for', async () => {
    const { project } = await watched();
    expect(await new Watch(project, [], 'real.yaml').ended).toBe(2);
  });

  test.each([
    ['--provider', 'wavespeed'],
    ['--yes'],
    ['--max-cost', '7'],
    ['--frozen'],
    ['--fill', 'animatic'],
  ])('a save must never spend: %s is refused', async (...flags) => {
    const { project } = await watched();
    const watch = new Watch(project, flags);
    expect(await watch.ended).toBe(2);
    expect(watch.told).toEqual([]);
  });
});
