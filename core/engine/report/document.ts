import { Markup, html } from './html.ts';
import { styleSheet } from './style.ts';

/** A whole page without scripts or anything from outside its own folder. */
export function htmlDocument(title: string, body: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${new Markup(styleSheet)}</style>
</head>
<body>
${body}
</body>
</html>
`.source;
}
