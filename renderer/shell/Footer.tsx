import { useServer } from '../store/server.ts';

const connectionText = {
  connecting: 'Connecting…',
  open: 'Connected',
  lost: 'Connection lost: trying again. Jobs go on.',
} as const;

const connectionColour = {
  connecting: 'var(--mantine-color-yellow-6)',
  open: 'var(--mantine-color-teal-6)',
  lost: 'var(--mantine-color-red-6)',
} as const;

/** The line below the panels: server, workspace, device. */
export function Footer() {
  const connection = useServer((server) => server.connection);
  const session = useServer((server) => server.session);
  return (
    <footer className="app-footer">
      <span role="status">
        <i className="status-dot" style={{ background: connectionColour[connection] }} />
        {connectionText[connection]}
      </span>
      {session !== undefined && (
        <>
          <span className="clip" title="The workspace’s folder">
            {session.workspace}
          </span>
          <span className="grow" />
          <span title={session.fallbacks.join(' ')}>
            {session.device === 'cpu' ? 'CPU' : 'WebGPU'}
            {session.fallbacks.length > 0 && ' (fallback)'}
          </span>
          <span>Loupe {session.version}</span>
        </>
      )}
    </footer>
  );
}
