/** `0.03`, or a fraction such as `8/255`; undefined where the text is neither. */
export function numberOrFraction(text: string): number | undefined {
  const [numerator = '', denominator = '1', ...rest] = text.split('/');
  const value = Number(numerator) / Number(denominator);
  const isNumber = numerator.trim() !== '' && denominator.trim() !== '' && rest.length === 0;
  return isNumber && Number.isFinite(value) ? value : undefined;
}
