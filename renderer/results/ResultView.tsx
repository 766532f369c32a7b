import { Anchor, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { Data, Layout } from 'plotly.js-strict-dist-min';
import { formatNumber } from '../../core/base/formatNumber.ts';
import type { FactView, ResultView as Result, ResultViewOf } from '../../core/protocol/resultView.ts';
import { Chart, seriesColours } from './Chart.tsx';
import { PlainPicture } from './PlainPicture.tsx';

/** Draws a result by its type, whatever method it came from. Heat maps are drawn by viewers, which know the picture below. */
export function ResultView({ result }: { readonly result: Exclude<Result, { type: 'heatmap' }> }) {
  switch (result.type) {
    case 'image':
      return <PlainPicture picture={result.picture} label={result.title} side={256} />;
    case 'imageGrid':
      return <PictureGrid result={result} />;
    case 'curve':
      return <Curve result={result} />;
    case 'table':
      return <DataTable result={result} />;
    case 'model':
      return (
        <Anchor href={result.model.url} download={result.model.name} size="sm">
          {result.model.name}
        </Anchor>
      );
  }
}

/** Numbers and words that belong to a result. */
export function Facts({ facts }: { readonly facts: readonly FactView[] }) {
  if (facts.length === 0) return null;
  return (
    <dl className="facts">
      {facts.map(({ label, value, unit }) => (
        <FactRow
          key={label}
          label={label}
          text={`${factText(value)}${unit === undefined ? '' : ` ${unit}`}`}
        />
      ))}
    </dl>
  );
}

function FactRow({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{text}</dd>
    </>
  );
}

const factText = (value: FactView['value']): string =>
  value === null ? 'not a number' : typeof value === 'number' ? formatNumber(value, 4) : value;

function PictureGrid({ result: { cells, columns } }: { readonly result: ResultViewOf<'imageGrid'> }) {
  return (
    <div
      style={{
        display: 'grid',
        gap: 8,
        gridTemplateColumns:
          columns === undefined || columns > 6
            ? 'repeat(auto-fill, minmax(110px, 1fr))'
            : `repeat(${columns}, minmax(0, 200px))`,
      }}
    >
      {cells.map(({ picture, caption }, at) => (
        <figure key={at} style={{ margin: 0, minWidth: 0 }}>
          <PlainPicture picture={picture} label={caption.join(', ')} />
          <figcaption>
            {caption.map((line) => (
              <Text key={line} size="xs" c="dimmed" className="clip" title={line}>
                {line}
              </Text>
            ))}
          </figcaption>
        </figure>
      ))}
    </div>
  );
}

function Curve({ result }: { readonly result: ResultViewOf<'curve'> }) {
  const traces = useMemo(() => tracesOf(result), [result]);
  const layout = useMemo(() => layoutOf(result), [result]);
  // A line of the legend for each series, at worst.
  const height = 300 + (result.series.length > 1 ? 20 * result.series.length : 0);
  return <Chart traces={traces} layout={layout} label={result.title} height={height} />;
}

/** A line a series, over a band where it has bounds. */
function tracesOf({ x, y: { percent }, series }: ResultViewOf<'curve'>): Data[] {
  const xs = x.ticks ?? x.values;
  return series.flatMap(({ label, y, low, high }, at): Data[] => {
    const colour = seriesColours[at % seriesColours.length] ?? '#888888';
    const band: Data[] =
      low === undefined || high === undefined
        ? []
        : [
            {
              x: [...xs, ...xs.toReversed()],
              y: [...high, ...low.toReversed()],
              mode: 'lines',
              fill: 'toself',
              fillcolor: `${colour}30`,
              line: { width: 0 },
              hoverinfo: 'skip',
              showlegend: false,
            },
          ];
    const marks = y.length <= 40 ? 'lines+markers' : 'lines';
    const hover = percent === true ? '%{y:.1%}' : '%{y:.5g}';
    return [
      ...band,
      { x: xs, y, name: label, mode: marks, line: { color: colour, width: 2 }, hovertemplate: hover },
    ];
  });
}

function layoutOf({ x, y, series }: ResultViewOf<'curve'>): Layout {
  return {
    xaxis: {
      title: { text: x.label, font: { size: 11 } },
      ...(x.ticks === undefined ? {} : { type: 'category' }),
    },
    yaxis: {
      title: { text: y.label, font: { size: 11 } },
      ...(y.percent === true ? { tickformat: '.0%' } : {}),
      ...(y.range === undefined ? {} : { range: y.range }),
    },
    showlegend: series.length > 1,
  };
}

function DataTable({ result: { columns, rows } }: { readonly result: ResultViewOf<'table'> }) {
  return (
    <table className="data-table">
      <thead>
        <tr>
          {columns.map(({ title, right }) => (
            <th key={title} className={right === true ? 'right' : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr key={at}>
            {row.map((cell, column) => (
              <td key={column} className={columns[column]?.right === true ? 'right' : undefined}>
                {factText(cell)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
