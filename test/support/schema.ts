import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { schemaPath } from '../../src/project/language.ts';

/** A published schema, ready to check what we print against it. */
export function publishedSchema(name: string): ValidateFunction {
  return new Ajv({ allErrors: true, allowUnionTypes: true }).compile(
    JSON.parse(readFileSync(schemaPath(name), 'utf8')),
  );
}
