import type { WarningCode } from '../explanations/explanations.ts';
import { breaches, type FileFacts } from '../model/media-limits.ts';
import type { CheckedShot } from '../storyboard/check-shot.ts';
import type { Diagnostic } from '../storyboard/diagnostic.ts';
import type { Place } from '../storyboard/part.ts';
import type { ReferenceFile } from '../storyboard/storyboard.ts';
import type { ReferencePaths } from './reference-files.ts';

/**
 * Warns of references that the models of their shots are known to refuse: found here, it costs nothing; found by the
 * service, an upload and a failed take. Each file is looked at once, its headers alone, however many shots show it.
 */
export async function checkReferenceLimits(
  shots: readonly CheckedShot[],
  paths: ReferencePaths,
  locate: (file: ReferenceFile) => Place,
): Promise<Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  const looked = new Map<string, FileFacts | null>();
  const told = new Set<string>();
  for (const { model, composition } of shots) {
    for (const { field, medium } of composition.media) {
      const limits = model.limits.get(field);
      if (limits === undefined || !('file' in medium)) continue;
      const path = paths.get(medium.file);
      const name = [model.id, field, ...medium.path].join('\0');
      if (path === undefined || told.has(name)) continue;
      told.add(name);
      const facts = looked.has(path) ? looked.get(path) : await lookAt(path);
      looked.set(path, facts ?? null);
      const warn = (code: WarningCode, message: string) =>
        diagnostics.push({ code, severity: 'warning', message, ...locate(medium) });
      if (facts === undefined || facts === null) {
        warn('reference-unreadable', `${medium.file} is no video and no picture that can be read`);
        continue;
      }
      for (const breach of breaches(limits, facts))
        warn('reference-limits', `${medium.file} ${breach} (${model.id})`);
    }
  }
  return diagnostics;
}

async function lookAt(path: string): Promise<FileFacts | null> {
  const { examine } = await import('../media/examine.ts');
  return await examine(path);
}
