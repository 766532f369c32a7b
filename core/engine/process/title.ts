/** `gradient, gradCam · 3 images · ResNet-50`: what a run is called. */
export function runTitle(methods: readonly string[], images: number, model: string): string {
  const pictures = images === 0 ? [] : [images === 1 ? '1 image' : `${images} images`];
  return [methods.join(', '), ...pictures, model].join(' · ');
}
