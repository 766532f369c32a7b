import { LoupeError } from '../base/errors.ts';
import { seededRandom } from '../base/random.ts';
import type { Shape } from '../base/shape.ts';
import { type Tensor, type TensorData, tensor } from '../base/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Attributes } from '../graph/ir.ts';
import { newBuilder } from '../ops/registry.ts';
import { type Fans, fansOf } from './fans.ts';
import { type Initialization, pytorchInitialization } from './initialization.ts';
import type { Initializer } from './initializers.ts';

/** A step of a network: emits its nodes behind the value `x` and names the result. */
export type Layer = (net: NetworkBuilder, x: string) => string;

export interface NetworkOptions {
  /** Any integer. A parameter's first values depend on it and on the parameter's name, on nothing else. */
  readonly seed: number;
  /** Taken instead of what the layers of the architecture would draw. */
  readonly initialization?: Partial<Initialization>;
}

/** Builds a network layer by layer; parameters get the names that torchvision gives them. */
export class NetworkBuilder {
  /** The graph of a batch of one; layers must not put its batch size into constants. */
  readonly b: GraphBuilder = newBuilder();
  readonly parameters: string[] = [];
  readonly buffers: string[] = [];
  readonly omitted: string[] = [];
  readonly #seed: number;
  readonly #chosen: Partial<Initialization>;
  #initialization = pytorchInitialization;
  #path = '';

  constructor({ seed, initialization = {} }: NetworkOptions) {
    this.#seed = seed;
    this.#chosen = initialization;
  }

  /** `name` inside the scopes that are open: `layer1.0.conv1`. */
  path(name = ''): string {
    return [this.#path, name].filter((part) => part !== '').join('.');
  }

  /** Runs `body` with all names inside `name`. */
  scope<T>(name: string, body: () => T): T {
    const outer = this.#path;
    this.#path = this.path(name);
    try {
      return body();
    } finally {
      this.#path = outer;
    }
  }

  /** Runs `body` with other initializers where its layers do not say theirs. */
  initializing<T>(initialization: Partial<Initialization>, body: () => T): T {
    const outer = this.#initialization;
    this.#initialization = { ...outer, ...initialization };
    try {
      return body();
    } finally {
      this.#initialization = outer;
    }
  }

  /** The initializer of one kind of parameter: the one chosen for the whole network, the layer's own, or that of its surroundings. */
  initializer(kind: keyof Initialization, own?: Initializer): Initializer {
    return this.#chosen[kind] ?? own ?? this.#initialization[kind];
  }

  /** A trainable constant; its values are drawn when they are first read. `fans` are those of its shape unless told. */
  parameter(name: string, shape: Shape, initializer: Initializer, fans: Fans = fansOf(shape)): string {
    const path = this.#newName(name);
    this.parameters.push(path);
    const random = () => seededRandom(seedOf(this.#seed, path));
    return this.b.setConstant(
      path,
      lazyFloats(shape, () => initializer({ shape, ...fans }, random())),
    );
  }

  /** A constant that training updates by another rule than gradient descent: a running statistic. */
  buffer(name: string, value: Tensor): string {
    const path = this.#newName(name);
    this.buffers.push(path);
    return this.b.setConstant(path, value);
  }

  /** Says that a part of the published network is not built; state dictionaries may hold it. */
  omit(name: string): void {
    this.omitted.push(this.path(name));
  }

  /** Adds a node that is called as the scope, or as `name` in it; returns its first output. */
  add(opType: string, inputs: readonly string[], attributes: Attributes = {}, name = ''): string {
    const path = this.path(name);
    return this.b.add(opType, inputs, attributes, { name: path === '' ? opType : path });
  }

  shapeOf(value: string): Shape {
    return this.b.shapeOf(value);
  }

  #newName(name: string): string {
    const path = this.path(name);
    if (this.b.has(path)) throw new LoupeError('internal', `The network has two values called "${path}".`);
    return path;
  }
}

/** FNV-1a of the seed's decimal digits and the name: one stream of random numbers a parameter. */
function seedOf(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${seed}/${name}`)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** A float32 tensor that is made when its data is first taken: names and shapes of a large network cost nothing. */
function lazyFloats(dims: Shape, make: () => Float32Array): Tensor {
  let data: TensorData | undefined;
  return {
    type: 'float32',
    dims,
    get data() {
      data ??= tensor('float32', make(), dims).data;
      return data;
    },
  };
}
