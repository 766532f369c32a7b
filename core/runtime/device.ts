import { listSupportedBackends } from 'onnxruntime-node';
import type { Target } from '../passes/lower/define.ts';

export const deviceChoices = ['auto', 'cpu', 'webgpu'] as const;

/** What a person asks for; `auto` takes WebGPU where it works and the CPU elsewhere. */
export type DeviceChoice = (typeof deviceChoices)[number];

/** Where something ran, and why not where it was wanted. */
export interface DeviceReport {
  readonly device: Target;
  /** Every fallback of this run: a sentence each. Printed, and kept in the recipe. */
  readonly fallbacks: readonly string[];
}

/** Whether this build of ONNX Runtime has the WebGPU provider at all. */
export function hasWebgpuProvider(): boolean {
  return listSupportedBackends().some(({ name }) => name === 'webgpu');
}
