import type { Json } from '../plan/request.ts';
import type { SchemaProblem } from './check-schema.ts';

/** Data less what its schema refused, so that the rules behind it can look at all the rest; undefined if nothing is left. */
export function withoutProblems(data: Json, problems: readonly SchemaProblem[]): Json | undefined {
  const refused = problems.filter(
    ({ code }) => code !== 'missing-key' && code !== 'wrong-format' && code !== 'duplicate-item',
  );
  if (refused.some(({ path }) => path.length === 0)) return undefined;
  if (refused.length === 0) return data;
  const copy = structuredClone(data);
  for (const { path } of refused) {
    let holder: unknown = copy;
    for (const step of path.slice(0, -1)) holder = (holder as Record<string, unknown> | undefined)?.[step];
    const last = path.at(-1) as string | number;
    if (Array.isArray(holder)) holder[last as number] = undefined;
    else if (holder !== null && typeof holder === 'object') delete (holder as Record<string, unknown>)[last];
  }
  return withoutHoles(copy);
}

function withoutHoles(value: Json): Json {
  if (Array.isArray(value)) return value.map(item => (item === undefined ? {} : withoutHoles(item)));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutHoles(member)]));
}
