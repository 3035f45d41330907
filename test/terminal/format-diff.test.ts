import { describe, expect, test } from 'vitest';
import type { FilmsDiff } from '../../src/plan/diff-films.ts';
import { diffStoryboards } from '../../src/project/diff-files.ts';
import { formatDiff } from '../../src/terminal/format-diff.ts';
import { formatDiffAsMarkdown } from '../../src/terminal/format-diff-markdown.ts';
import { testProject } from '../support/project.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

async function difference(before: string, after: string): Promise<FilmsDiff> {
  const { folder } = await testProject({ ...REFERENCES, 'old.yaml': before, 'reel.yaml': after });
  return await diffStoryboards('old.yaml', 'reel.yaml', { cwd: folder, provider: 'wavespeed' });
}

const WALK =
  '{mira} walks the sea wall toward the camera with the wind in her face, scarf streaming behind her';
const RUN = '{mira} runs along the sea wall away from the camera, scarf streaming behind her';
const BEFORE = storyboardText(
  shot('arrival', { prompt: WALK }) + shot('meeting') + shot('crane') + shot('swell') + shot('cast-off'),
  'style: cold light\n',
);
const AFTER = storyboardText(
  shot('arrival', { prompt: RUN }) +
    shot('crane') +
    shot('meeting', { takes: 2, caption: 'Noon | #7' }) +
    shot('storm', { prompt: '{bo} ties down the load', duration: 5 }) +
    shot('casting-off', { prompt: '{mira} does cast-off' }),
  'style: warm light\ndefaults: { resolution: 1080p }\n',
);

describe('what was changed', () => {
  test('as a table', async () => {
    expect(formatDiff(await difference(BEFORE, AFTER), false, 100)).toMatchInlineSnapshot(`
      "Test  reel.yaml  compared with old.yaml

        length         10 s → 13 s    +3 s, +90 frames
        shots          5              1 added, 1 removed, 1 moved, 1 renamed, 1 re-prompted, 4 otherwise changed
        takes          5 → 6
        list price     $3.50 → $7.20  +$3.70
        to render now  $7.20          6 takes: arrival, crane, meeting × 2, storm, casting-off

      The film
        style  cold light → warm light

      4 shots  arrival, crane, meeting, casting-off
        resolution  720p → 1080p

      ~ arrival                                2 s                    $0.70 → $1.12
          prompt  - {mira} walks the sea wall toward the camera with the wind in her face, scarf streaming behind her
                  + {mira} runs along the sea wall away from the camera, scarf streaming behind her
      - swell        removed, was after crane  2 s                    $0.70
      ~ meeting      moved, now after crane    2 s  1 take → 2 takes  $0.70 → $2.24
          caption  none → Noon | #7
          takes    1 → 2
      + storm        new, after meeting        5 s                    $1.60
          {bo} ties down the load
      ~ casting-off  was called cast-off       2 s                    $0.70 → $1.12
      "
    `);
  });

  test('as Markdown', async () => {
    expect(formatDiffAsMarkdown(await difference(BEFORE, AFTER))).toMatchInlineSnapshot(`
      "### Test

      \`reel.yaml\` compared with old.yaml

      |  | before | now |  |
      | --- | ---: | ---: | --- |
      | length | 10 s | **13 s** | +3 s, +90 frames |
      | shots | 5 | 5 | 1 added, 1 removed, 1 moved, 1 renamed, 1 re-prompted, 4 otherwise changed |
      | takes | 5 | **6** |  |
      | list price | $3.50 | **$7.20** | +\\$3.70 |
      | to render now |  | **$7.20** | 6 takes: arrival, crane, meeting × 2, storm, casting-off |

      | where | what was changed |
      | --- | --- |
      | the film | **style** cold light → warm light |
      | 4 shots: arrival, crane, meeting, casting-off | **resolution** 720p → 1080p |

      |  | shot | what was changed | length | list price |
      | --- | --- | --- | ---: | ---: |
      | ~ | \`arrival\` | **prompt** {mira} <del>walks</del> <ins>runs along</ins> the sea wall <del>toward the camera with the wind in her face</del> <ins>away from the camera</ins>, scarf streaming behind her | 2 s | $0.70 → $1.12 |
      | **−** | \`swell\` | *removed, was after crane* | 2 s | $0.70 |
      | ~ | \`meeting\` | *moved, now after crane*<br>**caption** none → Noon \\| #<!-- -->7<br>**takes** 1 → 2 | 2 s | $0.70 → $2.24 |
      | **+** | \`storm\` | *new, after meeting*<br>{bo} ties down the load | 5 s | $1.60 |
      | ~ | \`casting-off\` | *was called cast-off* | 2 s | $0.70 → $1.12 |
      "
    `);
  });

  test('nothing, in so many words', async () => {
    const diff = await difference(BEFORE, BEFORE);
    expect(formatDiff(diff, false, 100)).toMatch(/\n\nNothing was changed\.\n$/);
    expect(formatDiffAsMarkdown(diff)).toMatch(/\n\nNothing was changed\.\n$/);
  });

  test('text of others marks up nothing, calls nobody and reaches no terminal', async () => {
    const caption = 'a `b` <img src=x> [c](http://d) *e* | f @octocat #12 $g$ \u001b[31m\u202eh';
    const diff = await difference(
      storyboardText(shot('a')),
      storyboardText(shot('a', { caption: caption.replace(/[\u001b\u202e]/g, '') })),
    );
    const markdown = formatDiffAsMarkdown(diff);
    expect(markdown).toContain(
      'a \\`b\\` &lt;img src=x&gt; \\[c\\](http://<!-- -->d) \\*e\\* \\| f @<!-- -->octocat #<!-- -->12 \\$g\\$',
    );
    const film = diff.films[0];
    const change = { field: 'caption', before: null, after: caption };
    const hostile = { ...diff, films: film === undefined ? [] : [{ ...film, changes: [change] }] };
    expect(formatDiff(hostile, false, 100)).not.toMatch(/[\u001b\u202e]/);
    expect(formatDiffAsMarkdown(hostile)).not.toMatch(/[\u001b\u202e]/);
  });

  test('a film of which all was changed still fits into a comment', async () => {
    const shots = (word: string) =>
      Array.from({ length: 150 }, (_, n) => shot(`s${n}`, { prompt: `{mira} ${`${word}${n} `.repeat(60)}` }));
    const diff = await difference(
      storyboardText(shots('walks').join('')),
      storyboardText(shots('runs').join('')),
    );
    const markdown = formatDiffAsMarkdown(diff);
    expect(markdown.length).toBeLessThan(65_536);
    expect(markdown).toMatch(/and \d+ more; `storyreel diff --json` lists all\n$/);
    expect(formatDiff(diff, false, 100)).toMatch(/and 50 more; `storyreel diff --json` lists all\n$/);
  });
});
