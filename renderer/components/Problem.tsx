import { Alert } from '@mantine/core';
import { Icon } from './Icon.tsx';

/** A sentence about what went wrong and what to do, where the result would be. */
export function Problem({ sentence }: { readonly sentence: string }) {
  return (
    <Alert color="red" variant="light" icon={<Icon name="warning" />} m="xs" p="xs" role="alert">
      {sentence}
    </Alert>
  );
}
