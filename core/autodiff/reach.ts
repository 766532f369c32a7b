import type { Node } from '../graph/ir.ts';

/** The values that lie on a path from one of `from` to `to`: only they need cotangents. `nodes` in topological order. */
export function reachable(nodes: readonly Node[], from: readonly string[], to: string): Set<string> {
  const downstream = new Set(from);
  for (const node of nodes) {
    if (node.inputs.some((input) => downstream.has(input))) {
      for (const output of node.outputs) if (output !== '') downstream.add(output);
    }
  }
  const upstream = new Set([to]);
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index];
    if (node?.outputs.some((output) => upstream.has(output)) !== true) continue;
    for (const input of node.inputs) if (input !== '') upstream.add(input);
  }
  return new Set([...downstream].filter((name) => upstream.has(name)));
}

/** A readable path `a → Node → … → b` from a value of `from` through `via` to `to`, for an error sentence. */
export function pathBetween(
  reversed: readonly Node[],
  from: readonly string[],
  via: Node,
  to: string,
): string {
  const forwards = [...reversed].reverse();
  const follow = (
    start: Set<string>,
    nodes: readonly Node[],
    next: (node: Node) => readonly string[],
    until: (node: Node) => readonly string[],
  ): string[] => {
    const seen: string[] = [];
    let frontier = start;
    for (const node of nodes) {
      if (!until(node).some((name) => frontier.has(name))) continue;
      seen.push(node.name);
      frontier = new Set(next(node).filter((name) => name !== ''));
    }
    return seen;
  };
  const before = new Set(forwards.slice(0, forwards.indexOf(via)));
  const up = follow(
    new Set(via.inputs),
    reversed.filter((node) => before.has(node)),
    (node) => node.inputs.slice(0, 1),
    (node) => node.outputs,
  );
  const down = follow(
    new Set(via.outputs),
    forwards.slice(forwards.indexOf(via) + 1),
    (node) => node.outputs,
    (node) => node.inputs,
  );
  const names = [...up.reverse(), via.name, ...down];
  const shown = names.length > 9 ? [...names.slice(0, 3), '…', ...names.slice(-5)] : names;
  return [from.join(', '), ...shown, to].join(' → ');
}
