import type { CompileContext } from './compile.ts';
import type { Path } from './parse-yaml.ts';

const DEVICE_NAMES = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** Ids name files in `out/`: they must stay apart on file systems without case, and be no device of Windows. */
export function checkId(
  id: string | undefined,
  path: Path,
  seen: Map<string, string>,
  kind: string,
  context: CompileContext,
): void {
  if (id === undefined) return; // the schema check reported it
  const folded = id.toLowerCase();
  if (seen.has(folded)) {
    context.report(
      'duplicate-id',
      `another ${kind} has the id "${id}" already; ids are unique in a storyboard`,
      path,
    );
  } else if (DEVICE_NAMES.test(folded)) {
    context.report('reserved-id', `"${id}" is the name of a device on Windows; choose another id`, path);
  }
  seen.set(folded, id);
}
