import { int } from '../../graph/ir.ts';
import type { Initialization } from '../initialization.ts';
import type { Layer } from '../networkBuilder.ts';

/** Passes its input on. */
export const identity: Layer = (_net, x) => x;

/** A layer whose nodes and parameters are called after `name`: a module's attribute in PyTorch. */
export function named(name: string, layer: Layer): Layer {
  return (net, x) => net.scope(name, () => layer(net, x));
}

/** Layers one after the other, with no names of their own. */
export function chain(...layers: readonly Layer[]): Layer {
  return (net, x) => layers.reduce((value, layer) => layer(net, value), x);
}

/** Layers one after the other, each under its name. */
export function sequential(steps: readonly (readonly [name: string, layer: Layer])[]): Layer {
  return chain(...steps.map(([name, layer]) => named(name, layer)));
}

/** Layers one after the other under the names 0, 1, 2 …: PyTorch's `Sequential`. */
export function numbered(...layers: readonly Layer[]): Layer {
  return sequential(layers.map((layer, index) => [String(index), layer]));
}

/** y = branch(x) + shortcut(x). */
export function residual(branch: Layer, shortcut: Layer = identity): Layer {
  return (net, x) => {
    const deep = branch(net, x);
    return net.add('Add', [deep, shortcut(net, x)], {}, 'add');
  };
}

/** The channels of all branches of x, one branch after the other. */
export function concat(...branches: readonly Layer[]): Layer {
  return (net, x) => {
    const parts = branches.map((branch) => branch(net, x));
    return net.add('Concat', parts, { axis: int(1) }, 'concat');
  };
}

/** A layer whose convolutions and linear layers draw their parameters like this unless they say otherwise. */
export function initialized(initialization: Partial<Initialization>, layer: Layer): Layer {
  return (net, x) => net.initializing(initialization, () => layer(net, x));
}
