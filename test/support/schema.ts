import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { expect } from 'vitest';
import { schemaPath } from '../../src/project/language.ts';

/** A published schema, ready to check what we print against it. */
export function publishedSchema(name: string): ValidateFunction {
  return new Ajv({ allErrors: true, allowUnionTypes: true }).compile(
    JSON.parse(readFileSync(schemaPath(name), 'utf8')),
  );
}

/** Reads JSON that we printed or wrote, and expects it to be as its published schema says. */
export function asPublished(name: string, text: string): ReturnType<typeof JSON.parse> {
  const validate = publishedSchema(name);
  const told = JSON.parse(text);
  expect([validate(told), validate.errors]).toEqual([true, null]);
  return told;
}
