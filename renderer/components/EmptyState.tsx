import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';

interface EmptyStateProps {
  readonly icon: IconName;
  /** What this place shows once there is something. */
  readonly title: string;
  /** What to do. */
  readonly children?: ReactNode;
}

/** What a panel shows while it has nothing to show. */
export function EmptyState({ icon, title, children }: EmptyStateProps) {
  return (
    <Stack className="empty-state" align="center" justify="center" gap="xs" p="md">
      <span className="empty-icon">
        <Icon name={icon} size={32} />
      </span>
      <Text fw={500} ta="center">
        {title}
      </Text>
      <Stack align="center" gap="xs" className="empty-advice">
        {children}
      </Stack>
    </Stack>
  );
}
