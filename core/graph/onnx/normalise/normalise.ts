import type { Tensor } from '../../../base/tensor.ts';
import type { Attributes, Node } from '../../ir.ts';
import type { FileNode } from '../fileNode.ts';
import { Names } from '../names.ts';
import { rankAfter } from '../ranks.ts';
import type { Normalisation, Rewriter } from './define.ts';
import * as all from './index.ts';

const normalisations: readonly Normalisation[] = Object.values(all);

/**
 * Brings every node into its form of `canonicalOpset`.
 *
 * @param nodes in topological order.
 * @param constants the graph's constants.
 * @param ranks ranks that the file declares; what follows from the graph itself comes before them.
 */
export function normalise(
  nodes: readonly FileNode[],
  constants: ReadonlyMap<string, Tensor>,
  ranks: ReadonlyMap<string, number | undefined>,
): { nodes: Node[]; constants: Map<string, Tensor> } {
  const normaliser = new Normaliser(nodes, constants, ranks);
  for (const node of nodes) normaliser.add(node);
  return { nodes: normaliser.nodes, constants: normaliser.constants };
}

class Normaliser {
  readonly nodes: Node[] = [];
  readonly constants: Map<string, Tensor>;
  readonly #ranks: Map<string, number | undefined>;
  readonly #values: Names;
  readonly #nodeNames: Names;
  readonly #used: ReadonlySet<string>;

  constructor(
    nodes: readonly FileNode[],
    constants: ReadonlyMap<string, Tensor>,
    ranks: ReadonlyMap<string, number | undefined>,
  ) {
    this.constants = new Map(constants);
    this.#ranks = new Map(ranks);
    for (const [name, value] of constants) this.#ranks.set(name, value.dims.length);
    this.#used = new Set(nodes.flatMap(({ inputs }) => inputs));
    this.#values = new Names([
      ...ranks.keys(),
      ...constants.keys(),
      ...nodes.flatMap(({ outputs }) => outputs),
    ]);
    this.#nodeNames = new Names(nodes.map(({ name }) => name));
  }

  add({ opset, ...original }: FileNode): void {
    const node = normalisations
      .filter((normalisation) => applies(normalisation, original, opset))
      .reduce<Node>((current, { rewrite }) => rewrite(current, this.#rewriterFor(original, opset)), original);
    this.#push(node);
  }

  #push(node: Node): void {
    this.nodes.push(node);
    const [first = ''] = node.outputs;
    const rank = rankAfter(
      node,
      (name) => this.#ranks.get(name),
      (name) => this.constants.get(name),
    );
    if (rank !== undefined) this.#ranks.set(first, rank);
  }

  /** New names begin with the node's, so that people see where they come from. */
  #rewriterFor(node: Node, opset: number): Rewriter {
    return {
      opset,
      constantOf: (name) => this.constants.get(name),
      rankOf: (name) => this.#ranks.get(name),
      isUsed: (name) => this.#used.has(name),
      constant: (value) => {
        const name = this.#values.unique(`${node.name}/constant`);
        this.constants.set(name, value);
        this.#ranks.set(name, value.dims.length);
        return name;
      },
      emit: (opType, inputs, attributes: Attributes = {}) => {
        const output = this.#values.unique(`${node.name}/${opType}`);
        const name = this.#nodeNames.unique(`${node.name}/${opType}`);
        this.#push({ name, opType, domain: '', inputs, outputs: [output], attributes });
        return output;
      },
    };
  }
}

function applies(normalisation: Normalisation, { domain, opType }: Node, opset: number): boolean {
  const { opTypes, from = 0, before = Number.POSITIVE_INFINITY } = normalisation;
  return domain === '' && opTypes.includes(opType) && opset >= from && opset < before;
}
