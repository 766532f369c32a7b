/** ONNX's defaults: the constants of Klambauer et al. 2017 in float32. */
export const seluDefaults = { alpha: 1.67326319217681884765625, gamma: 1.05070102214813232421875 } as const;
