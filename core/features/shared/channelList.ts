import { expected } from '../../base/errors.ts';

/** Channels as a person lists them: `0-15,30`, or `all` of them; each once, in the order given. */
export function channelList(text: string, channels: number, layer: string): number[] {
  const refuse = (received: string): Error =>
    expected('badArgument', {
      wanted: `channels from 0 to ${channels - 1}, such as 0-15,30 or all,`,
      for: `layer "${layer}"`,
      received,
    });
  if (text.trim() === 'all') return Array.from({ length: channels }, (_, channel) => channel);
  const listed = text.split(',').flatMap((part) => {
    const match = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part);
    const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (match === null || last < first || last >= channels) throw refuse(`"${part.trim()}"`);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  return [...new Set(listed)];
}
