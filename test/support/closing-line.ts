/** The last line of a run, alone: `N passed, N failed`. A file that cannot be loaded and a stray error each count as failed. */
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], strayErrors: readonly SerializedError[]): void {
    let passed = 0;
    let failed = strayErrors.length;
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      passed += tests.filter((test) => test.result().state === 'passed').length;
      const broken = tests.filter((test) => test.result().state === 'failed').length;
      failed += broken || (module.state() === 'failed' ? 1 : 0);
    }
    // after vitest's own summary, which is written while the run ends
    process.once('exit', () => console.log(`\n${passed} passed, ${failed} failed`));
  }
}
