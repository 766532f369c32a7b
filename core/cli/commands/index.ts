import type { CommandEntry } from '../command.ts';

/** One entry a command, in the order of `loupe --help`; its file is loaded when it is called. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'info',
    summary: 'what a model is made of, and what is known about it',
    load: async () => (await import('./info.ts')).info,
  },
  {
    name: 'predict',
    summary: 'the likeliest classes of pictures',
    load: async () => (await import('./predict.ts')).predict,
  },
  {
    name: 'explain',
    summary: 'what in a picture speaks for a class: arrays, pictures and a recipe',
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'compile',
    summary: 'an explanation as an ONNX model of its own',
    load: async () => (await import('./compile.ts')).compile,
  },
  {
    name: 'gradcheck',
    summary: 'compares the compiled gradient with finite differences, layer by layer',
    load: async () => (await import('./gradcheck.ts')).gradcheck,
  },
  {
    name: 'run',
    summary: 'repeats a recipe and compares its results',
    load: async () => (await import('./run.ts')).run,
  },
  {
    name: 'methods',
    summary: 'lists the methods of explanation',
    load: async () => (await import('./methods.ts')).methods,
  },
  {
    name: 'demo',
    summary: 'explains the bundled pictures with the bundled network and writes a page',
    load: async () => (await import('./demo.ts')).demo,
  },
];
