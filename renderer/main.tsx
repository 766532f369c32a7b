import '@mantine/core/styles.css';
import '@mantine/spotlight/styles.css';
import 'dockview-react/dist/styles/dockview.css';
import './app.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './shell/App.tsx';

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no place to draw in.');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
