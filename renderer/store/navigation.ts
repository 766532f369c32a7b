let opener: (kind: string) => void = () => undefined;

/** The dock says how a panel is opened; panels ask here, because they know neither the dock nor each other. */
export function setOpener(open: (kind: string) => void): void {
  opener = open;
}

/** Brings a panel of this kind to the front. */
export const showPanel = (kind: string): void => opener(kind);
