import { z } from 'zod';

/** The parts of JSON Schema that parameters of methods are made of. */
const propertySchema = z.object({
  type: z.enum(['string', 'number', 'integer', 'boolean', 'array']),
  title: z.string().optional(),
  description: z.string().optional(),
  unit: z.string().optional(),
  default: z.unknown(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.int().optional(),
  items: z
    .object({ type: z.enum(['string', 'number', 'integer']), minimum: z.number().optional() })
    .optional(),
});

const objectSchema = z.object({ properties: z.record(z.string(), propertySchema).default({}) });

interface FieldBase {
  /** Name of the parameter. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly unit: string | undefined;
  readonly byDefault: unknown;
}

/** A parameter as a form asks for it. */
export type Field = FieldBase &
  (
    | { readonly kind: 'choice'; readonly options: readonly string[] }
    | { readonly kind: 'switch' }
    | {
        readonly kind: 'number';
        readonly whole: boolean;
        readonly least: number | undefined;
        readonly greatest: number | undefined;
      }
    | { readonly kind: 'layer' }
    | { readonly kind: 'text'; readonly required: boolean }
    | { readonly kind: 'list'; readonly of: 'text' | 'number' }
  );

/** The fields of a method's parameters, in the order of its definition. */
export function fieldsOf(params: Readonly<Record<string, unknown>>): Field[] {
  const { properties } = objectSchema.parse(params);
  return Object.entries(properties).map(([name, property]) => fieldOf(name, property));
}

function fieldOf(name: string, property: z.output<typeof propertySchema>): Field {
  const { title = name, description = '', unit, type } = property;
  const base: FieldBase = { name, title, description, unit, byDefault: property.default };
  switch (type) {
    case 'boolean':
      return { ...base, kind: 'switch' };
    case 'number':
    case 'integer':
      return {
        ...base,
        kind: 'number',
        whole: type === 'integer',
        least: property.minimum,
        greatest: property.maximum,
      };
    case 'array':
      return { ...base, kind: 'list', of: property.items?.type === 'string' ? 'text' : 'number' };
    case 'string':
      if (property.enum !== undefined) return { ...base, kind: 'choice', options: property.enum };
      // By convention a parameter of this name takes one layer of the model, or auto.
      if (name === 'layer') return { ...base, kind: 'layer' };
      return { ...base, kind: 'text', required: (property.minLength ?? 0) > 0 };
  }
}

/** A number as a person writes it, fractions among them: `8/255`, `1e-3`, `0,5`; undefined for anything else. */
export function parseNumber(text: string): number | undefined {
  const [numerator = '', denominator, ...more] = text
    .trim()
    .replaceAll('−', '-')
    .replaceAll(',', '.')
    .split('/');
  if (numerator.trim() === '' || more.length > 0) return undefined;
  const value = denominator === undefined ? Number(numerator) : Number(numerator) / Number(denominator);
  return Number.isFinite(value) ? value : undefined;
}

/** A number as a form shows it: multiples of 1/255 as such, where the unit is the pixel range. */
export function numberText(value: number, unit: string | undefined): string {
  if (unit === 'of the pixel range' && value > 0 && value < 1) {
    const levels = value * 255;
    if (Math.abs(levels - Math.round(levels)) < 1e-6) return `${Math.round(levels)}/255`;
  }
  return String(value);
}

/** Why `text` cannot be the value of a number field, as a sentence; undefined where it can. */
export function numberFault(field: Extract<Field, { kind: 'number' }>, text: string): string | undefined {
  const value = parseNumber(text);
  if (value === undefined) return 'Give a number, such as 0.5 or 8/255.';
  if (field.whole && !Number.isInteger(value)) return 'Give a whole number.';
  if (field.least !== undefined && value < field.least) return `Give at least ${field.least}.`;
  if (field.greatest !== undefined && value > field.greatest) return `Give at most ${field.greatest}.`;
  return undefined;
}

/** `crossEntropy` → `cross entropy`, for choices without a text of their own. */
export function choiceText(value: string): string {
  return value.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
