import { create } from 'zustand';

export type DialogName = 'open' | 'keys';

/** Which dialog is open. */
export const useDialog = create<{ readonly open: DialogName | undefined }>(() => ({ open: undefined }));

export const openDialog = (open: DialogName): void => useDialog.setState({ open });
export const closeDialog = (): void => useDialog.setState({ open: undefined });
