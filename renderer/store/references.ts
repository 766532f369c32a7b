import type { MethodDescriptor } from '../../core/protocol/method.ts';

interface ReferenceRole {
  readonly role: string;
  readonly title: string;
  readonly advice: string;
  readonly required: boolean;
}

/** The images beside the main one that a method looks at. */
export function referenceRoles({ command }: MethodDescriptor): readonly ReferenceRole[] {
  if (command === 'style') {
    return [{ role: 'style', title: 'Style', advice: 'Whose textures the image gets', required: true }];
  }
  if (command === 'dream') {
    return [
      {
        role: 'guide',
        title: 'Guide',
        advice: 'Whose features the dream is drawn to; may be empty',
        required: false,
      },
    ];
  }
  return [];
}
