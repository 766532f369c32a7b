import { ActionIcon, Tooltip } from '@mantine/core';
import { Icon, type IconName } from './Icon.tsx';

interface IconButtonProps {
  readonly icon: IconName;
  /** What it does, and its key: `Fit (0)`. */
  readonly label: string;
  readonly onClick: () => void;
  readonly active?: boolean;
  readonly disabled?: boolean;
  readonly danger?: boolean;
}

/** A small button with a drawing; its label is the tooltip and what a screen reader says. */
export function IconButton({ icon, label, onClick, active, disabled, danger }: IconButtonProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={active === true ? 'light' : 'subtle'}
        color={danger === true ? 'red' : active === true ? 'blue' : 'gray'}
        size="sm"
        aria-label={label}
        aria-pressed={active}
        disabled={disabled === true}
        onClick={(event) => {
          event.stopPropagation();
          onClick();
        }}
      >
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  );
}
