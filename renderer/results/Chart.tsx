import { useMantineTheme, useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Data, Layout } from 'plotly.js-strict-dist-min';
import { sentenceOf } from '../client.ts';
import { Problem } from '../components/Problem.tsx';

interface ChartProps {
  readonly traces: readonly Data[];
  readonly layout: Layout;
  readonly label: string;
  readonly height?: number;
}

/** Colours that are told apart without colour vision (Okabe and Ito 2008). */
export const seriesColours = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#888888'];

const configuration = {
  responsive: true,
  displaylogo: false,
  modeBarButtonsToRemove: ['lasso2d', 'select2d', 'autoScale2d'],
};

/** A chart by plotly, which is loaded when the first one is drawn. */
export function Chart({ traces, layout, label, height = 280 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const dark = useComputedColorScheme('dark') === 'dark';
  const { fontFamily } = useMantineTheme();
  const [error, setError] = useState<string>();

  useEffect(() => {
    const { current } = place;
    if (current === null) return undefined;
    let gone = false;
    import('plotly.js-strict-dist-min')
      .then(({ default: plotly }) =>
        gone
          ? undefined
          : plotly.react(current, [...traces], themed(layout, dark, fontFamily, height), configuration),
      )
      .catch((reason: unknown) => setError(sentenceOf(reason)));
    return () => {
      gone = true;
    };
  }, [traces, layout, dark, fontFamily, height]);

  useEffect(() => {
    const { current } = place;
    return () => {
      if (current === null) return;
      void import('plotly.js-strict-dist-min').then(({ default: plotly }) => plotly.purge(current));
    };
  }, []);

  if (error !== undefined) return <Problem sentence={error} />;
  return <div ref={place} role="img" aria-label={label} style={{ height, minWidth: 0 }} />;
}

function themed(layout: Layout, dark: boolean, family: string, height: number): Layout {
  const [ink, line] = dark ? ['#c9c9c9', '#44464b'] : ['#333333', '#dcdfe3'];
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, automargin: true };
  return {
    height,
    margin: { l: 52, r: 12, t: 12, b: 42 },
    paper_bgcolor: 'transparent',
    plot_bgcolor: 'transparent',
    font: { family, size: 11, color: ink },
    // Below the axis, where it may take several lines without lying on the curves.
    legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.3, yanchor: 'top' },
    hovermode: 'x unified',
    hoverlabel: { bgcolor: dark ? '#25262b' : '#ffffff', font: { color: ink } },
    colorway: seriesColours,
    ...layout,
    xaxis: { ...axis, ...layout.xaxis },
    yaxis: { ...axis, ...layout.yaxis },
  };
}
