import { isList, type Json } from './request.ts';

/** A field that was changed, in the storyboard's words: `duration`, `transition.type`, `dialogue.2.text`. */
export interface FieldChange {
  readonly field: string;
  /** Null where there was none. */
  readonly before: Json;
  readonly after: Json;
}

/** What differs between two values: maps member by member, lists of maps by place, counted from 1, all else whole. */
export function* diffData(before: Json, after: Json, field = ''): Generator<FieldChange> {
  if (isMap(before) && isMap(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      yield* diffData(before[name] ?? null, after[name] ?? null, memberName(field, name));
  } else if (isListOfMaps(before) && isListOfMaps(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++)
      yield* diffData(before[index] ?? null, after[index] ?? null, memberName(field, String(index + 1)));
  } else if (JSON.stringify(before) !== JSON.stringify(after)) {
    yield { field, before, after };
  }
}

/** A file is what its holder is: `image`, not `image.file`. */
function memberName(field: string, name: string): string {
  if (field === '') return name;
  return name === 'file' ? field : `${field}.${name}`;
}

function isMap(value: Json): value is { readonly [name: string]: Json } {
  return value !== null && typeof value === 'object' && !isList(value);
}

function isListOfMaps(value: Json): value is readonly Json[] {
  return isList(value as Json) && (value as readonly Json[]).every(isMap);
}
