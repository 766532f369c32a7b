/** Strokes on a grid of 16 by 16. */
const paths = {
  add: 'M8 3v10M3 8h10',
  arrowDown: 'M8 3v10M4 9l4 4 4-4',
  arrowUp: 'M8 13V3M4 7l4-4 4 4',
  attack: 'M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z',
  chart: 'M2 2v12h12M5 11V8M8 11V5M11 11V7',
  check: 'M3 8.5 6.5 12 13 4.5',
  chevronDown: 'm4 6 4 4 4-4',
  chevronRight: 'm6 4 4 4-4 4',
  close: 'M4 4l8 8M12 4l-8 8',
  command: 'M4 4l4 4-4 4M9 12h4',
  compare: 'M8 2v12M2 4h4v8H2zM10 4h4v8h-4z',
  copy: 'M5.5 5.500h8v8h-8zM10.5 5.500v-3h-8v8h3',
  download: 'M8 2v8M4.5 7 8 10.5 11.5 7M3 13.500h10',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  eyeOff:
    'M2 2l12 12M6 3.800A7 7 0 0 1 8 3.500c4 0 6.5 4.5 6.5 4.500a12 12 0 0 1-2 2.500M4 5a12 12 0 0 0-2.5 3S4 12.5 8 12.500a6.5 6.5 0 0 0 3-.8',
  features: 'M2.5 2.500h4v4h-4zM9.5 2.500h4v4h-4zM2.5 9.500h4v4h-4zM9.5 9.500h4v4h-4z',
  fit: 'M2.5 6V2.500H6M10 2.500h3.500V6M13.5 10v3.500H10M6 13.500H2.500V10',
  history: 'M2.5 8a5.5 5.5 0 1 0 1.6-3.900L2.5 5.7M2.5 2.500v3.200h3.200M8 5v3.300l2.2 1.3',
  image: 'M2 3h12v10H2zM2 11l3.5-3.5 3 3 2-2L14 12M10.7 6.300h.01',
  jobs: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  keyboard: 'M1.5 4h13v8h-13zM4 6.800h.01M6.7 6.800h.01M9.3 6.800h.01M12 6.800h.01M5 9.500h6',
  layers: 'M8 2l6 3-6 3-6-3zM2 8l6 3 6-3M2 11l6 3 6-3',
  link: 'M6.5 9.500l3-3M7 4.500l1.5-1.500a3 3 0 0 1 4.5 4.500L11.5 9M9 11.5 7.5 13A3 3 0 0 1 3 8.500L4.5 7',
  model:
    'M2.5 6h3v4h-3zM10.5 2.500h3v4h-3zM10.5 9.500h3v4h-3zM5.5 8H8M8 4.500h2.500M8 11.500h2.500M8 4.500v7',
  moon: 'M13 9.500A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.500z',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  open: 'M2 4.500h4l1.5 1.500H14v7H2z',
  panel: 'M2 3h12v10H2zM6.5 3v10',
  pin: 'M6 2h4l-.5 4.500L12 9H4l2.5-2.500zM8 9v5',
  play: 'M4.5 3v10l8-5z',
  predictions: 'M2.5 3.500h11M2.5 8h7M2.5 12.500h4',
  repeat: 'M3 7V6a2 2 0 0 1 2-2h7l-2-2M13 9v1a2 2 0 0 1-2 2H4l2 2',
  results: 'M2.5 2.500h11v11h-11zM2.5 6h11M6 6v7.5',
  search: 'M7 11.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 14 14',
  settings:
    'M2 4.500h7M12.5 4.500H14M2 11.500h1.500M7 11.500h7M10.7 6.200a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.400zM5.2 13.200a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.400z',
  solo: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  stop: 'M4 4h8v8H4z',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.500v1M8 13.500v1M1.5 8h1M13.5 8h1M3.4 3.400l.7.7M11.9 11.900l.7.7M3.4 12.600l.7-.7M11.9 4.100l.7-.7',
  trash: 'M2.5 4.500h11M6 4.500v-2h4v2M4 4.500l.7 9h6.600l.7-9M6.5 7v4M9.5 7v4',
  undo: 'M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6',
  warning: 'M8 2.5 14 13H2zM8 6.500v3M8 11.300h.01',
} as const;

export type IconName = keyof typeof paths;

/** A drawing beside words; what it means is said by the words or the button's label. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      style={{ flexShrink: 0 }}
    >
      <path d={paths[name]} />
    </svg>
  );
}
