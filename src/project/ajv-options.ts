import type { Options } from 'ajv';

/** How the storyboard and model files are checked, whether at build time or, for a project's own files, at run time. */
export const AJV_OPTIONS: Options = {
  allErrors: true,
  verbose: true,
  strict: true,
  allowUnionTypes: true,
  validateSchema: false, // ours, and tested: compiling the meta-schema would be half of the work
  strictRequired: false,
  keywords: ['x-model'],
};
