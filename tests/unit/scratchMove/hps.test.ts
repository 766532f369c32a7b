// @ts-nocheck
import { it } from 'vitest';
import { Runtime, outputOf } from './fakeRuntime.ts';
import { newBuilder } from '../../../core/ops/registry.ts';
import { float32 } from '../../../core/base/tensor.ts';
import { string } from '../../../core/graph/ir.ts';
it('x', async () => {
  for (const mode of ['linear', 'nearest']) {
  const b = newBuilder();
  const x = b.setConstant('x', float32([0, 1, 2, 3, 4, 5, 6], [1, 1, 7, 1]));
  const y = b.add('Resize', [x, '', b.constant(float32([1, 1, 0.6, 1]))], { mode: string(mode), coordinate_transformation_mode: string('half_pixel_symmetric') });
  const r = await (await new Runtime().compile(b.build([y]))).run({});
  console.log(mode, [...outputOf(r, y).data]);
  }
});
