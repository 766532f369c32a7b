/** How fast a training goes. */
export class Progress {
  #startedAt = 0;
  #examples = 0;
  #steps = 0;

  /** An epoch begins, or goes on. */
  begin(): void {
    this.#startedAt = performance.now();
    this.#examples = 0;
    this.#steps = 0;
  }

  step(examples: number): void {
    this.#examples += examples;
    this.#steps++;
  }

  /** Since the epoch began. */
  seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  speed(stepsLeft: number): { examplesPerSecond: number; secondsLeft: number } {
    const seconds = Math.max(1e-9, this.seconds());
    return {
      examplesPerSecond: this.#examples / seconds,
      secondsLeft: (stepsLeft * seconds) / Math.max(1, this.#steps),
    };
  }
}
