import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { catalogue, methodsOf } from '../../core/engine/catalogue.ts';
import { descriptorOf, requestOf } from '../../core/method/define.ts';
import { runCommands } from '../../core/protocol/method.ts';

const methods = [...catalogue.values()];

/** A parameter as JSON Schema describes it. */
const property = z.looseObject({
  type: z.enum(['string', 'number', 'integer', 'boolean', 'array']),
  title: z.string().min(1),
  description: z.string().min(1),
  default: z.union([z.string(), z.number(), z.boolean(), z.array(z.unknown())]),
});

const propertiesOf = (id: string) => {
  const method = catalogue.get(id);
  if (method === undefined) throw new Error(id);
  return z
    .object({ properties: z.record(z.string(), property).default({}) })
    .parse(descriptorOf(method).params).properties;
};

describe('the catalogue', () => {
  it('holds each id once', () => {
    const counted = new Map<string, number>();
    for (const command of runCommands)
      for (const { id } of methodsOf(command)) counted.set(id, (counted.get(id) ?? 0) + 1);
    expect([...counted].filter(([, count]) => count !== 1)).toEqual([]);
    for (const command of runCommands) expect(methodsOf(command).length, command).toBeGreaterThan(0);
  });

  it('holds the methods that people know by these ids', () => {
    const known = [
      'gradient',
      'inputXGradient',
      'integratedGradients',
      'smoothGrad',
      'varGrad',
      'guidedBackprop',
      'deconvnet',
      'cam',
      'gradCam',
      'gradCamPlusPlus',
      'layerCam',
      'guidedGradCam',
      'occlusion',
      'rise',
      'lrpEpsilon',
      'lrpZPlus',
      'fgsm',
      'bim',
      'pgd',
      'miFgsm',
      'deepFool',
      'carliniWagner',
      'lbfgs',
      'noise',
      'featureVisualization',
      'firstLayerWeights',
      'datasetExamples',
      'deepDream',
      'styleTransfer',
      'robustness',
      'jpeg',
      'bitDepth',
      'median',
      'totalVariation',
    ];
    expect(known.filter((id) => !catalogue.has(id))).toEqual([]);
  });

  it.each(methods.map(({ id }) => id))(
    '%s has a text, a citation with its year, and parameters with titles, descriptions and defaults',
    (id) => {
      const method = catalogue.get(id);
      expect(method?.title.length).toBeGreaterThan(2);
      expect(method?.description).toMatch(/\.$/);
      expect(method?.citation).toMatch(/\b(19|20)\d\d\b/);
      // Parsing fails where a title, a description, a default or a plain type is missing.
      const properties = propertiesOf(id);
      const request = method === undefined ? undefined : requestOf(method);
      expect(Object.keys(request?.params ?? {}).sort()).toEqual(Object.keys(properties).sort());
    },
  );

  it.each(runCommands)('gives flags of one name one type in loupe %s', (command) => {
    const types = new Map<string, Set<string>>();
    for (const { id } of methodsOf(command)) {
      for (const [name, { type, default: initial }] of Object.entries(propertiesOf(id))) {
        const kind = type === 'boolean' ? `boolean ${String(initial)}` : type === 'integer' ? 'number' : type;
        types.set(name, (types.get(name) ?? new Set()).add(kind));
      }
    }
    expect([...types].filter(([, kinds]) => kinds.size > 1)).toEqual([]);
  });

  it('refuses an unknown parameter and a value out of range in a sentence', () => {
    const gradCam = catalogue.get('gradCam');
    const fgsm = catalogue.get('fgsm');
    if (gradCam === undefined || fgsm === undefined) throw new Error('missing');
    expect(() => requestOf(gradCam, { leyer: 'x' })).toThrow('of gradCam is not valid');
    expect(() => requestOf(fgsm, { epsilon: -1 })).toThrow('The parameter epsilon of fgsm is not valid');
  });
});
