import type { TRPCDefaultErrorShape, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { type ErrorCode, LoupeError } from '../base/errors.ts';
import { statusOf } from './statuses.ts';

/** An error as the page receives it: `message` is a sentence, `data.loupe` the code of core/base/errors.ts. */
export type ErrorShape = Omit<TRPCDefaultErrorShape, 'data'> & {
  data: Omit<TRPCDefaultErrorShape['data'], 'stack'> & { loupe: ErrorCode };
};

/** Sentences for people instead of stacks and zod's JSON. */
export function errorShape(shape: TRPCDefaultErrorShape, error: TRPCError): ErrorShape {
  const { cause } = error;
  const { stack: _, ...data } = shape.data;
  if (cause instanceof LoupeError)
    return {
      ...shape,
      message: cause.message,
      data: { ...data, httpStatus: statusOf(cause.code), loupe: cause.code },
    };
  if (cause instanceof z.ZodError)
    return { ...shape, message: sentenceOf(cause), data: { ...data, loupe: 'badArgument' } };
  const loupe = data.httpStatus < 500 ? 'badArgument' : 'internal';
  return { ...shape, data: { ...data, loupe } };
}

function sentenceOf({ issues: [issue] }: z.ZodError): string {
  const where = issue?.path.join('.') ?? '';
  return `The request is not valid${where === '' ? '' : ` at ${where}`}: ${issue?.message ?? ''}.`;
}
