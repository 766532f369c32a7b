import type { Tensor } from '../base/tensor.ts';

/** A number or a word that belongs to a result, as a person reads it. */
export interface Fact {
  readonly label: string;
  readonly value: number | string;
  readonly unit?: string;
}

interface ResultBase {
  /** Unique among the results of one run of a method: the stem of its files. */
  readonly name: string;
  readonly title: string;
  readonly facts?: readonly Fact[];
  /** What a reader must know: sentences. */
  readonly notes?: readonly string[];
}

/** An attribution. */
export interface HeatmapResult extends ResultBase {
  readonly type: 'heatmap';
  /** Raw and signed: [C, H, W] of the input, or [1, h, w] of a layer. */
  readonly attribution: Tensor;
  /** What is drawn: [H, W] at the image's resolution. */
  readonly map: Tensor;
  /** Whether the map has a meaningful zero. */
  readonly signed: boolean;
  /** How the colours of a signed map read. */
  readonly reading: string;
}

/** One picture. */
export interface ImageResult extends ResultBase {
  readonly type: 'image';
  /** [C, H, W] in [0, 1], RGB or grey. */
  readonly image: Tensor;
  /** Whether the PNG is the result itself (an adversarial example) or a drawing of numbers that are in the array. */
  readonly exact?: boolean;
}

export interface GridCell {
  /** [C, H, W] in [0, 1], RGB or grey. */
  readonly image: Tensor;
  readonly caption: readonly string[];
}

/** Many pictures in reading order. */
export interface ImageGridResult extends ResultBase {
  readonly type: 'imageGrid';
  readonly cells: readonly GridCell[];
  readonly columns?: number;
}

export interface CurveSeries {
  readonly label: string;
  readonly y: readonly number[];
  /** Bounds of a confidence interval. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}

/** Numbers over one variable. */
export interface CurveResult extends ResultBase {
  readonly type: 'curve';
  readonly x: {
    readonly label: string;
    readonly values: readonly number[];
    readonly ticks?: readonly string[];
  };
  readonly y: {
    readonly label: string;
    readonly range?: readonly [number, number];
    readonly percent?: boolean;
  };
  readonly series: readonly CurveSeries[];
}

export interface TableColumn {
  readonly title: string;
  /** Cells are numbers, set to the right. */
  readonly right?: boolean;
}

export interface TableResult extends ResultBase {
  readonly type: 'table';
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** An ONNX model. */
export interface ModelResult extends ResultBase {
  readonly type: 'model';
  readonly bytes: Uint8Array;
}

/** What a method returns; a panel draws a type, not a method. */
export type Result = HeatmapResult | ImageResult | ImageGridResult | CurveResult | TableResult | ModelResult;

/** How far a run is. */
export interface Progress {
  /** `done` of `total` steps. */
  readonly done: number;
  readonly total: number;
  /** What is being done. */
  readonly what: string;
  /** What it looks like so far. */
  readonly preview?: Result;
}
