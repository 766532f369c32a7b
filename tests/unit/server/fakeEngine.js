// Stands for the engine process: it answers what its call's path says.
const send = (message) => process.send?.(message);

const behaviours = {
  answer: (id, input) => send({ kind: 'answer', id, value: { id: 'm', echoed: input } }),
  refuse: (id) => send({ kind: 'refused', id, code: 'badFile', message: 'It is no model.' }),
  crash: () => process.exit(3),
  abort: () => process.abort(),
  memory() {
    process.stderr.write(
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n',
      () => process.abort(),
    );
  },
  // Holds the event loop, as a long program does.
  block() {
    const end = Date.now() + 60_000;
    while (Date.now() < end);
  },
  wait: () => undefined,
};

process.on('message', ({ kind, id, input }) => {
  if (kind === 'cancel') {
    if (waiting.has(id)) send({ kind: 'refused', id, code: 'cancelled', message: 'Cancelled.' });
    return;
  }
  waiting.add(id);
  if (input?.path === 'progress') {
    send({ kind: 'progress', id, progress: { done: 1, total: 2, what: 'half' }, blobs: [] });
    behaviours.answer(id, input);
  } else behaviours[input?.path]?.(id, input);
});
process.once('disconnect', () => process.exit(0));

const waiting = new Set();
if (process.argv.includes('--broken')) {
  process.stderr.write('Error: the library is missing\n', () => process.exit(1));
} else send({ kind: 'ready' });
