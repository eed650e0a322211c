/** Timers that fire when the test says so. */
export function manualTimers() {
  const running = new Set<{ callback: () => void; ms: number }>();
  return {
    running,
    startTimer: (callback: () => void, ms: number) => {
      const timer = { callback, ms };
      running.add(timer);
      return () => void running.delete(timer);
    },
    fire: (ms: number) => {
      for (const timer of [...running]) {
        if (timer.ms !== ms) continue;
        running.delete(timer);
        timer.callback();
      }
    },
  };
}
