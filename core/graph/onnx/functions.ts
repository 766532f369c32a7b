import { LoupeError } from '../../base/errors.ts';
import type { Attribute } from '../ir.ts';
import { decodeAttribute } from './attributes.ts';
import { type FileNode, decodeNode, onnxDomain, opsetOf } from './fileNode.ts';
import type { FunctionProto, ModelProto, NodeProto } from './gen/onnx_pb.js';
import { Names } from './names.ts';
import type { Source } from './source.ts';

/** Functions that call functions: enough for what exporters write, and far from where a machine ends. */
const deepestCall = 32;
/** Nodes and calls inside functions, all together. */
const largestExpansion = 50_000;

const keyOf = (domain: string, name: string, overload: string): string =>
  JSON.stringify([onnxDomain(domain), name, overload]);

/** The nodes of a model's graph, its local functions written out in place of their calls. */
export function expandFunctions(model: ModelProto, nodes: readonly NodeProto[], source: Source): FileNode[] {
  const expansion = new Expansion(model, nodes, source);
  for (const node of nodes) expansion.add(node, opsetOf(model.opsetImport));
  return expansion.nodes;
}

class Expansion {
  readonly nodes: FileNode[] = [];
  readonly #functions: ReadonlyMap<string, FunctionProto>;
  readonly #source: Source;
  readonly #names: Names;
  #expanded = 0;

  constructor(model: ModelProto, nodes: readonly NodeProto[], source: Source) {
    this.#source = source;
    this.#functions = new Map(
      model.functions.map((proto) => [keyOf(proto.domain, proto.name, proto.overload), proto]),
    );
    const inputs = model.graph?.input.map(({ name }) => name) ?? [];
    const initializers = model.graph?.initializer.map(({ name }) => name) ?? [];
    this.#names = new Names([
      ...inputs,
      ...initializers,
      ...nodes.flatMap(({ input, output }) => [...input, ...output]),
    ]);
  }

  add(proto: NodeProto, opset: number): void {
    this.#addDecoded(decodeNode(proto, opset, this.#source), proto.overload, 0);
  }

  #addDecoded(node: FileNode, overload: string, depth: number): void {
    const body = this.#functions.get(keyOf(node.domain, node.opType, overload));
    if (depth > 0 && ++this.#expanded > largestExpansion) throw tooMuch(node.opType);
    if (body === undefined) this.nodes.push(node);
    else this.#expand(node, body, depth + 1);
  }

  /** Writes out one call: formal names become actual ones, inner names are made unique. */
  #expand(call: FileNode, body: FunctionProto, depth: number): void {
    if (depth > deepestCall) throw tooMuch(body.name);
    const prefix = call.name === '' ? body.name : call.name;
    const renamed = new Map<string, string>([['', '']]);
    body.input.forEach((formal, index) => renamed.set(formal, call.inputs[index] ?? ''));
    this.#nameOutputs(call, body, renamed);
    const rename = (name: string): string => {
      const known = renamed.get(name);
      if (known !== undefined) return known;
      const fresh = this.#names.unique(`${prefix}/${name}`);
      renamed.set(name, fresh);
      return fresh;
    };
    const opset = opsetOf(body.opsetImport);
    const values = argumentsOf(call, body, this.#source);
    for (const proto of body.node) {
      const inner = decodeNode(proto, opset, this.#source, values);
      const name = `${prefix}/${inner.name === '' ? inner.opType : inner.name}`;
      const node = { ...inner, name, inputs: inner.inputs.map(rename), outputs: inner.outputs.map(rename) };
      this.#addDecoded(node, proto.overload, depth);
    }
  }

  /** An output that is one of the function's own inputs is passed on by a node; any other takes the call's name. */
  #nameOutputs(call: FileNode, body: FunctionProto, renamed: Map<string, string>): void {
    body.output.forEach((formal, index) => {
      const actual = call.outputs[index] ?? '';
      if (actual === '') return;
      const passedOn = renamed.get(formal);
      if (passedOn === undefined) renamed.set(formal, actual);
      else {
        const name = `${call.name}/Identity`;
        this.nodes.push({
          ...call,
          name,
          opType: 'Identity',
          domain: '',
          inputs: [passedOn],
          outputs: [actual],
          attributes: {},
        });
      }
    });
  }
}

/** A function's attributes: the call's, else the defaults that the function declares. */
function argumentsOf(call: FileNode, body: FunctionProto, source: Source): Map<string, Attribute> {
  const defaults = body.attributeProto.map((proto) => [proto.name, decodeAttribute(proto, source)] as const);
  return new Map([...defaults, ...Object.entries(call.attributes)]);
}

function tooMuch(name: string): LoupeError {
  return new LoupeError(
    'tooLarge',
    `its local function "${name}" calls functions without end, or nearly so.`,
  );
}
