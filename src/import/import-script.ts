import { type Diagnostic, hasErrors } from '../storyboard/diagnostic.ts';
import type { Source } from '../storyboard/source.ts';
import { decode } from './decode.ts';
import { draftScreenplay } from './screenplay.ts';
import { draftShotList } from './shot-list.ts';
import { writeStoryboard } from './write-storyboard.ts';

export type ScriptFormat = 'fountain' | 'csv';

export interface ImportedScript {
  /** Null if there are errors. */
  readonly storyboard: string | null;
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
}

/** A script's bytes as the text of a storyboard, and what there is to say of them. */
export function importScript(file: string, bytes: Uint8Array, format: ScriptFormat): ImportedScript {
  const { source, diagnostics } = decode(file, bytes);
  if (hasErrors(diagnostics)) return { storyboard: null, source, diagnostics };
  const { draft, diagnostics: own } = format === 'csv' ? draftShotList(source) : draftScreenplay(source);
  const all = [...diagnostics, ...own];
  return { storyboard: hasErrors(all) ? null : writeStoryboard(draft, file), source, diagnostics: all };
}
