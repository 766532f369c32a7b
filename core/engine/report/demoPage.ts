import { join } from 'node:path';
import type { Model } from '../../model/model.ts';
import { catalogued } from '../catalogue.ts';
import type { Finding, MethodFinding } from '../request.ts';
import type { PredictedClass } from '../predict.ts';
import { type Markup, html, relativeUrl } from './html.ts';
import { htmlDocument } from './document.ts';

/** A picture of the page, and what was found about it. */
export interface PagePicture {
  /** File name without ending, by which its results begin. */
  readonly name: string;
  /** Its file in `scenes`. */
  readonly file: string;
  readonly finding: Finding;
  readonly top: readonly PredictedClass[];
}

export interface DemoPage {
  readonly model: Model;
  readonly pictures: readonly PagePicture[];
  /** The folder of the page as a person would type it. */
  readonly out: string;
}

/** `index.html` of the demo: what the network has learned, and every picture with its likeliest classes, its figures and its attack. */
export function demoPage(page: DemoPage): string {
  const { model, pictures, out } = page;
  return htmlDocument(
    'Loupe: demonstration',
    html`<header>
<h1>What a small network sees</h1>
<p>${model.name} is a network of ${model.card.labels.length} classes (${model.card.labels.join(', ')}). In every
picture it has to name the large shape and its texture; the rest is there to distract. Below are the pictures that its units respond to
most, the answers of many methods to the question what in a picture speaks for the class, and how little it takes to fool it.</p>
<p>Everything here lies in this folder as numbers too (<code>.npy</code>), with recipes that repeat it bit for bit:</p>
${command(['run', join(out, 'explain', 'recipe.json'), '--out', `${out}-again`])}
</header>
${featureSection(page)}
${pictures.map((picture) => pictureSection(page, picture))}
<section>
<h2>Your own network</h2>
<p>Any ONNX file of an image classifier works in the same way:</p>
${command(['info', 'network.onnx'])}
${command(['explain', 'network.onnx', 'picture.jpg', '--method', 'all', '--out', 'out'])}
</section>`,
  );
}

function featureSection({ model }: DemoPage): Markup {
  const parts = [
    [
      'featureVisualization',
      'featureVisualization.features.png',
      ['--channels', '0-7', '--size', '64', '--steps', '96'],
    ],
    ['firstLayerWeights', 'firstLayerWeights.filters.png', []],
  ] as const;
  return html`<section id="features">
<h2>What it has learned</h2>
<div class="figures">
${parts.map(([id, file, flags]) =>
  figure({
    file: `features/${file}`,
    id,
    alt: `${catalogued(id).title} of ${model.name}`,
    detail: '',
    words: ['features', model.path, '--method', id, ...flags],
  }),
)}
</div>
</section>`;
}

function pictureSection(page: DemoPage, picture: PagePicture): Markup {
  const { name, file, finding, top } = picture;
  const { explained, subject } = finding;
  const { path: model } = page.model;
  return html`<section id="${name}">
<h2>${file}: ${explained?.label ?? ''}, ${percent(explained?.probability ?? Number.NaN)}</h2>
<div class="overview">
<img src="${relativeUrl(`scenes/${file}`)}" alt="The picture ${name}">
<div>
<table>
<tr><th>class</th><th></th><th>probability</th><th>logit</th></tr>
${top.map(classRow)}
</table>
${command(['predict', model, subject])}
</div>
</div>
<div class="figures">
${finding.findings.map((found) => methodFigure(page, picture, found))}
${figure({
  file: `attack/${name}.pgd.overview.png`,
  id: 'pgd',
  alt: `An attack on ${name}`,
  detail: '',
  words: ['attack', model, subject, '--method', 'pgd', '--epsilon', '6/255'],
})}
</div>
</section>`;
}

function classRow({ label, probability, logit }: PredictedClass): Markup {
  return html`<tr><td>${label}</td><td><span class="bar"><span style="width: ${(100 * probability).toFixed(1)}%"></span></span></td>
<td class="number">${percent(probability)}</td><td class="number">${logit.toFixed(2)}</td></tr>`;
}

function methodFigure(
  { model }: DemoPage,
  { name, finding }: PagePicture,
  { method: { id }, layers }: MethodFinding,
): Markup {
  const broken = finding.nonFinite.get(id) ?? 0;
  return figure({
    file: `explain/${name}.${id}.png`,
    id,
    alt: `${catalogued(id).title} of ${name}`,
    detail: `${layers.length === 0 ? '' : ` Layer: ${layers.join(', ')}.`}${broken === 0 ? '' : ` ${broken} values are NaN or infinite.`}`,
    words: ['explain', model.path, finding.subject, '--method', id],
  });
}

interface FigureText {
  readonly file: string;
  /** Of the method. */
  readonly id: string;
  readonly alt: string;
  readonly detail: string;
  /** The command that makes it. */
  readonly words: readonly string[];
}

function figure({ file, id, alt, detail, words }: FigureText): Markup {
  const { title, description, citation } = catalogued(id);
  const url = relativeUrl(file);
  return html`<figure>
<a href="${url}"><img src="${url}" alt="${alt}" loading="lazy"></a>
<figcaption>
<h3>${title}</h3>
<p>${description}${detail} (${citation})</p>
${command(words)}
</figcaption>
</figure>`;
}

/** A command line of this checkout; words that a shell would take apart are quoted. */
function command(words: readonly string[]): Markup {
  const line = words.map((word) =>
    /^[\w./:=,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  return html`<pre><code>npx loupe ${line.join(' ')}</code></pre>`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
