import type { ErrorCode } from '../base/errors.ts';

const statuses: Partial<Record<ErrorCode, number>> = {
  badArgument: 400,
  notFound: 404,
  tooLarge: 413,
  badImage: 422,
  badFile: 422,
  badGraph: 422,
  badCard: 422,
  unsupportedOperator: 422,
  noGradient: 422,
  nonFinite: 422,
  mismatch: 409,
  cancelled: 409,
  engineEnded: 503,
};

/** The HTTP status that fits an error's code. */
export const statusOf = (code: ErrorCode): number => statuses[code] ?? 500;
