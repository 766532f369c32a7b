// Runs all tests once. The last line is the runner's own count; what was skipped, and why, stands before it.
import { startVitest } from 'vitest/node';

/** Full names and notes of the tests in `modules` that were skipped. */
function skippedTests(tests) {
  return tests
    .filter((test) => test.result().state === 'skipped')
    .map((test) => {
      const { note } = test.result();
      return note === undefined ? test.fullName : `${test.fullName}: ${note}`;
    });
}

/** One line a group: tests that share everything but their last name are counted together. */
function grouped(names) {
  const groups = new Map();
  for (const name of names) {
    const parts = name.split(' > ');
    const group = parts.length > 1 ? parts.slice(0, -1).join(' > ') : name;
    groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  return [...groups].map(([group, count]) => `  ${group}${count > 1 ? ` (${count} tests)` : ''}`);
}

const vitest = await startVitest('test', process.argv.slice(2), { run: true, watch: false });
const modules = vitest.state.getTestModules();
const tests = modules.flatMap((module) => [...module.children.allTests()]);
const count = (state) => tests.filter((test) => test.result().state === state).length;
// A file that could not be loaded, and an error outside any test, are failures too.
const broken = modules.filter((module) => module.errors().length > 0).length;
const failed = count('failed') + broken + vitest.state.getUnhandledErrors().length;
const passed = count('passed');
await vitest.close();

const skipped = skippedTests(tests);
if (skipped.length > 0) console.log(['Skipped:', ...grouped(skipped)].join('\n'));
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
