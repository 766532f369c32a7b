import { useComputedColorScheme } from '@mantine/core';
import { DockviewReact, type IDockviewPanelProps, themeDark, themeLight } from 'dockview-react';
import { EmptyState } from '../components/EmptyState.tsx';
import { panels } from '../panels/index.ts';
import { setDock } from './dock.ts';

interface DockProps {
  readonly onReady: () => void;
}

/** The panels of the workbench, side by side and behind each other. */
export function Dock({ onReady }: DockProps) {
  const scheme = useComputedColorScheme('dark');
  return (
    <div className="dock">
      <DockviewReact
        theme={scheme === 'dark' ? themeDark : themeLight}
        components={components}
        watermarkComponent={Nothing}
        onReady={({ api }) => {
          setDock(api);
          onReady();
        }}
      />
    </div>
  );
}

function Panel({ api, params }: IDockviewPanelProps<{ kind?: string }>) {
  const definition = panels.get(params.kind ?? '');
  if (definition === undefined) {
    return <EmptyState icon="panel" title="This panel is not in this version of Loupe." />;
  }
  const { component: Component } = definition;
  return <Component id={api.id} />;
}

function Nothing() {
  return (
    <EmptyState icon="panel" title="All panels are closed">
      Choose a layout above, or press Ctrl+K and type the name of a panel.
    </EmptyState>
  );
}

const components = { panel: Panel };
