export { cam } from './cam.ts';
export { deconvnet } from './deconvnet.ts';
export { gradCam } from './gradCam.ts';
export { gradient } from './gradient.ts';
export { guidedBackprop } from './guidedBackprop.ts';
export { guidedGradCam } from './guidedGradCam.ts';
export { inputXGradient } from './inputXGradient.ts';
