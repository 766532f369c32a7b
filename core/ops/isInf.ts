import { float32 } from '../base/tensor.ts';
import { int } from '../graph/ir.ts';
import { defineOperator } from './define.ts';
import { testOf } from './shared/elementwise.ts';

const kinds = float32([1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);

/** Whether x is infinite; the attributes choose the signs that count. */
export const isInf = defineOperator({
  opType: 'IsInf',
  attributes: { detect_negative: 'int', detect_positive: 'int' },
  infer: testOf('float32'),
  vjp: 'zero',
  samples: [
    { title: 'both signs', inputs: [kinds] },
    { title: 'positive only', inputs: [kinds], attributes: { detect_negative: int(0) } },
  ],
});
