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
    name: 'attack',
    summary: 'adversarial examples: how little it takes to fool the network',
    load: async () => (await import('./attack.ts')).attack,
  },
  {
    name: 'robustness',
    summary: 'accuracy against the strength of attacks',
    load: async () => (await import('./robustness.ts')).robustness,
  },
  {
    name: 'features',
    summary: 'pictures of what units, channels and layers have learned',
    load: async () => (await import('./features.ts')).features,
  },
  {
    name: 'examples',
    summary: 'the parts of pictures that excite a channel most',
    load: async () => (await import('./examples.ts')).examples,
  },
  {
    name: 'dream',
    summary: 'DeepDream: a picture with more of what a layer sees in it',
    load: async () => (await import('./dream.ts')).dream,
  },
  {
    name: 'style',
    summary: 'the content of one picture in the style of others',
    load: async () => (await import('./style.ts')).style,
  },
  {
    name: 'data',
    summary: 'lists the data sets, describes one, or downloads it',
    load: async () => (await import('./data.ts')).data,
  },
  {
    name: 'train',
    summary: 'trains a network on a data set; goes on where it was interrupted',
    load: async () => (await import('./train.ts')).train,
  },
  {
    name: 'eval',
    summary: 'accuracy on a data set, and under attacks',
    load: async () => (await import('./eval.ts')).evaluate,
  },
  {
    name: 'lesson',
    summary: 'small experiments on how networks learn; lists them, or runs one',
    load: async () => (await import('./lesson.ts')).lesson,
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
    name: 'diff',
    summary: 'in what two recipes and their results differ',
    load: async () => (await import('./diff.ts')).diff,
  },
  {
    name: 'methods',
    summary: 'lists all methods, or describes one with its parameters',
    load: async () => (await import('./methods.ts')).methods,
  },
  {
    name: 'serve',
    summary: 'the workbench: serves its page on this machine, with a workspace and an engine',
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    name: 'demo',
    summary: 'explains the bundled pictures with the bundled network and writes a page',
    load: async () => (await import('./demo.ts')).demo,
  },
];
