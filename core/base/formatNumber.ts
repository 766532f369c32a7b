/** `digits` significant digits, with a real minus sign; powers of ten outside 10⁻³…10⁵: `−0.0125`, `3.2×10⁻⁶`. */
export function formatNumber(value: number, digits = 3): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const sign = value < 0 ? '−' : '';
  if (size >= 1e-3 && size < 1e5) return sign + String(Number(size.toPrecision(digits)));
  const [mantissa = '', exponent = ''] = size.toExponential(digits - 1).split('e');
  return `${sign}${Number(mantissa)}×10${superscript(Number(exponent))}`;
}

export function superscript(exponent: number): string {
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const raised = [...String(Math.abs(exponent))].map((digit) => digits[Number(digit)] ?? '').join('');
  return exponent < 0 ? `⁻${raised}` : raised;
}
