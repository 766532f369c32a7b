import { Notification } from '@mantine/core';
import { useEffect } from 'react';
import { Icon } from '../components/Icon.tsx';
import { type Notice, dismiss, useServer } from '../store/server.ts';

const titles = { note: 'Note', warning: 'Warning', error: 'That did not work' } as const;
const colours = { note: 'blue', warning: 'yellow', error: 'red' } as const;
const noteSeconds = 8;

/** Sentences from the server and about what failed; notes go by themselves, errors stay until they are put away. */
export function Notices() {
  const notices = useServer((server) => server.notices);
  return (
    <div className="notices" aria-live="polite">
      {notices.map((notice) => (
        <OneNotice key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function OneNotice({ notice }: { readonly notice: Notice }) {
  const { id, level, sentence } = notice;
  useEffect(() => {
    if (level !== 'note') return undefined;
    const timer = setTimeout(() => dismiss(id), noteSeconds * 1000);
    return () => clearTimeout(timer);
  }, [id, level]);
  return (
    <Notification
      withBorder
      color={colours[level]}
      title={titles[level]}
      icon={<Icon name="warning" />}
      onClose={() => dismiss(id)}
      closeButtonProps={{ 'aria-label': 'Put away' }}
    >
      {sentence}
    </Notification>
  );
}
