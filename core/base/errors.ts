/** Every way in which Loupe refuses; the code is stable, the sentence is for people. */
export type ErrorCode =
  | 'badArgument'
  | 'badFile'
  | 'badGraph'
  | 'badImage'
  | 'badCard'
  | 'unsupportedOperator'
  | 'noGradient'
  | 'notFound'
  | 'tooLarge'
  | 'nonFinite'
  | 'device'
  | 'cancelled'
  | 'mismatch'
  | 'engineEnded'
  | 'internal';

/** The only error type that Loupe throws on purpose. Hosts print `message` and nothing else. */
export class LoupeError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LoupeError';
    this.code = code;
  }
}

/** The one sentence form: "Expected <wanted> for <name> but received <received>. <advice>". */
export function expected(
  code: ErrorCode,
  parts: { wanted: string; for: string; received: string; advice?: string },
): LoupeError {
  const advice = parts.advice === undefined ? '' : ` ${parts.advice}`;
  return new LoupeError(
    code,
    `Expected ${parts.wanted} for ${parts.for} but received ${parts.received}.${advice}`,
  );
}

/** The message of anything that was thrown, on one line. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}
