import type { ErrorCode } from '../explanations/explanations.ts';
import { isUnusual } from '../plan/take.ts';
import type { ReadableStoryboard } from '../storyboard/check.ts';
import type { Diagnostic } from '../storyboard/diagnostic.ts';
import type { Path } from '../storyboard/parse-yaml.ts';
import type { ReferencePaths } from './reference-files.ts';

/** Text that the cut draws must be writable: a dot in the place of a letter is seen too late, in the film. */
export async function checkText(
  { storyboard, locate }: ReadableStoryboard,
  paths: ReferencePaths,
): Promise<Diagnostic[]> {
  const texts = [...textsOf(storyboard)];
  const diagnostics: Diagnostic[] = [];
  const report = (code: ErrorCode, message: string, path: Path) =>
    diagnostics.push({ code, severity: 'error', message, ...locate(path) });
  const fonts: string[] = [];
  for (const { file, path } of storyboard.fonts) {
    const font = paths.get(file);
    if (font === undefined) continue; // it was reported that it is not there
    if (await canBeRead(font)) fonts.push(font);
    else report('file-unreadable', `${file} is no font that can be read: it takes TTF, OTF or WOFF`, path);
  }
  const unusual = texts.filter(({ text }) => isUnusual(text));
  if (unusual.length === 0) return diagnostics;
  const { missingGlyphs } = await import('../media/draw.ts');
  for (const { text, path } of unusual) {
    const missing = await missingGlyphs(text, fonts);
    if (missing.length === 0) continue;
    const shown = missing.slice(0, 8).map(visible).join(' ');
    const more = missing.length > 8 ? ` and ${missing.length - 8} more` : '';
    report('no-glyph', `no font can write ${shown}${more}; name one that can under \`fonts\``, path);
  }
  return diagnostics;
}

/** A letter, or the number of one of which a terminal would show nothing. */
function visible(character: string): string {
  if (!/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u.test(character)) return character;
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** By its first bytes, and then by reading it: whatever a damaged one does must not end in the middle of a film. */
async function canBeRead(font: string): Promise<boolean> {
  const { isFont } = await import('../media/fonts.ts');
  if (!(await isFont(font))) return false;
  const { missingGlyphs } = await import('../media/draw.ts');
  try {
    await missingGlyphs('a', [font]);
    return true;
  } catch {
    return false;
  }
}

function* textsOf({
  items,
  cut,
  deliverables,
  title,
}: ReadableStoryboard['storyboard']): Generator<{ text: string; path: Path }> {
  if (cut.watermark !== null && cut.watermark.text !== null)
    yield { text: cut.watermark.text, path: cut.watermark.path };
  for (const leader of new Set([cut.leader, ...deliverables.map(one => one.cut.leader)])) {
    if (leader === null || leader.slateSeconds === 0) continue;
    yield { text: title, path: ['title'] };
    for (const { label, text } of leader.lines)
      yield { text: `${label} ${text}`, path: [...leader.path, 'lines', label] };
  }
  for (const item of items) {
    if (item.caption !== null) yield { text: item.caption.value, path: item.caption.path };
    if (item.lowerThird !== null) {
      const { title, subtitle, path } = item.lowerThird;
      yield { text: title, path: [...path, 'title'] };
      if (subtitle !== null) yield { text: subtitle, path: [...path, 'subtitle'] };
    }
    if (item.kind === 'card') {
      yield { text: item.text.title, path: [...item.path, 'card', 'title'] };
      if (item.text.subtitle !== null)
        yield { text: item.text.subtitle, path: [...item.path, 'card', 'subtitle'] };
    }
  }
}
