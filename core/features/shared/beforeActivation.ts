import { isRectifier } from '../../autodiff/composite.ts';
import type { GraphBuilder } from '../../graph/builder.ts';

/**
 * The name of `value` as it would be without the rectifiers that it directly comes from: the input of a ReLU (or ReLU6), and, of a
 * concatenation or a max-pooling of rectified values, the same of what goes in (max(relu x) = relu(max x)). It has a gradient
 * where every unit of the value itself is silent. Any other value is returned as it is.
 */
export function beforeActivation(b: GraphBuilder, value: string): string {
  const node = b.producerOf(value);
  if (node?.domain !== '') return value;
  const [input = ''] = node.inputs;
  if (isRectifier(node, b)) return input;
  switch (node.opType) {
    case 'Identity':
    case 'Dropout':
      return beforeActivation(b, input);
    case 'MaxPool':
    case 'Concat': {
      const inner = node.inputs.map((name) => beforeActivation(b, name));
      const same = inner.every((name, index) => name === node.inputs[index]);
      return same ? value : b.add(node.opType, inner, node.attributes);
    }
    default:
      return value;
  }
}
