export { alexNet } from './alexNet.ts';
export {
  cifarResNet20,
  cifarResNet32,
  cifarResNet44,
  cifarResNet56,
  cifarResNet110,
} from './cifarResNet.ts';
export { convNeXtTiny } from './convNeXt.ts';
export { denseNet121 } from './denseNet.ts';
export { efficientNetB0 } from './efficientNet.ts';
export { gapCnn } from './gapCnn.ts';
export { googLeNet } from './googLeNet.ts';
export { inceptionV3 } from './inceptionV3.ts';
export { lenet5 } from './lenet5.ts';
export { mlp } from './mlp.ts';
export { mobileNetV2 } from './mobileNetV2.ts';
export { perceptron } from './perceptron.ts';
export { resNet18, resNet34, resNet50, resNet101, resNet152 } from './resNet.ts';
export { smallResNet } from './smallResNet.ts';
export { squeezeNet1_0, squeezeNet1_1 } from './squeezeNet.ts';
export { vgg11, vgg13, vgg16, vgg19 } from './vgg.ts';
export { wideResNet28_10 } from './wideResNet.ts';
