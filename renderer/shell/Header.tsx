import {
  Badge,
  Button,
  Group,
  Kbd,
  Loader,
  Menu,
  Select,
  Tooltip,
  useMantineColorScheme,
} from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { Icon, type IconName } from '../components/Icon.tsx';
import { IconButton } from '../components/IconButton.tsx';
import { chooseModel, useBench } from '../store/bench.ts';
import { jobTitle, useMethodTitle } from '../store/runTitle.ts';
import { isActive, useServer } from '../store/server.ts';
import { openDialog } from './dialogs.ts';
import { type PresetName, applyPreset, openPanel, presets, usePreset } from './dock.ts';

/** The bar above the panels. */
export function Header() {
  return (
    <header className="app-header">
      <span className="app-brand">
        <img src="./icon.svg" alt="" width={18} height={18} />
        Loupe
      </span>
      <ModelChoice />
      <Button variant="default" leftSection={<Icon name="open" />} onClick={() => openDialog('open')}>
        Open
      </Button>
      <Layouts />
      <span className="grow" />
      <JobsIndicator />
      <Tooltip label="All commands">
        <Button
          variant="default"
          c="dimmed"
          leftSection={<Icon name="search" />}
          rightSection={<Kbd size="xs">Ctrl K</Kbd>}
          onClick={() => spotlight.open()}
        >
          Commands
        </Button>
      </Tooltip>
      <Group gap={2} wrap="nowrap">
        <ThemeMenu />
        <IconButton icon="keyboard" label="Keyboard shortcuts (?)" onClick={() => openDialog('keys')} />
      </Group>
    </header>
  );
}

function ModelChoice() {
  const models = useServer((server) => server.models);
  const model = useBench((bench) => bench.model);
  return (
    <Select
      aria-label="Model"
      placeholder="No model is open"
      w={200}
      data={models.map(({ id, name }) => ({ value: id, label: name }))}
      value={model ?? null}
      allowDeselect={false}
      leftSection={<Icon name="model" />}
      onChange={(value) => chooseModel(value ?? undefined)}
    />
  );
}

function Layouts() {
  const chosen = usePreset((preset) => preset.name);
  return (
    <div role="group" aria-label="Layout" className="layouts">
      {Object.keys(presets).map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === chosen}
          onClick={() => applyPreset(name as PresetName)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

function JobsIndicator() {
  const titleOf = useMethodTitle();
  const active = useServer((server) => server.jobs).filter(isActive);
  const [first] = active;
  if (first === undefined) return null;
  const { done, total, what } = first.progress;
  const share = total > 0 ? `${Math.round((100 * done) / total)} %` : '';
  return (
    <Tooltip label={`${jobTitle(first, titleOf)}${what === '' ? '' : ` · ${what}`}`}>
      <Button
        variant="subtle"
        onClick={() => openPanel('jobs')}
        leftSection={<Loader size={12} />}
        rightSection={active.length > 1 ? <Badge size="xs">{active.length}</Badge> : undefined}
        aria-label="Jobs"
      >
        <span className="numbers">{first.state === 'queued' ? 'queued' : `running ${share}`}</span>
      </Button>
    </Tooltip>
  );
}

const schemes = [
  { value: 'auto', title: 'As the system', icon: 'settings' },
  { value: 'light', title: 'Light', icon: 'sun' },
  { value: 'dark', title: 'Dark', icon: 'moon' },
] as const satisfies readonly { value: string; title: string; icon: IconName }[];

function ThemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <Button variant="subtle" color="gray" px={6} aria-label="Theme">
          <Icon name={colorScheme === 'light' ? 'sun' : 'moon'} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map(({ value, title, icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon name={icon} />}
            rightSection={colorScheme === value ? <Icon name="check" /> : undefined}
            onClick={() => setColorScheme(value)}
          >
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
