import {
  Button,
  Checkbox,
  NativeSelect,
  NumberInput,
  Select,
  Switch,
  TextInput,
  Tooltip,
  createTheme,
} from '@mantine/core';

const small = { defaultProps: { size: 'xs' } };

/** Dense, because a researcher looks at many things at once; the system's fonts, because nothing is fetched. */
export const theme = createTheme({
  primaryColor: 'blue',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
  fontSizes: { xs: '12px', sm: '13px', md: '14px' },
  headings: { fontWeight: '600' },
  components: {
    Button: Button.extend(small),
    Checkbox: Checkbox.extend(small),
    NativeSelect: NativeSelect.extend(small),
    NumberInput: NumberInput.extend(small),
    Select: Select.extend(small),
    Switch: Switch.extend(small),
    TextInput: TextInput.extend(small),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 500, withArrow: true } }),
  },
});
