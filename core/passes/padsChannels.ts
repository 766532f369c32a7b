import { numbersOf } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Node } from '../graph/ir.ts';

/** Whether a constant Pad adds zeros after the channels of a 4-D tensor and nowhere else. */
export function padsChannelsAtEnd(b: GraphBuilder, pad: Node): boolean {
  const amounts = b.constantOf(pad.inputs[1] ?? '');
  const zero =
    pad.inputs[2] === undefined || pad.inputs[2] === '' || b.constantOf(pad.inputs[2])?.data[0] === 0;
  if (amounts === undefined || !zero || pad.attributes['mode'] !== undefined || pad.inputs.length > 3)
    return false;
  const channelsEnd = 5;
  return (
    amounts.dims[0] === 8 &&
    numbersOf(amounts).every((amount, at) => amount === 0 || (at === channelsEnd && amount > 0))
  );
}
