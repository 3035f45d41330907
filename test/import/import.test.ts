import { promises as fs } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importScript, type ScriptFormat } from '../../src/import/import-script.ts';
import { loadLanguage, schemaPath } from '../../src/project/language.ts';
import { checkStoryboard } from '../../src/storyboard/check.ts';
import { formatStoryboard } from '../../src/storyboard/format-storyboard.ts';
import { parseYaml } from '../../src/storyboard/parse-yaml.ts';
import { type PromptPart, parsePrompt } from '../../src/storyboard/prompt.ts';
import { place } from '../../src/storyboard/source.ts';
import { expandData } from '../../src/storyboard/variables.ts';
import type { Shot, WrittenStoryboard } from '../../src/storyboard/written.ts';

const SCHEMA = JSON.parse(await fs.readFile(schemaPath('storyboard.schema.json'), 'utf8'));
const language = await loadLanguage();

interface Imported {
  readonly yaml: string;
  readonly data: WrittenStoryboard;
  readonly shots: readonly Shot[];
  /** `line:column severity code` of each. */
  readonly told: readonly string[];
}

/** Imports, and reads what came out as `check` does; whatever it is, it must have the shape of a storyboard. */
function imported(script: string | Uint8Array, format: ScriptFormat = 'fountain'): Imported {
  const bytes = typeof script === 'string' ? new TextEncoder().encode(script) : script;
  const { storyboard, source, diagnostics } = importScript(`script.${format}`, bytes, format);
  const told = diagnostics.map(diagnostic => {
    const { line, column, severity, code } = place(source, diagnostic);
    return `${line}:${column} ${severity} ${code}`;
  });
  if (storyboard === null) return { yaml: '', data: { version: 1 }, shots: [], told };
  const board = { file: 'storyboard.yaml', text: storyboard };
  expect(formatStoryboard(board.file, storyboard, SCHEMA).text).toBe(storyboard);
  const parsed = parseYaml(board);
  const part = { source: board, yaml: parsed, rebase: (path: string) => path, includes: [], lacking: false };
  const checked = checkStoryboard(part, { name: 'film', variables: new Map(), profile: undefined }, language);
  const wrong = checked.layOut(new Map(), new Map()).diagnostics.filter(one => one.severity === 'error');
  expect(wrong.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
  const data = expandData(parsed.data as never, new Map()) as unknown as WrittenStoryboard;
  const shots = data.shots ?? (data.scenes ?? []).flatMap(scene => scene.shots);
  return { yaml: storyboard, data, shots, told };
}

/** What the shots say, as their models and their viewers get it. */
function textsOf({ shots, data }: Pick<Imported, 'shots' | 'data'>): string {
  const said = (part: PromptPart) =>
    'text' in part ? part.text : (data.characters?.[part.name]?.description ?? '?');
  const words = shots.flatMap(({ prompt, card, dialogue }) => [
    ...parsePrompt(prompt ?? '').parts.map(said),
    card?.title ?? '',
    ...(Array.isArray(dialogue) ? dialogue.map(({ text }) => ` ${text}`) : []),
    ' ',
  ]);
  return words.join('');
}

/** As letters alone: an introduction in brackets becomes one after a comma, a name in capitals loses them. */
const squeezed = (text: string) => text.replace(/[\s(),]+/g, '').toLowerCase();

describe('a Fountain screenplay', () => {
  test('scenes, action, dialogue, transitions and notes', () => {
    const { yaml, told } = imported(`Title: **The Salt Road**
Author: J. Vale

# Act One

FADE IN:

EXT. HARBOUR - DAWN #1A#

= Mira arrives.

Fog on *black* water.
Gulls wheel. [[Real gulls?]]

MIRA SOLEN (30s, a salt trader) walks the wall.

MIRA (CONT'D)
(quietly)
Still standing.

/* cut:

INT. NOWHERE
*/

DISSOLVE TO:

INT. CUSTOMS HOUSE

@McCready ^
Forty sacks. {sic} \${price}

SMASH CUT TO:

.BLACK

A door {shuts} for $$\${5}.

> THE END <

FADE OUT.
`);
    expect(told).toEqual([]);
    expect(yaml).toBe(`# Imported from script.fountain.
# Author: J. Vale

version: 1
title: The Salt Road

defaults:
  model: alibaba/wan-2.7/text-to-video
  duration: 5
  # resolution: 1080p
  # negative_prompt: blurry, watermark

characters:
  mira:
    description: Mira Solen, 30s, a salt trader
  mccready:
    # What does McCready look like? Say so behind the name, after a comma.
    description: McCready

cut: { fade_out: 1 }

scenes:
  # Act One
  # Scene 1A
  # Mira arrives.
  - id: harbour-dawn
    title: EXT. HARBOUR - DAWN
    shots:
      # Real gulls?
      - id: fog-on-black-water
        prompt: Fog on black water. Gulls wheel.
        transition: { type: fade }
      - id: mira-solen-walks-the
        prompt: "{mira:description} walks the wall."
        dialogue:
          # (quietly)
          - { text: Still standing., speaker: Mira }

  - id: customs-house
    title: INT. CUSTOMS HOUSE
    shots:
      # The script has words and no action here: say what is seen.
      - id: mccready-speaks
        prompt: "{mccready:description} speaks"
        dialogue:
          # at the same time
          - { text: "Forty sacks. {sic} $\${price}", speaker: McCready }
        transition: { type: dissolve }

  - id: black
    title: BLACK
    shots:
      # SMASH CUT TO:
      - id: a-door-shuts-for
        prompt: A door {{shuts} for $$$\${{5}.
      - id: the-end
        card: { title: THE END }
`);
  });

  test.each([
    ['IRIS OUT', 'circleclose'],
    ['IRIS OUT:', 'circleclose'],
    ['IRIS IN.', 'circleopen'],
    ['FADE OUT.', 'fade'],
    ['DISSOLVE TO:', 'dissolve'],
  ])('%s between two shots leads into the next one', (words, type) => {
    const { shots, told } = imported(`A door opens.\n\n${words}\n\nA dog.`);
    expect(shots.map(({ prompt, transition }) => [prompt, transition?.type])).toEqual([
      ['A door opens.', undefined],
      ['A dog.', type],
    ]);
    expect(told).toEqual([]);
  });

  test('a transition from nothing becomes a comment, and is told of; a fade is from black', () => {
    const { yaml, told } = imported('Title: Tram\n\nDISSOLVE TO:\n\nA door.');
    expect(told).toEqual(['3:1 warning no-shot-before']);
    expect(yaml).toContain('# DISSOLVE TO:\n');
    expect(imported('FADE IN:\n\nA door.').told).toEqual([]);
    expect(imported('SMASH CUT TO:\n\nA door.').told).toEqual([]);
  });

  test('text without any heading becomes shots without scenes; a heading alone is seen', () => {
    expect(imported('A door opens.\n\nA dog.').data.shots?.map(({ id }) => id)).toEqual([
      'a-door-opens',
      'a-dog',
    ]);
    expect(
      imported('INT. HALL\n\nINT. HALL').data.scenes?.map(({ id, shots }) => [id, shots[0]?.prompt]),
    ).toEqual([
      ['hall', 'INT. HALL'],
      ['hall-2', 'INT. HALL'],
    ]);
  });

  test.each([
    ['MIRA SOLEN (30s, a trader) runs.', '{mira:description} runs.', 'Mira Solen, 30s, a trader'],
    ['ENTER MIRA (30s, a trader).', 'ENTER {mira:description}.', 'Mira, 30s, a trader'],
    ['MIRA, late 30s, in a grey coat, runs.', '{mira:description}, runs.', 'Mira, late 30s, in a grey coat'],
    ['MIRA, 30, walks in.', '{mira:description}, walks in.', 'Mira, 30'],
    ["Mira's hand. Mira waits.", "{mira:description}'s hand. Mira waits.", 'Mira'],
    ['Close on Mira.', 'Close on {mira:description}.', 'Mira'],
    ['Miranda costs $Mira.', 'Miranda costs ${mira:description}.', 'Mira'],
  ])('whom a script introduces is described in one place: %s', (action, prompt, description) => {
    const { data, shots } = imported(`${action}\n\nMIRA\nHello.`);
    expect([shots[0]?.prompt, data.characters?.mira]).toEqual([prompt, { description }]);
  });

  test('no shot has more dialogue than it has time', () => {
    const { shots } = imported(
      `A room.\n\nMIRA\n${'I have said all of this before, and nobody wrote it down. '.repeat(12)}`,
    );
    expect(shots.length).toBeGreaterThan(2);
    for (const { duration = 5, dialogue } of shots) {
      expect(duration).toBeLessThanOrEqual(15);
      const letters = (dialogue as { text: string }[]).reduce((sum, { text }) => sum + text.length + 6, 0);
      expect(letters / 17).toBeLessThanOrEqual(duration);
    }
  });

  test('what is opened and never closed is text, and is told of', () => {
    const result = imported('A [[door\n\nopens /* wide');
    expect(result.told).toEqual(['1:3 warning not-closed', '3:7 warning not-closed']);
    expect(textsOf(result)).toContain('opens /* wide');
  });

  test('everything that was written is there, whatever it is', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'MIRA',
        '{mira}',
        '${x}',
        '$$',
        '{{',
        '}',
        '@',
        '.',
        'INT.',
        'TO:',
        ':',
        '- x',
        '#a',
        '"',
        "'",
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
    );
    const line = fc.array(word, { minLength: 1, maxLength: 12 }).map(words => words.join(' '));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), lines => {
        // Forced, so that we know what each line is; without what a screenplay leaves out.
        const action = lines.map(text => plainText(text)).filter(text => text !== '');
        fc.pre(action.length > 0);
        const result = imported(`${action.map(text => `!${text}`).join('\n\n')}\n\n@A\n${action.join(' ')}`);
        const all = squeezed(textsOf(result));
        for (const text of action) expect(all).toContain(squeezed(text));
        expect(all).toContain(squeezed(action.join('')));
      }),
      { numRuns: 100 },
    );
  });

  test('any text at all becomes a storyboard, or is told of', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\n',
        '\n\n',
        '  \n',
        'INT. A',
        'MIRA',
        '(x)',
        '> a <',
        '>',
        '~a',
        '# ',
        '= b',
        '===',
        '[[',
        ']]',
        '/*',
        '*/',
      ),
      fc.constantFrom(
        'Title: x',
        'CUT TO:',
        'FADE OUT.',
        '@b',
        '^',
        '.c',
        '!',
        '**',
        '_',
        '\\*',
        '\t',
        '\r',
        ' ',
        '...',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
        const { shots, told } = imported(pieces.join(''));
        expect(shots.length > 0 || told.some(text => text.includes(' error '))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a CSV shot list', () => {
  const list = (text: string) => imported(text, 'csv');

  test('columns by any name, separated by anything; what is unknown becomes a comment', () => {
    const { yaml, told } = list(`Night Tram;;;;;;;;
Scene;Shot #;Description;Shot Size;Lens;Duration;Dialogue;Cast;Grip
Depot;1;Nell locks the gate {twice};WS;35mm;4;;Nell;dolly
;2;"Her hand; the key ""slips""";CU;;1,5 s;NELL: Not tonight.;Nell;

Tram;1;The tram;;;0:22;;Nell & Driver;
`);
    expect(told).toEqual(['2:64 warning unknown-column', '6:19 warning clip-too-long']);
    expect(yaml.slice(yaml.indexOf('scenes:'))).toBe(`scenes:
  - id: depot
    title: Depot
    shots:
      # Grip: dolly
      - id: depot-1
        prompt: "{nell:description} locks the gate {{twice}. WS, 35mm"
        duration: 4
      - id: depot-2
        prompt: Her hand; the key "slips". CU, with {nell:description}
        duration: 2
        trim: { end: 1.5 }
        dialogue:
          - { text: Not tonight., speaker: Nell }

  - id: tram
    title: Tram
    shots:
      # The list says 0:22; a clip has at most 15 s: divide the shot.
      - id: tram-1
        prompt: The tram. With {nell:description}, {driver:description}
        duration: 15
`);
  });

  test.each([
    [
      'prompt,seed,takes,pick,transition\nA,7,3,2,fade in\nB,-1,,,Dissolve to\n',
      [],
      { seed: 7, takes: 3, pick: 2 },
    ],
    ['prompt\tseed\nA\t7', [], { seed: 7 }],
    ['\ufeffprompt,seed\r\nA,7\r\n', [], { seed: 7 }],
    ['sep=|\nprompt|seed\nA|7', [], { seed: 7 }],
    ['prompt,seed\nA,many', ['2:3 warning not-understood'], {}],
    ['prompt,takes,pick\nA,2,3', ['2:5 warning not-understood'], { takes: 2 }],
    ['prompt,seed\nA,7,and more', ['2:5 warning extra-field'], { seed: 7 }],
    ['shot,prompt\n1,A,7', ['2:5 warning extra-field'], {}],
    ['prompt,seed\n,7', ['2:1 warning nothing-seen'], { seed: 7 }],
  ])('%j', (text, problems, fields) => {
    const { shots, told } = list(text);
    expect(told).toEqual(problems);
    const { id, prompt, transition, ...rest } = shots[0] as Shot;
    expect(rest).toEqual(fields);
  });

  test('a transition leads into the shot of its own line; the film fades out after the last', () => {
    const { data, shots, told } = list('prompt,transition\nA,fade in\nB,fade out\nC,\nD,FADE OUT.\n,\n');
    expect(shots.map(({ transition }) => transition?.type)).toEqual(['fade', 'fade', undefined, undefined]);
    expect([data.cut, told]).toEqual([{ fade_out: 1 }, []]);
    expect(list('scene,prompt,transition\nx,A,\nx,B,fade in').data.cut).toBeUndefined();
    expect(list('scene,prompt,transition\nx,A,fade out\ny,,').data.cut).toEqual({ fade_out: 1 });
  });

  test('a transition into the first line becomes a comment, and is told of', () => {
    const { yaml, told } = list('prompt,transition\nA,dissolve\nB,wipe');
    expect(told).toEqual(['2:3 warning no-shot-before']);
    expect(yaml).toContain('# Transition: dissolve\n');
    expect(list('prompt,transition\nA,cut to:\nB,wipe').told).toEqual([]);
  });

  test.each([
    ['prompt,seed\nA,"7\nB,8\n', '2:3 error quote-not-closed'],
    ['one,two\nA,B\n', '1:1 error no-columns'],
    ['prompt,seed\n,\n', '1:11 error nothing-to-import'],
  ])('%j is refused', (text, problem) => expect(list(text).told).toEqual([problem]));

  test('every cell is there, whatever it is', () => {
    const cell = fc.oneof(
      fc.constantFrom('', '{mira}', '${x}', '"', ',', '\n', 'a,b', '5', "'", '#', '- a: b', '=1+1'),
      fc.string({ unit: 'binary', maxLength: 10 }).map(text => text.replace(/[\p{C}\ufffd]/gu, '')),
    );
    const row = fc.record({ shot: cell, action: cell, size: cell, dialogue: cell, notes: cell, odd: cell });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), rows => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const lines = rows.map(all => Object.values(all).map(quoted).join(','));
        const result = list(`shot,action,size,dialogue,notes,odd\n${lines.join('\n')}`);
        if (result.told.some(text => text.includes(' error '))) {
          expect(squeezed(rows.map(all => Object.values(all).join('')).join(''))).toBe('');
          return;
        }
        const all = squeezed(textsOf(result));
        for (const { action, size, notes, odd } of rows) {
          expect(all).toContain(squeezed(action));
          expect(all).toContain(squeezed(size));
          for (const remark of [notes, odd])
            for (const text of remark.split('\n')) expect(result.yaml).toContain(text.trim());
        }
      }),
      { numRuns: 100 },
    );
  });

  test('any text at all becomes a storyboard, or is told of', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'shot',
        'prompt',
        'scene',
        'duration',
        'transition',
        ',',
        ';',
        '\t',
        '"',
        '\n',
        '\r\n',
        'fade',
        '1',
        'NELL: x',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
        const { shots, told } = list(pieces.join(''));
        expect(shots.length > 0 || told.some(text => text.includes(' error '))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe('files that are something else', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['nothing', '', '1:1 error nothing-to-import'],
    ['blank lines', '\n \n', '1:1 error nothing-to-import'],
    ['a NUL', 'A door.\n\nA \0dog.', '3:3 error not-a-script'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), '1:1 error not-a-script'],
    ['boneyard alone', '/* INT. HALL */', '1:1 error nothing-to-import'],
  ])('%s', (_, content, problem) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    expect(
      imported(bytes).told.map(text =>
        text.replace(/^\d+:\d+ (?=error not-a-script)/, match =>
          problem.startsWith('1:1') ? '1:1 ' : match,
        ),
      ),
    ).toEqual([problem]);
  });

  test('text in UTF-16 is read, and in Latin-1 with a warning', () => {
    const text = 'Über der Küste zieht Nebel auf.';
    for (const bytes of [
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    ])
      expect(imported(bytes)).toMatchObject({
        told: [],
        shots: [{ prompt: text, id: 'uber-der-kuste-zieht' }],
      });
    expect(imported(Buffer.from(text, 'latin1'))).toMatchObject({
      told: ['1:1 warning other-encoding'],
      shots: [{ prompt: text }],
    });
  });

  test.each([
    ['openings of notes', '[[/*'.repeat(200_000)],
    ['stars', '*a '.repeat(200_000)],
    ['capitals', 'A'.repeat(800_000)],
    ['one paragraph', 'word '.repeat(160_000)],
    ['quotes', '"'.repeat(800_000)],
    ['brackets', 'AB ('.repeat(200_000)],
    ['blanks in a heading', `INT. a${' '.repeat(800_000)}b`],
    ['marks of sections', '#'.repeat(800_000)],
  ])('nearly a megabyte of %s is no reason to hang', (_, text) => {
    for (const format of ['fountain', 'csv'] as const)
      importScript('x', new TextEncoder().encode(text), format);
  });
});

/** Without control characters, marks of emphasis and whatever else Fountain takes for itself. */
function plainText(text: string): string {
  return text
    .replace(/[\p{C}\ufffd]|[*_\\~]|\/|\[\[|\]\]|^[=>#!@(.]+/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}
