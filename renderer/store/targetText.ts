import type { Target } from '../../core/protocol/target.ts';
import type { ModelInfo } from '../../core/protocol/workbench.ts';

/** What is asked about, in words. */
export function targetText(target: Target | undefined, model: Pick<ModelInfo, 'labels'> | undefined): string {
  const label = (index: number): string => model?.labels[index] ?? `class ${index}`;
  if (target === undefined) return 'the likeliest class';
  switch (target.kind) {
    case 'class':
      return target.class === 'top' ? 'the likeliest class' : label(target.class);
    case 'difference':
      return `${target.class === 'top' ? 'the likeliest class' : label(target.class)} against ${label(target.against)}`;
    case 'unit':
      return `unit (${target.row}, ${target.column}) of channel ${target.channel} of ${target.layer}`;
    case 'channel':
      return `channel ${target.channel} of ${target.layer}`;
    case 'layer':
      return `the layer ${target.layer}`;
    case 'direction':
      return `a direction in ${target.layer}`;
  }
}
