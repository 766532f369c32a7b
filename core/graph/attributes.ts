import { LoupeError } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Attribute, AttributeKind, AttributeValue, Node } from './ir.ts';

function read<K extends AttributeKind>(node: Node, name: string, kind: K): AttributeValue<K> | undefined {
  const attribute: Attribute | undefined = node.attributes[name];
  if (attribute === undefined) return undefined;
  if (attribute.kind !== kind) {
    throw new LoupeError(
      'badGraph',
      `Expected ${kind} for attribute "${name}" of ${describeNode(node)} but received ${attribute.kind}.`,
    );
  }
  // The compiler does not narrow a union by a generic kind; the test above did.
  const value: unknown = attribute.value;
  return value as AttributeValue<K>;
}

/** `Conv node "layer1.0/conv1"`, for sentences. */
export function describeNode(node: Node): string {
  return `${node.opType} node "${node.name}"`;
}

/** For JSON.stringify where texts are compared: it would write NaN and the infinities as null and -0 as 0. */
export function exactNumber(_key: string, value: unknown): unknown {
  const inexact = typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0));
  return inexact ? { number: Object.is(value, -0) ? '-0' : String(value) } : value;
}

function required<T>(node: Node, name: string, value: T | undefined): T {
  if (value === undefined) {
    throw new LoupeError('badGraph', `The ${describeNode(node)} lacks its attribute "${name}".`);
  }
  return value;
}

/** Readers of attributes: without a default the attribute is required. */
export function readInt(node: Node, name: string, fallback?: number): number {
  return required(node, name, read(node, name, 'int') ?? fallback);
}

export function readInts(node: Node, name: string, fallback?: readonly number[]): readonly number[] {
  return required(node, name, read(node, name, 'ints') ?? fallback);
}

export function readFloat(node: Node, name: string, fallback?: number): number {
  return required(node, name, read(node, name, 'float') ?? fallback);
}

export function readFloats(node: Node, name: string, fallback?: readonly number[]): readonly number[] {
  return required(node, name, read(node, name, 'floats') ?? fallback);
}

export function readString(node: Node, name: string, fallback?: string): string {
  return required(node, name, read(node, name, 'string') ?? fallback);
}

export function readTensor(node: Node, name: string): Tensor {
  return required(node, name, read(node, name, 'tensor'));
}
