export { deconvnet } from './deconvnet.ts';
export { guidedBackprop } from './guidedBackprop.ts';
