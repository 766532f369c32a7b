import { NativeSelect, Select, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { LayerInfo } from '../../core/protocol/workbench.ts';
import { type Field, choiceText, numberFault, numberText, parseNumber } from './fields.ts';

interface MethodFormProps {
  readonly fields: readonly Field[];
  /** Parameters that differ from the defaults. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly layers: readonly LayerInfo[];
  readonly onChange: (values: Readonly<Record<string, unknown>>) => void;
}

/** The parameters of a method, whatever it is: everything comes from its schema. */
export function MethodForm({ fields, values, layers, onChange }: MethodFormProps) {
  const change = (field: Field, value: unknown): void => {
    const { [field.name]: _, ...others } = values;
    // A value that is the default is left out, so that the recipe's defaults and the form's stay one.
    const isDefault = JSON.stringify(value) === JSON.stringify(field.byDefault);
    onChange(isDefault ? others : { ...others, [field.name]: value });
  };
  return (
    <div className="form">
      {fields.map((field) => (
        <FieldInput
          // A field's text is its own until it is left; a reset makes a new one.
          key={`${field.name} ${field.name in values ? 'given' : 'default'}`}
          field={field}
          value={values[field.name] ?? field.byDefault}
          layers={layers}
          onChange={(value) => change(field, value)}
        />
      ))}
    </div>
  );
}

interface FieldInputProps {
  readonly field: Field;
  readonly value: unknown;
  readonly layers: readonly LayerInfo[];
  readonly onChange: (value: unknown) => void;
}

function FieldInput({ field, value, layers, onChange }: FieldInputProps) {
  const { title, description, unit } = field;
  const text = {
    label: unit === undefined ? title : `${title} (${unit})`,
    description: sentence(description),
  };
  switch (field.kind) {
    case 'switch':
      return (
        <Switch
          {...text}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'choice':
      return (
        <NativeSelect
          {...text}
          value={String(value)}
          data={field.options.map((option) => ({ value: option, label: choiceText(option) }))}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'layer':
      return (
        <Select
          {...text}
          searchable
          allowDeselect={false}
          value={String(value)}
          data={['auto', ...layers.map(({ name }) => name).toReversed()]}
          nothingFoundMessage="No layer has this name"
          onChange={(layer) => layer !== null && onChange(layer)}
        />
      );
    case 'number':
      return (
        <CheckedText
          {...text}
          text={numberText(Number(value), unit)}
          fault={(entered) => numberFault(field, entered)}
          onCommit={(entered) => onChange(parseNumber(entered))}
        />
      );
    case 'text':
      return (
        <CheckedText
          {...text}
          text={String(value)}
          fault={(entered) => (field.required && entered.trim() === '' ? 'This cannot be empty.' : undefined)}
          onCommit={(entered) => onChange(entered.trim())}
        />
      );
    case 'list':
      return <ListInput field={field} text={text} value={value} onChange={onChange} />;
  }
}

interface ListInputProps {
  readonly field: Field & { readonly kind: 'list' };
  readonly text: { readonly label: string; readonly description: string };
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

function ListInput({ field, text, value, onChange }: ListInputProps) {
  const items = Array.isArray(value) ? value : [];
  const shown = items.map((item) => (typeof item === 'number' ? numberText(item, field.unit) : String(item)));
  const split = (entered: string): string[] =>
    entered
      .split(/[,;\s]+/)
      .map((item) => item.trim())
      .filter((item) => item !== '');
  return (
    <CheckedText
      {...text}
      text={shown.join(', ')}
      fault={(entered) => {
        const parts = split(entered);
        if (parts.length === 0) return 'Give at least one, separated by commas.';
        const odd = parts.find((item) => field.of === 'number' && parseNumber(item) === undefined);
        return odd === undefined ? undefined : `"${odd}" is no number; give such as 4/255 or 0.3.`;
      }}
      onCommit={(entered) =>
        onChange(field.of === 'number' ? split(entered).map(parseNumber) : split(entered))
      }
    />
  );
}

interface CheckedTextProps {
  readonly label: string;
  readonly description: string;
  readonly text: string;
  readonly fault: (text: string) => string | undefined;
  readonly onCommit: (text: string) => void;
}

/** A text that is taken over as soon as it is right, and says why while it is not. */
function CheckedText({ label, description, text, fault, onCommit }: CheckedTextProps) {
  const [entered, setEntered] = useState(text);
  const wrong = fault(entered);
  return (
    <TextInput
      label={label}
      description={description}
      value={entered}
      error={wrong}
      onChange={(event) => {
        const { value } = event.currentTarget;
        setEntered(value);
        if (fault(value) === undefined) onCommit(value);
      }}
    />
  );
}

/** Descriptions of parameters are parts of sentences; a form begins them with a capital, unless they begin with an option (`linf: …`). */
const sentence = (text: string): string =>
  /^\w+:/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
