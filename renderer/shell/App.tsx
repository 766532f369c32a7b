import { MantineProvider } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { followOwnJobs, openSample } from '../store/actions.ts';
import { recallOverlays } from '../store/runs.ts';
import { attempt, connect, useServer } from '../store/server.ts';
import { chooseModel, chooseImage } from '../store/bench.ts';
import { Dialogs } from './Dialogs.tsx';
import { Dock } from './Dock.tsx';
import { DropVeil } from './DropVeil.tsx';
import { Footer } from './Footer.tsx';
import { Header } from './Header.tsx';
import { Notices } from './Notices.tsx';
import { Palette } from './Palette.tsx';
import { applyPreset } from './dock.ts';
import { keepSession, restoreSession } from './session.ts';
import { theme } from './theme.ts';
import { useShortcuts } from './useShortcuts.ts';

/** The whole page. */
export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Workbench />
    </MantineProvider>
  );
}

function Workbench() {
  const ready = useServer((server) => server.ready);
  const started = useRef(false);
  useEffect(connect, []);
  useEffect(followOwnJobs, []);
  useShortcuts();

  useEffect(() => {
    if (!ready || started.current) return undefined;
    started.current = true;
    attempt(begin);
    return undefined;
  }, [ready]);

  return (
    <div className="app">
      <Header />
      {/* The dock is filled once, with a layout that is shown before the server has answered. */}
      <Dock onReady={() => applyPreset('Explain')} />
      <Footer />
      <Notices />
      <Palette />
      <Dialogs />
      <DropVeil />
    </div>
  );
}

/** Goes on where this workspace was left, or begins with the sample. */
async function begin(): Promise<void> {
  const { models, images } = useServer.getState();
  const restored = await restoreSession();
  if (models.length === 0 && images.length === 0) await openSample();
  else if (!restored) {
    chooseModel(models.at(-1)?.id);
    chooseImage(images[0]?.id);
  }
  recallOverlays();
  keepSession();
}
