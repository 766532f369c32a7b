import { getHotkeyHandler } from '@mantine/hooks';
import { useEffect } from 'react';
import { spotlight } from '@mantine/spotlight';
import { commands } from './commands.ts';

/** Typing into a field is no shortcut, unless a modifier is held. */
const isTyping = (event: KeyboardEvent): boolean =>
  event.target instanceof HTMLElement &&
  event.target.matches('input, textarea, select, [contenteditable]') &&
  !event.ctrlKey &&
  !event.metaKey;

/** The keys of the whole page. Ctrl+Z inside a text field stays the field's own. */
export function useShortcuts(): void {
  useEffect(() => {
    const handler = getHotkeyHandler([
      ['mod+K', () => spotlight.open()],
      ['F1', () => spotlight.open()],
      ...commands().flatMap(({ keys = [], run }) =>
        keys.map((key) => [key, () => run()] as [string, () => void]),
      ),
    ]);
    const hear = (event: KeyboardEvent): void => {
      const inField = event.target instanceof HTMLElement && event.target.matches('input, textarea');
      if (isTyping(event) || (inField && /^[zy]$/i.test(event.key))) return;
      handler(event);
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  }, []);
}
