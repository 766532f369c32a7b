import type { z } from 'zod';
import { LoupeError } from './errors.ts';

/** The sentence for the first parameter that a schema does not take; `owner` is whose it is: `pgd`, `the data set shapes`. */
export function badParameter(error: z.ZodError, owner: string): LoupeError {
  const [issue] = error.issues;
  return new LoupeError(
    'badArgument',
    `The parameter ${issue?.path.join('.') ?? ''} of ${owner} is not valid: ${issue?.message ?? ''}.`,
  );
}
