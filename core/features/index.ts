export { datasetExamples } from './datasetExamples.ts';
export { deepDream } from './deepDream.ts';
export { featureVisualization } from './featureVisualization.ts';
export { firstLayerWeights } from './firstLayerWeights.ts';
export { styleTransfer } from './styleTransfer.ts';
