import { join } from 'node:path';
import type { Model } from '../../model/model.ts';
import { catalogued } from '../catalogue.ts';
import type { Finding, MethodFinding } from '../request.ts';
import type { PredictedClass } from '../predict.ts';
import { type Markup, html, relativeUrl } from './html.ts';
import { htmlDocument } from './document.ts';

/** A picture of the page: its results, and where they lie in the page's folder. */
export interface PagePicture {
  /** File name without ending, by which its results begin. */
  readonly name: string;
  /** A copy of the picture in the folder. */
  readonly copy: string;
  readonly finding: Finding;
  readonly top: readonly PredictedClass[];
}

export interface DemoPage {
  readonly model: Model;
  readonly pictures: readonly PagePicture[];
  /** The folder of the page as a person would type it. */
  readonly out: string;
}

/** `index.html` of the demo: every picture with its likeliest classes, its figures and how to repeat each. */
export function demoPage(page: DemoPage): string {
  const { model, pictures, out } = page;
  return htmlDocument(
    'Loupe: demonstration',
    html`<header>
<h1>What a small network sees</h1>
<p>${model.name} is a network of ${model.card.labels.length} classes (${model.card.labels.join(', ')}). In every
picture it has to name the large shape; the small one is there to distract. Each figure below is one answer to the
question what in the picture speaks for the class, and comes from a method of the literature. All of them were
computed in one pass over each picture.</p>
<p>Everything here lies in this folder as numbers too (<code>.npy</code>), with a recipe that repeats it bit for bit:</p>
${command(['run', join(out, 'recipe.json'), '--out', `${out}-again`])}
</header>
${pictures.map((picture) => pictureSection(page, picture))}
<section>
<h2>Your own network</h2>
<p>Any ONNX file of an image classifier works in the same way:</p>
${command(['info', 'network.onnx'])}
${command(['explain', 'network.onnx', 'picture.jpg', '--method', 'all', '--out', 'out'])}
</section>`,
  );
}

function pictureSection(page: DemoPage, picture: PagePicture): Markup {
  const { name, copy, finding, top } = picture;
  const { explained, subject } = finding;
  return html`<section id="${name}">
<h2>${copy}: ${explained?.label ?? ''}, ${percent(explained?.probability ?? Number.NaN)}</h2>
<div class="overview">
<img src="${relativeUrl(copy)}" alt="The picture ${name}">
<div>
<table>
<tr><th>class</th><th></th><th>probability</th><th>logit</th></tr>
${top.map(classRow)}
</table>
${command(['predict', page.model.path, subject])}
</div>
</div>
<div class="figures">
${finding.findings.map((found) => methodFigure(page, picture, found))}
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
  const { title, description, citation } = catalogued(id);
  const figure = relativeUrl(`${name}.${id}.png`);
  const at = layers.length === 0 ? '' : ` Layer: ${layers.join(', ')}.`;
  const broken = finding.nonFinite.get(id) ?? 0;
  return html`<figure>
<a href="${figure}"><img src="${figure}" alt="${title} of ${name}" loading="lazy"></a>
<figcaption>
<h3>${title}</h3>
<p>${description}${at} (${citation})</p>
${broken === 0 ? '' : html`<p class="warning">${broken} values are NaN or infinite.</p>`}
${command(['explain', model.path, finding.subject, '--method', id])}
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
