import { type ColourMapName, colourMaps } from '../../core/base/colourMap.ts';
import { formatNumber } from '../../core/base/formatNumber.ts';

/** The colours of a map from its low to its high end, as a CSS gradient of 33 stops. */
export function colourGradient(name: ColourMapName): string {
  const table = colourMaps[name];
  const stops = Array.from({ length: 33 }, (_, stop) => {
    const at = Math.round((stop / 32) * 255) * 3;
    return `rgb(${[...table.subarray(at, at + 3)].join(' ')})`;
  });
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

interface ColourBarProps {
  readonly colourMap: ColourMapName;
  readonly low: number;
  readonly high: number;
}

/** A colour bar with the numbers of its ends and its middle. */
export function ColourBar({ colourMap, low, high }: ColourBarProps) {
  const numbers = [low, (low + high) / 2, high].map((value) => formatNumber(value));
  return (
    <div className="colour-bar" role="img" aria-label={`Colours from ${numbers[0]} to ${numbers[2]}`}>
      <div className="colour-strip" style={{ background: colourGradient(colourMap) }} />
      <div className="colour-numbers">
        {numbers.map((text, at) => (
          <span key={at}>{text}</span>
        ))}
      </div>
    </div>
  );
}
