import { Option } from 'commander';
import { LoupeError } from '../base/errors.ts';
import { suggestion } from '../base/nearest.ts';
import { defenceOf } from '../defences/registry.ts';
import { requestOf } from '../method/define.ts';
import type { MethodRequest } from '../protocol/method.ts';
import { propertiesOf, valueFrom } from './methodFlags.ts';

/** `--defence jpeg:quality=30,backward=exact`, as often as there are stages. */
export const defenceOption = (): Option =>
  new Option(
    '--defence <stage>',
    'a stage in front of the network, ID or ID:NAME=VALUE,…; repeat it for several, in order',
  )
    .argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text])
    .default([], 'none');

/** The stages as requests, their parameters checked. */
export function defencesFrom(texts: readonly string[]): MethodRequest[] {
  return texts.map((text) => {
    const [id = '', ...rest] = text.split(':');
    const defence = defenceOf(id);
    const properties = propertiesOf(defence);
    const given: Record<string, unknown> = {};
    for (const pair of rest
      .join(':')
      .split(',')
      .filter((part) => part !== '')) {
      const [name = '', ...value] = pair.split('=');
      const property = properties[name];
      if (property === undefined || value.length === 0) {
        throw new LoupeError(
          'badArgument',
          `Expected NAME=VALUE for the defence ${id} but received "${pair}".${suggestion(name, Object.keys(properties))}`,
        );
      }
      given[name] = valueFrom(name, property, value.join('='));
    }
    return requestOf(defence, given);
  });
}
