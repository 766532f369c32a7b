import type { GraphBuilder } from '../../graph/builder.ts';

/** A value of the graph by its name, or a float32 scalar. */
export type Term = string | number;

type Binary = (left: Term, right: Term) => string;

/** Emitters that let a rule read like its formula; every result is the name of a new value. */
export interface Arithmetic {
  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly div: Binary;
  readonly pow: Binary;
  readonly greater: Binary;
  readonly less: Binary;
  readonly equal: Binary;
  readonly where: (condition: string, yes: Term, no: Term) => string;
  /** Any operator of one input. */
  readonly apply: (opType: string, value: Term) => string;
}

export function arithmetic(b: GraphBuilder): Arithmetic {
  const nameOf = (term: Term): string => (typeof term === 'number' ? b.scalar(term) : term);
  const binary =
    (opType: string): Binary =>
    (left, right) =>
      b.add(opType, [nameOf(left), nameOf(right)]);
  return {
    add: binary('Add'),
    sub: binary('Sub'),
    mul: binary('Mul'),
    div: binary('Div'),
    pow: binary('Pow'),
    greater: binary('Greater'),
    less: binary('Less'),
    equal: binary('Equal'),
    where: (condition, yes, no) => b.add('Where', [condition, nameOf(yes), nameOf(no)]),
    apply: (opType, value) => b.add(opType, [nameOf(value)]),
  };
}
