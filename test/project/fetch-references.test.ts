import { promises as fs, readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { checkFiles } from '../../src/project/check-files.ts';
import { ReferenceFetcher } from '../../src/project/fetch-references.ts';
import { planFiles } from '../../src/project/plan-files.ts';
import { findPrunable, verifyStore } from '../../src/store/inspect.ts';
import { lockPath, readLock } from '../../src/store/lock-file.ts';
import { Store } from '../../src/store/store.ts';
import { afterFile } from '../support/after-file.ts';
import { buy, emulate } from '../support/paid.ts';
import { command, type TestProject, testProject } from '../support/project.ts';
import { REFERENCES, shot } from '../support/storyboards.ts';

const MIRA = REFERENCES['refs/mira.mp4'];
const BO = REFERENCES['refs/bo.mp4'];

/** A server of one file, which counts who asks. */
class Media {
  bytes: Uint8Array | null = MIRA;
  asked: string[] = [];
  url = '';
  private server: Server | null = null;

  static async start(handle?: RequestListener): Promise<Media> {
    const media = new Media();
    const server = createServer((request, response) => {
      media.asked.push(String(request.headers.authorization ?? request.url));
      if (handle !== undefined) handle(request, response);
      else if (media.bytes === null) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': 'video/mp4' }).end(media.bytes);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    media.server = server;
    media.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mira.mp4`;
    afterFile(() => media.stop());
    return media;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}

function reel(url: string, provider = 'animatic', shots = shot('a') + shot('b')): string {
  return `version: 1\ntitle: Test\nprovider: ${provider}\ncharacters:\n  mira: { videos: ["${url}"] }\nshots:\n${shots}`;
}

async function plan(project: TestProject, options: Parameters<typeof planFiles>[1] = {}) {
  return await planFiles(['reel.yaml'], { cwd: project.folder, rehearsal: true, ...options });
}

const referenceAt = (url: string) => ({
  ...{ url, place: 'reel.yaml:5:20', at: { file: 'reel.yaml', range: { start: 0, end: 1 } } },
});
const keysOf = ({ plan: { takes } }: Awaited<ReturnType<typeof plan>>) => takes.map(({ key }) => key);
const lockOf = async (project: TestProject) => await readLock(lockPath(project.path('reel.yaml'), ''));

describe('a reference at an address', () => {
  test('checks without network, is fetched once, and is from then on like a local file', async () => {
    const media = await Media.start();
    const project = await testProject({ 'reel.yaml': reel(media.url), 'local.yaml': reel('mira.mp4') });
    await project.write('mira.mp4', MIRA);
    const before = await fs.readdir(project.folder, { recursive: true });
    expect((await checkFiles(['reel.yaml'], project.folder)).diagnostics).toEqual([]);
    expect([media.asked, await fs.readdir(project.folder, { recursive: true })]).toEqual([[], before]);

    await project.write('twin.yaml', reel(media.url));
    const both = await planFiles(['reel.yaml', 'twin.yaml'], { cwd: project.folder, rehearsal: true });
    expect(media.asked).toEqual(['/mira.mp4']); // neither a second time, nor with a key
    expect((await fs.readdir(project.folder)).filter(name => name.endsWith('.lock.yaml'))).toEqual([]);
    await media.stop();
    const again = await plan(project);
    expect(again.plan.takes.map(({ key }) => key)).toEqual(both.plan.takes.slice(0, 2).map(({ key }) => key));
    const local = await planFiles(['local.yaml'], { cwd: project.folder });
    expect(keysOf(local)).toEqual(keysOf(again));
  });

  test('is pinned by a render, bought with, and not looked at again', async () => {
    const media = await Media.start();
    const emulator = await emulate();
    const project = await testProject({ 'reel.yaml': reel(media.url, 'wavespeed') });
    expect(await buy(project, emulator)).toMatchObject({ exitCode: 0 });
    const sha256 = (await plan(project)).films[0]?.references.get(media.url);
    expect((await lockOf(project)).references).toEqual(new Map([[media.url, sha256]]));
    expect(media.asked).toEqual(['/mira.mp4']);
    expect(await buy(project, emulator, { frozen: true })).toMatchObject({ exitCode: 0, spentMicros: 0 });

    // Another machine, with the clips and without the reference, where the address has something else by now.
    await fs.rm(project.path('.storyreel/references'), { recursive: true });
    media.bytes = BO;
    const lock = await project.read('reel.lock.yaml');
    const moved = await plan(project, { frozen: true }).catch((error: unknown) => error);
    expect(moved).toMatchObject({ code: 'reference-moved-on', exitCode: 5 });
    expect(String(moved)).toContain(`reel.yaml:5:20: something else is at ${media.url} now: `);
    expect(String(moved)).toContain(String(sha256));
    media.bytes = MIRA;
    expect((await plan(project, { frozen: true })).plan.takes.map(({ action }) => action)).toEqual([
      ...['cached', 'cached'],
    ]);

    media.bytes = BO;
    const refreshed = await plan(project, { refreshReferences: true });
    expect(refreshed.changedReferences).toMatchObject([{ url: media.url, place: 'reel.yaml:5:20' }]);
    expect(refreshed.plan.takes.map(({ reasons }) => reasons)).toEqual([
      ...[['references.mira'], ['references.mira']],
    ]);
    expect(await project.read('reel.lock.yaml')).toBe(lock); // a plan changes nothing that is committed
    expect((await plan(project)).plan.newMicros).toBe(0);
    expect(await buy(project, emulator, { refreshReferences: true })).toMatchObject({ exitCode: 0 });
    expect((await lockOf(project)).references.get(media.url)).not.toBe(sha256);
  });

  test('is not fetched with --frozen where no lock file pins it', async () => {
    const media = await Media.start();
    const project = await testProject({ 'reel.yaml': reel(media.url) });
    await expect(plan(project, { frozen: true })).rejects.toMatchObject({
      ...{ code: 'reference-unpinned', exitCode: 5 },
    });
    expect(media.asked).toEqual([]);
    const { code, stderr } = await command(['render', 'reel.yaml', '--frozen', '--refresh-references'], {
      cwd: project.folder,
    });
    expect([code, stderr]).toEqual([2, expect.stringContaining('looks at no address again')]);
  });

  test('is told of when it changed, by plan on the error stream', async () => {
    const media = await Media.start();
    const project = await testProject({ 'reel.yaml': reel(media.url) });
    const env = { STORYREEL_WAVESPEED_URL: media.url, WAVESPEED_API_KEY: 'secret' };
    const args = ['plan', 'reel.yaml', '--refresh-references'];
    expect(await command(args, { cwd: project.folder, env })).toMatchObject({ code: 0, stderr: '' });
    media.bytes = BO;
    const { stderr } = await command(args, { cwd: project.folder, env });
    expect(stderr).toMatch(/^reel\.yaml:5:20: something else is at http:\S+: [0-9a-f]{12}… became/);
    expect(media.asked).toEqual(['/mira.mp4', '/mira.mp4']);
  });

  test('is warned of where its model would refuse it', async () => {
    const media = await Media.start();
    media.bytes = Buffer.from('no media at all');
    const project = await testProject({ 'reel.yaml': reel(media.url) });
    const { diagnostics, sources } = (await plan(project)).checked;
    expect(diagnostics.map(({ code }) => code)).toEqual(['reference-unreadable']);
    const [warning] = diagnostics;
    const text = sources.get('reel.yaml')?.text.slice(warning?.range.start, warning?.range.end);
    expect(text).toBe(JSON.stringify(media.url));
  });

  test('two processes fetch one file', async () => {
    const media = await Media.start();
    const project = await testProject({ 'reel.yaml': reel(media.url) });
    const [one, other] = await Promise.all([plan(project), plan(project)]);
    expect(keysOf(one)).toEqual(keysOf(other));
    const store = new Store(project.path('.storyreel'));
    expect(await store.references.list()).toHaveLength(1);
    const names = await fs.readdir(project.path('.storyreel/references'));
    expect(names.filter(name => name !== 'urls' && !/^[0-9a-f]{2}$/.test(name))).toEqual([]);
  });
});

describe('what cannot be fetched', () => {
  const LIMITS = { connectMs: 300, idleMs: 200, downloadMs: 600, maxBytes: 5000 };
  const cases: [string, RequestListener, string, RegExp][] = [
    ['404', (_, to) => to.writeHead(404).end(), 'reference-unreachable', /HTTP 404/],
    [
      'a page',
      (_, to) => to.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      ...(['reference-unreachable', /it is text\/html/] as const),
    ],
    [
      'a redirect to a private address',
      (_, to) => to.writeHead(302, { location: 'https://192.168.1.1/mira.mp4' }).end(),
      ...(['reference-refused', /not public/] as const),
    ],
    [
      'a redirect to plain http',
      (_, to) => to.writeHead(302, { location: 'http://example.com/mira.mp4' }).end(),
      ...(['reference-refused', /not https/] as const),
    ],
    [
      'a circle',
      (_, to) => to.writeHead(302, { location: '/again' }).end(),
      ...(['reference-unreachable', /again and again/] as const),
    ],
    [
      'too many bytes, announced',
      (_, to) => to.writeHead(200, { 'content-length': '5001' }).end(Buffer.alloc(5001)),
      ...(['reference-refused', /more than 0\.005 MB/] as const),
    ],
    [
      'too many bytes, unannounced',
      (_, to) => {
        to.writeHead(200);
        to.write(Buffer.alloc(4000));
        to.end(Buffer.alloc(4000));
      },
      ...(['reference-refused', /more than 0\.005 MB/] as const),
    ],
    ['silence', () => {}, 'reference-unreachable', /./],
    ['an empty file', (_, to) => to.writeHead(200).end(), 'reference-unreachable', /it is empty/],
    [
      'half of it',
      (_, to) => {
        to.writeHead(200, { 'content-length': '4000' });
        to.write(Buffer.alloc(100), () => to.destroy());
      },
      ...(['reference-unreachable', /./] as const),
    ],
  ];
  test.each(cases)('%s', async (_, handle, code, why) => {
    const media = await Media.start(handle);
    const project = await testProject();
    const store = new Store(project.path('.storyreel'));
    const fetcher = new ReferenceFetcher(store, { rehearsal: true }, LIMITS);
    const error = await fetcher.fetch([referenceAt(media.url)], []).catch(error => error);
    expect(error).toMatchObject({ code, hint: expect.stringContaining('name its path') });
    expect(error.message).toMatch(/^reel\.yaml:5:20: http:\S+ (could not be|was not) fetched: /);
    expect(error.message).toMatch(why);
    expect(await fs.readdir(store.references.folder)).toEqual([]); // nothing is left
  });

  test('this machine is no place for references outside of a rehearsal', async () => {
    const media = await Media.start();
    const project = await testProject({ 'reel.yaml': reel(media.url) });
    await expect(plan(project, { rehearsal: false })).rejects.toMatchObject({ code: 'reference-refused' });
    expect(media.asked).toEqual([]);
  });
});

test('cache verify finds a damaged one, plan fetches it again, and prune takes what was replaced', async () => {
  const media = await Media.start();
  const project = await testProject({ 'reel.yaml': reel(media.url) });
  await plan(project);
  const store = new Store(project.path('.storyreel'));
  const [first] = await store.references.list();
  const path = String(first?.path);
  await fs.chmod(path, 0o644);
  await fs.writeFile(path, 'something else');
  expect((await verifyStore(store)).broken).toEqual([{ sha256: first?.sha256, state: 'damaged', keys: [] }]);
  await plan(project);
  expect(readFileSync(path)).toEqual(Buffer.from(MIRA));
  const rule = { olderThanMs: 0, derivedBytes: null };
  expect(await findPrunable(store, project.folder, rule)).toEqual([]);
  media.bytes = BO;
  await plan(project, { refreshReferences: true });
  expect(await findPrunable(store, project.folder, rule)).toMatchObject([{ kind: 'reference', path }]);
  await project.write(
    'reel.lock.yaml',
    `version: 1\nshots:\nreferences:\n  "https://x.y": "${first?.sha256}"\n`,
  );
  expect(await findPrunable(store, project.folder, rule)).toEqual([]);
});
