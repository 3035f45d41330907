import { promises as fs } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import type { ListedShot, ListedTake } from '../../src/project/list-takes.ts';
import { writeContactSheet } from '../../src/render/contact-sheet.ts';
import { OwnFiles } from '../../src/render/own-files.ts';
import { columnsOf, paginate, sheetLines } from '../../src/render/sheet-lines.ts';
import { Store } from '../../src/store/store.ts';
import { makeClip, type TestProject, testFfmpeg, testProject } from '../support/project.ts';

const CLIP = { sha256: 'a'.repeat(64) as never, width: 64, height: 36, durationSeconds: 1 };

function take(number: number, fields: Partial<ListedTake> = {}): ListedTake {
  const names = { take: number, key: 'k' as never, state: 'rendered', current: true, version: 0 } as const;
  const marks = { picked: false, locked: false, changed: [], seed: number, model: null, predictionId: null };
  return { ...names, ...marks, costMicros: 0, renderedAt: new Date(0), clip: CLIP, ...fields };
}

const older = (number: number, version: number) =>
  take(number, { current: false, version, changed: ['prompt', 'references.mira'] });
const shot = (id: string, ...takes: ListedTake[]): ListedShot => ({ id, shot: null, takes });

describe('the lines of a contact sheet', () => {
  test('each version of a shot begins a line; what is gone, or was never rendered, takes none of its own', () => {
    const shots = [
      shot('a', take(1), take(2), take(3), older(1, 1), older(3, 1), older(1, 2)),
      shot('b', take(1, { clip: null, state: 'missing' })),
      shot('c', take(1), take(2, { clip: null, state: 'missing' }), take(1, { ...older(1, 1), clip: null })),
    ];
    expect(columnsOf(shots, 6)).toBe(3);
    const lines = sheetLines(shots, 2);
    expect(lines.map(({ shot, takes, older, isFirst }) => [shot.id, takes.length, older, isFirst])).toEqual([
      ['a', 2, null, true],
      ['a', 1, null, false],
      ['a', 2, 'prompt, mira changed', true],
      ['a', 1, 'prompt, mira changed', true],
      ['c', 2, null, true],
    ]);
    expect(lines.map(({ hasHeading }) => hasHeading)).toEqual([true, false, false, false, false]);
    // A page that begins in the middle of a scene says which.
    const pages = paginate(lines, ({ hasHeading }) => (hasHeading ? 30 : 20), 60);
    expect(pages.map(page => page.map(({ hasHeading }) => hasHeading))).toEqual([
      [true, false],
      [true, false],
      [true],
    ]);
  });
});

describe('the contact sheet', () => {
  test('shows the clips; one that cannot be read does not hide the others; pages no longer needed go', async () => {
    const project = await testProject({
      'out/takes-1.png': 'old',
      'out/takes-2.png': 'old',
      'out/takes-3.png': 'not ours',
      'out/.storyreel.json': JSON.stringify({
        ...{ version: 1, storyboard: null, film: [], takes: ['takes-1.png', 'takes-2.png'] },
      }),
    });
    const sources = {
      referencePaths: new Map(),
      file: { file: 'reel.yaml', path: project.path('reel.yaml') },
    };
    const store = new Store(project.path('.storyreel'));
    const put = async (digit: string, color: string | null) => {
      const clip = { ...CLIP, sha256: digit.repeat(64) as never };
      const path = store.clipPath(clip.sha256);
      await fs.mkdir(dirname(path), { recursive: true });
      if (color === null) await fs.writeFile(path, 'no clip');
      else await makeClip(path, { color, size: '64x36', tone: null });
      return clip;
    };
    const clips = [await put('1', 'red'), await put('2', 'blue'), await put('3', null)] as const;
    const takes = clips.map((clip, index) => take(index + 1, { clip, picked: index === 1 }));
    const { files, leftOut } = await writeContactSheet({
      ...{ title: 'Test', note: 'reel.yaml', shots: [shot('a', ...takes)], fonts: [], store },
      ...{ file: project.path('out/takes.png'), own: new OwnFiles(project.path('out'), 'takes', sources) },
      ...{ ffmpeg: testFfmpeg, signal: new AbortController().signal },
    });
    expect([files, leftOut]).toEqual([[project.path('out/takes.png')], 0]);
    expect((await fs.readdir(project.path('out'))).sort()).toEqual([
      '.storyreel.json',
      'takes-3.png',
      'takes.png',
    ]);
    const colors = await colorsOf(files[0] ?? '', project);
    expect(colors.get('red')).toBeGreaterThan(100_000);
    expect(colors.get('blue')).toBeGreaterThan(100_000);
    expect(colors.get('accent')).toBeGreaterThan(4000); // the ring around the picked one
  });
});

/** How many pixels are about red, blue, and the colour of what is picked. */
async function colorsOf(png: string, project: TestProject): Promise<Map<string, number>> {
  const file = project.path('sheet.raw');
  const output = ['-f', 'rawvideo', '-pix_fmt', 'rgb24'];
  await runFfmpeg(await testFfmpeg(), { inputs: [{ source: png }], output, file });
  const bytes = await fs.readFile(file);
  const counts = new Map<string, number>();
  for (let at = 0; at < bytes.length; at += 3) {
    const [red = 0, green = 0, blue = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    const name =
      green < 30 && red > 220
        ? 'red'
        : green < 30 && blue > 220
          ? 'blue'
          : red === 0xf0 && green === 0xab
            ? 'accent'
            : '';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
