/** A lock file's fields, not looked at yet. */
export interface LockData {
  readonly version?: unknown;
  readonly shots?: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  readonly films?: Readonly<Record<string, unknown>>;
  readonly references?: Readonly<Record<string, unknown>>;
}

type Mapping = Record<string, unknown>;

/**
 * Two spaces a level; a JSON string, the number of a take or a word of ours before the colon; JSON, in which U+2028
 * may stand as it is, or nothing after it.
 */
const LINE =
  /^((?: {2})*)("(?:[^"\\]|\\.)*"|[1-9]\d{0,8}|version|shots|films|references|key|clip|prediction|cost|seed|model|sha256|ffmpeg):(?: (\S[^\r]*))?$/;

/**
 * Reads a lock file as `formatLock` writes it: line by line. A YAML parser takes 150 MB and two seconds for 10,000
 * takes, and this nearly nothing. Null for whatever we would not have written so; then the parser is asked.
 */
export function readLockLines(text: string): LockData | null {
  if (!text.endsWith('\n')) return null;
  const root = emptyMapping();
  /** The mappings that are open, outermost first. */
  const open = [root];
  for (const line of text.slice(0, -1).split('\n')) {
    if (line.startsWith('#')) continue;
    const [, indent, name, value] = LINE.exec(line) ?? [];
    if (indent === undefined || name === undefined) return null;
    const level = indent.length / 2;
    const mapping = open[level];
    if (mapping === undefined) return null;
    open.length = level + 1;
    try {
      const key = name.startsWith('"') ? (JSON.parse(name) as string) : name;
      if (key in mapping) return null; // twice
      const inner = value === undefined ? emptyMapping() : (JSON.parse(value) as unknown);
      mapping[key] = inner;
      if (value === undefined) open.push(inner as Mapping);
    } catch {
      return null;
    }
  }
  return root;
}

/** Without a prototype, so that no name means anything but itself. */
function emptyMapping(): Mapping {
  return Object.create(null) as Mapping;
}
