import { z } from 'zod';
import { formatTable } from './table.ts';

const propertySchema = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  default: z.unknown().optional(),
  description: z.string().optional(),
});

/** Parameters as JSON Schema describes them, a line each. */
export function parameterTable(properties: Readonly<Record<string, unknown>>): string[] {
  const rows = Object.entries(properties).map(([name, given]) => {
    const property = propertySchema.parse(given);
    return [
      `  ${name}`,
      property.enum?.join(' | ') ?? property.type ?? '',
      property.default === undefined ? '' : JSON.stringify(property.default),
      property.description ?? '',
    ];
  });
  const headings = ['  parameter', 'values', 'default', 'meaning'].map((title) => ({ title }));
  return rows.length === 0 ? ['no parameters'] : formatTable(headings, rows);
}
