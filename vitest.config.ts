import { defineConfig } from 'vitest/config';

const projects = ['architecture', 'unit', 'conformance', 'golden', 'e2e'];

export default defineConfig({
  test: {
    // ONNX Runtime is native code: each file gets a process of its own.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: projects.map((name) => ({
      extends: true,
      test: { name, include: [`tests/${name}/**/*.test.ts`] },
    })),
  },
});
