import type { ComponentType } from 'react';
import type { IconName } from '../components/Icon.tsx';

export interface PanelProps {
  /** Unique among the open panels: `imageViewer`, `imageViewer-2` … */
  readonly id: string;
}

/** A kind of panel of the dock. */
export interface PanelDefinition {
  readonly id: string;
  readonly title: string;
  /** What it shows, for the palette. */
  readonly description: string;
  readonly icon: IconName;
  /** Whether several of it make sense. */
  readonly several?: boolean;
  readonly component: ComponentType<PanelProps>;
}

export const definePanel = (definition: PanelDefinition): PanelDefinition => definition;
