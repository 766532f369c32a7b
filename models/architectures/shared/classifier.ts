import { count } from '../../../core/method/params.ts';

/** Units of the two wide linear layers of AlexNet and VGG, which hold most of their weights. */
export const wideParam = () =>
  count(4096, 'Hidden units', 'units of the two linear layers before the last; 512 do for small pictures');

/** The size to which the last maps are averaged before those layers. */
export const pooledParam = (initial: number) =>
  count(
    initial,
    'Pooled size',
    'height and width that the last maps are averaged to; 1 for small pictures',
    64,
  );
