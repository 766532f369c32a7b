import { Menu, NativeSelect, SegmentedControl, Select, Tooltip } from '@mantine/core';
import { Icon } from '../components/Icon.tsx';
import { IconButton } from '../components/IconButton.tsx';
import { type CompareMode, type ViewerSettings, changeSettings, setView } from '../store/views.ts';
import { fitted, zoomText } from './view.ts';

const compareTitles: Readonly<Record<CompareMode, string>> = {
  single: 'One view',
  sideBySide: 'Side by side',
  swipe: 'Swipe',
  flicker: 'Flicker (hold X)',
  difference: 'Difference',
};

interface ViewerBarProps {
  readonly id: string;
  readonly viewKey: string;
  readonly settings: ViewerSettings;
  readonly scale: number;
  readonly others: readonly { readonly value: string; readonly label: string }[];
  readonly images: readonly { readonly value: string; readonly label: string }[];
  readonly image: string | undefined;
  readonly onImage: (image: string) => void;
  readonly saves: readonly { readonly title: string; readonly run: () => void }[];
}

/** The controls above a viewer. */
export function ViewerBar(props: ViewerBarProps) {
  const { id, viewKey, settings, scale, others, saves } = props;
  const change = (part: Partial<ViewerSettings>): void => changeSettings(id, part);
  return (
    <div className="panel-bar">
      <Select
        aria-label="Image"
        placeholder="No image"
        w={150}
        data={[...props.images]}
        value={props.image ?? null}
        allowDeselect={false}
        onChange={(value) => value !== null && props.onImage(value)}
      />
      <IconButton icon="fit" label="Fit (0, double click)" onClick={() => setView(viewKey, () => fitted)} />
      <span className="numbers dimmed" style={{ minWidth: 52 }} title="CSS pixels an image pixel">
        {zoomText(scale)}
      </span>
      <span className="grow" />
      <NativeSelect
        aria-label="Compare"
        value={settings.compare}
        data={Object.entries(compareTitles).map(([value, label]) => ({ value, label }))}
        onChange={(event) => change({ compare: event.currentTarget.value as CompareMode })}
      />
      {settings.compare !== 'single' && (
        <NativeSelect
          aria-label="Compare with"
          maw={150}
          value={others.some(({ value }) => value === settings.other) ? settings.other : 'picture'}
          data={[...others]}
          onChange={(event) => change({ other: event.currentTarget.value })}
        />
      )}
      <Tooltip label="Viewers of one group share zoom, pan and cross-hair (L)">
        <SegmentedControl
          size="xs"
          aria-label="Link group"
          value={settings.link ?? 'none'}
          data={[
            { value: 'none', label: '–' },
            { value: 'A', label: 'A' },
            { value: 'B', label: 'B' },
            { value: 'C', label: 'C' },
          ]}
          onChange={(value) => change({ link: value === 'none' ? undefined : value })}
        />
      </Tooltip>
      <IconButton
        icon="image"
        label={settings.greyBase ? 'Show the picture in colour (G)' : 'Show the picture in grey (G)'}
        active={!settings.greyBase}
        onClick={() => change({ greyBase: !settings.greyBase })}
      />
      <IconButton
        icon="layers"
        label={settings.layersOpen ? 'Hide the overlay settings' : 'Show the overlay settings'}
        active={settings.layersOpen}
        onClick={() => change({ layersOpen: !settings.layersOpen })}
      />
      <Menu position="bottom-end" withArrow>
        <Menu.Target>
          <button type="button" className="plain-button" aria-label="Save">
            <Icon name="download" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {saves.map(({ title, run }) => (
            <Menu.Item key={title} onClick={run}>
              {title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
