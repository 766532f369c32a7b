/** `14:05`, or `3 Nov 14:05` for another day. */
export function timeText(iso: string, now = new Date()): string {
  const time = new Date(iso);
  const clock = `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`;
  if (time.toDateString() === now.toDateString()) return clock;
  return `${time.getDate()} ${time.toLocaleString('en', { month: 'short' })} ${clock}`;
}

/** `0.4 s`, `12 s`, `3 min 05 s` */
export function durationText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** `11.7 M`, `420 k`, `96` */
export function countText(count: number): string {
  for (const [size, unit] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (count >= size) return `${Number((count / size).toPrecision(3))} ${unit}`;
  }
  return String(count);
}
