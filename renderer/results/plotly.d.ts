/** The little of plotly that Loupe uses. */
declare module 'plotly.js-strict-dist-min' {
  export type Data = Readonly<Record<string, unknown>>;

  export interface Layout {
    readonly [key: string]: unknown;
    readonly xaxis?: Readonly<Record<string, unknown>>;
    readonly yaxis?: Readonly<Record<string, unknown>>;
  }

  const plotly: {
    react(place: HTMLElement, data: Data[], layout: Layout, config: object): Promise<unknown>;
    purge(place: HTMLElement): void;
  };
  export default plotly;
}
