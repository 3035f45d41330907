import { EXIT, type ExitCode, Failure } from '../failure.ts';
import type { Json } from '../plan/request.ts';
import { holdStore } from '../store/in-use.ts';
import { deletePrunable, findPrunable, listClips, verifyStore } from '../store/inspect.ts';
import { plural } from '../terminal/amounts.ts';
import { cleanLine } from '../terminal/clean.ts';
import { asJson } from '../terminal/json.ts';
import { table } from '../terminal/table.ts';
import { painter } from '../terminal/terminal.ts';
import type { CommandContext } from './context.ts';
import { openStore } from './open-store.ts';

interface CacheFlags {
  readonly store?: string;
  readonly json?: boolean;
}

export async function cacheListCommand(flags: CacheFlags, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await openStore(flags, context);
  const clips = await listClips(store);
  const references = await store.references.list();
  if (flags.json === true) {
    const listed = clips.map(({ sha256, bytes, records }): Json => {
      const [record] = records;
      return {
        clip: sha256,
        bytes,
        durationSeconds: record?.clip.durationSeconds ?? null,
        provider: record?.provider ?? null,
        model: record?.model ?? null,
        cost: record?.cost ?? null,
        keys: records.map(({ key }) => key),
      };
    });
    const fetched = references.map(({ sha256, bytes }): Json => ({ sha256, bytes }));
    terminal.out(asJson({ version: 1, store: store.folder, clips: listed, references: fetched }));
    return EXIT.done;
  }
  const rows = clips.map(({ sha256, bytes, records: [record] }) => [
    sha256.slice(0, 12),
    size(bytes),
    record === undefined ? '' : `${Number(record.clip.durationSeconds.toFixed(1))} s`,
    record === undefined ? '' : `${record.clip.width}×${record.clip.height}`,
    record?.provider ?? 'no record',
    record === undefined || record.cost === '0.00' ? '' : `$${record.cost}`,
    cleanLine(record?.labels?.shot ?? '').slice(0, 40),
  ]);
  for (const line of table(rows, [1, 2])) terminal.out(`${line}\n`);
  const total = clips.reduce((sum, { bytes }) => sum + bytes, 0);
  terminal.out(`${plural(clips.length, 'clip')}, ${size(total)} in ${store.folder}\n`);
  if (references.length > 0) {
    const fetched = references.reduce((sum, { bytes }) => sum + bytes, 0);
    terminal.out(`${plural(references.length, 'fetched reference')}, ${size(fetched)}\n`);
  }
  return EXIT.done;
}

export async function cacheVerifyCommand(flags: CacheFlags, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await openStore(flags, context);
  const { clips, references, bytes, broken } = await verifyStore(store);
  if (flags.json === true) {
    terminal.out(asJson({ version: 1, store: store.folder, clips, references, bytes, broken }));
  } else {
    const paint = painter(terminal.outColor);
    for (const { sha256, state, keys } of broken) {
      terminal.out(
        `${paint('red', state)}  ${sha256}  ${keys.length === 0 ? 'no record' : `key ${keys[0]?.slice(0, 12)}…`}\n`,
      );
    }
    const verdict =
      broken.length === 0 ? 'all intact' : `${broken.length} broken: the next render makes them again`;
    const fetched = references > 0 ? ` and ${plural(references, 'fetched reference')}` : '';
    terminal.out(`${plural(clips, 'clip')}${fetched}, ${size(bytes)}: ${verdict}\n`);
  }
  return broken.length === 0 ? EXIT.done : EXIT.environment;
}

export async function cachePruneCommand(
  flags: CacheFlags & { delete?: boolean; olderThan?: string; derivedMax?: string },
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const { store, project } = await openStore(flags, context);
  const hold = await holdStore(store.folder, 'alone');
  try {
    const prunable = await findPrunable(store, project, {
      olderThanMs: days(flags.olderThan) * 24 * 60 * 60 * 1000,
      derivedBytes: flags.derivedMax === undefined ? null : bytesOf(flags.derivedMax),
    });
    if (flags.delete === true) await deletePrunable(prunable);
    const bytes = prunable.reduce((sum, item) => sum + item.bytes, 0);
    if (flags.json === true) {
      const items = prunable.map(({ kind, path, bytes }): Json => ({ kind, path, bytes }));
      const deleted = flags.delete === true;
      terminal.out(asJson({ version: 1, store: store.folder, deleted, bytes, items }));
      return EXIT.done;
    }
    const rows = (['clip', 'reference', 'derived', 'leftover'] as const).map(kind => {
      const own = prunable.filter(item => item.kind === kind);
      return [WORDS[kind], String(own.length), size(own.reduce((sum, item) => sum + item.bytes, 0))];
    });
    for (const line of table(rows, [1, 2])) terminal.out(`${line}\n`);
    terminal.out(
      flags.delete === true
        ? `${size(bytes)} freed\n`
        : `${size(bytes)} can go. Nothing was deleted; run it again with --delete.\n`,
    );
    return EXIT.done;
  } finally {
    hold.release();
  }
}

const WORDS = {
  clip: 'free clips that no storyboard uses',
  reference: 'fetched references that were replaced',
  derived: 'derived pieces (made again when needed)',
  leftover: 'files that interrupted runs left',
} as const;

function days(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^\d{1,5}(\.\d+)?$/.test(text)) return Number(text);
  throw new Failure('bad-flag', `--older-than takes days, not ${JSON.stringify(text)}`, {
    exitCode: EXIT.usage,
  });
}

/** `5GB`, `500 MB`: powers of a thousand, as they are printed. */
function bytesOf(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([kMGT]?B)$/i.exec(text.trim()) ?? [];
  const power = ['b', ...UNITS.map(name => name.toLowerCase())].indexOf(unit?.toLowerCase() ?? '');
  if (power >= 0) return Number(number) * 1000 ** power;
  throw new Failure(
    'bad-flag',
    `--derived-max takes a size such as 5GB or 500MB, not ${JSON.stringify(text)}`,
    { exitCode: EXIT.usage },
  );
}

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(UNITS.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${UNITS[power - 1]}`;
}
