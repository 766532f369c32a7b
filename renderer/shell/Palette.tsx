import { Kbd } from '@mantine/core';
import { Spotlight } from '@mantine/spotlight';
import { useMemo } from 'react';
import { Icon } from '../components/Icon.tsx';
import { useServer } from '../store/server.ts';
import { commands } from './commands.ts';
import { keyText } from './keyText.ts';

/** Every command by name. */
export function Palette() {
  // The methods arrive with the session.
  const session = useServer((server) => server.session);
  const actions = useMemo(
    () =>
      commands().map(({ id, title, description, icon, keys, run }) => ({
        id,
        label: title,
        ...(description === undefined ? {} : { description }),
        leftSection: <Icon name={icon} />,
        rightSection: keys?.[0] === undefined ? undefined : <Kbd size="xs">{keyText(keys[0])}</Kbd>,
        onClick: run,
      })),
    [session],
  );
  return (
    <Spotlight
      actions={actions}
      shortcut={null}
      limit={60}
      highlightQuery
      scrollable
      maxHeight={420}
      nothingFound="No command has this name."
      searchProps={{ placeholder: 'What do you want to do?', leftSection: <Icon name="search" /> }}
    />
  );
}
