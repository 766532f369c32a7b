const names: Readonly<Record<string, string>> = { mod: 'Ctrl', shift: 'Shift', alt: 'Alt' };

/** `mod+shift+Z` → `Ctrl Shift Z`; `shift+?` → `?` */
export function keyText(keys: string): string {
  if (keys === 'shift+?') return '?';
  return keys
    .split('+')
    .map((key) => names[key] ?? key)
    .join(' ');
}
