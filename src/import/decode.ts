import type { ImportCode } from '../explanations/explanations.ts';
import type { Diagnostic } from '../storyboard/diagnostic.ts';
import type { Source } from '../storyboard/source.ts';

/** A script of 2,000 pages has about 4 MB; what is larger is no script. */
export const MAX_IMPORT_BYTES: number = 4 * 1024 * 1024;

/** A file's text, with plain line breaks, and what there is to say of its encoding. */
export interface Decoded {
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads bytes as text: UTF-8, UTF-16 with its mark, and, with a warning, what old programs and spreadsheets on
 * Windows write. Whatever else it is, it is no text, and is told as an error.
 */
export function decode(file: string, bytes: Uint8Array): Decoded {
  if (bytes.length > MAX_IMPORT_BYTES) return refused(file, 'script-too-large', tooLarge(bytes.length));
  const { text, isGuess } = textOf(bytes);
  const source = { file, text: text.replace(/\r\n?|[\f\v]/g, '\n').replace(INVISIBLE, '') };
  // Beyond the first kilobytes, too: a control character is nothing that a person has written.
  const stray = (isGuess ? /[\0-\u0008\u000e-\u001f\ufffd]/ : /[\0\ufffd]/).exec(text);
  if (stray !== null) {
    const message = 'this is not text; export the script as plain text in UTF-8 (.fountain or .csv)';
    return { source, diagnostics: [problem('not-a-script', 'error', message, file, stray.index)] };
  }
  if (source.text.trim() === '')
    return { source, diagnostics: [problem('nothing-to-import', 'error', EMPTY, file, 0)] };
  const odd = isGuess ? /[\u0080-\uffff]/.exec(source.text) : null;
  if (odd === null) return { source, diagnostics: [] };
  return { source, diagnostics: [problem('other-encoding', 'warning', GUESSED, file, odd.index)] };
}

/** What to say of a file of so many bytes. */
export function tooLarge(bytes: number): string {
  const limit = MAX_IMPORT_BYTES / 1024 / 1024;
  return `the file has ${Math.ceil(bytes / 1024 / 1024)} MB; at most ${limit} can be imported: split it`;
}

/** What acts on a terminal, or turns text around: nothing that a script says. NUL is left to be told of. */
const INVISIBLE = /[\u0001-\u0008\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const EMPTY = 'the file is empty: there is nothing to import';
const GUESSED = 'the file is not UTF-8 and was read as Windows-1252; save it as UTF-8 if letters look wrong';

function textOf(bytes: Uint8Array): { text: string; isGuess: boolean } {
  const [first, second] = bytes;
  const name =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  if (name !== null) return { text: new TextDecoder(name).decode(bytes), isGuess: false };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isGuess: false };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), isGuess: true };
  }
}

function refused(file: string, code: ImportCode, message: string): Decoded {
  return { source: { file, text: '' }, diagnostics: [problem(code, 'error', message, file, 0)] };
}

function problem(
  code: ImportCode,
  severity: Diagnostic['severity'],
  message: string,
  file: string,
  at: number,
): Diagnostic {
  return { code, severity, message, file, range: { start: at, end: at + 1 } };
}
