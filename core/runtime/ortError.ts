import { messageOf } from '../base/errors.ts';

/** What ONNX Runtime says without its own source paths, function names and failed conditions. */
export function runtimeMessage(thrown: unknown): string {
  const whole = messageOf(thrown).replace(/\.$/, '');
  const afterCondition = whole.replace(/^.*\bwas false\. /, '');
  const withoutPath = afterCondition.replace(/\/onnxruntime_src\/\S+:\d+ .*?\) ?(?=[A-Z])/, '');
  return withoutPath === '' ? whole : withoutPath;
}
