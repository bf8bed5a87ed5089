// Printed from the engine's own lists by bindings/describe; `npm run describe` writes it, a test fails when it is stale.
export const errorCodes = [
  'SHAPE_MISMATCH',
  'TYPE_MISMATCH',
  'UNKNOWN_LAYER',
  'UNKNOWN_OPTION',
  'MISSING_OPTION',
  'INVALID_VALUE',
  'INVALID_GRAPH',
  'INVALID_LABEL',
  'INVALID_DATA',
  'EMPTY_DATA',
  'BATCH_TOO_LARGE',
  'OUT_OF_MEMORY',
  'BAD_FILE',
  'PARAMETER_MISMATCH',
  'DIVERGED',
  'NOT_SUPPORTED',
  'DISPOSED',
  'BUSY',
  'ENGINE_LOST',
  'ENGINE_LOAD',
  'INTERNAL',
] as const;

export const hintKeys = ['at_byte', 'did_you_mean', 'duplicate_key', 'name_taken', 'no_gradient'] as const;
