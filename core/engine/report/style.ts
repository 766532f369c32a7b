/** The look of a report: one column of text, figures as wide as the window allows, light or dark as the system is. */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f6f7f9; --line: #dfe3e8; --text: #1c2126; --quiet: #5b6570; --bar: #4c78a8;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #15181c; --raised: #1e2329; --line: #333a42; --text: #e4e8ec; --quiet: #9aa5b1; --bar: #6d9bcb; }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 1400px; padding: 2rem 1.5rem 4rem;
  background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
h1 { margin: 0 0 .25rem; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 0 0 .75rem; font-size: 1.3rem; line-height: 1.25; }
h3 { margin: 0; font-size: 1rem; }
p { margin: .5rem 0; max-width: 52rem; }
a { color: inherit; }
code { font: .85em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
pre {
  margin: .5rem 0; padding: .6rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere;
  background: var(--raised); border: 1px solid var(--line); border-radius: 6px;
}
section { margin-top: 2.5rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
.quiet, figcaption p { color: var(--quiet); font-size: .9rem; }
.overview { display: flex; flex-wrap: wrap; gap: 1.5rem 2rem; align-items: flex-start; }
.overview > img { width: 192px; border-radius: 6px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
td, th { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top; font-weight: normal; }
th { color: var(--quiet); }
td.number { text-align: right; }
.bar { display: block; width: 10rem; height: .6rem; margin-top: .5rem; background: var(--raised); border-radius: 3px; }
.bar > span { display: block; height: 100%; background: var(--bar); border-radius: 3px; }
.figures {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 560px), 1fr));
  gap: 1.5rem; margin-top: 1.5rem;
}
figure { margin: 0; padding: .75rem; background: var(--raised); border: 1px solid var(--line); border-radius: 8px; }
figure img { display: block; width: 100%; height: auto; border-radius: 4px; }
figcaption { margin-top: .6rem; }
figcaption p { margin: .15rem 0; }
figcaption pre { margin: .5rem 0 0; background: var(--ground); }
.warning { color: #b3005f; }
@media (prefers-color-scheme: dark) { .warning { color: #ff7ab8; } }
`;
