import { attack } from './attack.tsx';
import { compare } from './compare.tsx';
import type { PanelDefinition } from './define.ts';
import { gallery } from './gallery.tsx';
import { history } from './history.tsx';
import { imageViewer } from './imageViewer.tsx';
import { jobs } from './jobs.tsx';
import { methods } from './methods.tsx';
import { model } from './model.tsx';
import { predictions } from './predictions.tsx';
import { project } from './project.tsx';
import { results } from './results.tsx';

/** Every kind of panel by its id. */
export const panels: ReadonlyMap<string, PanelDefinition> = new Map(
  [project, imageViewer, predictions, methods, results, compare, gallery, attack, model, jobs, history].map(
    (panel) => [panel.id, panel],
  ),
);
