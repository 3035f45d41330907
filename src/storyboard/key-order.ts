/** As much of a JSON Schema as the order of keys needs. */
export interface KeySchema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, KeySchema>>;
  readonly additionalProperties?: KeySchema | boolean;
  readonly items?: KeySchema;
  readonly definitions?: Readonly<Record<string, KeySchema>>;
}

/** The keys of a map in the order in which the schema documents them; null where names are the author's own. */
export function keyOrder(schema: KeySchema): (path: readonly string[]) => ReadonlyMap<string, number> | null {
  const known = new Map<KeySchema, ReadonlyMap<string, number>>();
  return path => {
    let at: KeySchema | undefined = schema;
    for (const step of path) {
      const { properties, additionalProperties: others, items }: KeySchema = resolve(at, schema);
      at =
        step === '*' ? items : (own(properties, step) ?? (typeof others === 'object' ? others : undefined));
      if (at === undefined) return null;
    }
    const target = resolve(at, schema);
    if (target.properties === undefined) return null;
    let order = known.get(target);
    if (order === undefined) {
      order = new Map(Object.keys(target.properties).map((name, index) => [name, index]));
      known.set(target, order);
    }
    return order;
  };
}

function resolve(schema: KeySchema, root: KeySchema): KeySchema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (own(root.definitions, name) ?? schema);
}

function own(holder: Readonly<Record<string, KeySchema>> | undefined, name: string): KeySchema | undefined {
  return holder !== undefined && Object.hasOwn(holder, name) ? holder[name] : undefined;
}
