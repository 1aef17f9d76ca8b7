/**
 * Long runs in slices: an asynchronous caller gives way to the event loop every few milliseconds, otherwise neither a timer,
 * nor a click, nor Ctrl-C could ever abort a signal. A synchronous one takes everything in one slice.
 */

const SLICE = 16; // ms between breaths: a frame

/** One step; returns whether there is another. */
export type Once = () => boolean;

/** To the end in one go. */
export function run(once: Once): void {
  while (once());
}

/** To the end in slices. */
export async function runInSlices(once: Once): Promise<void> {
  for (let count = 1; ; ) {
    const began = performance.now();
    for (let i = 0; i < count; i++) if (!once()) return;
    const took = performance.now() - began;
    count = took < SLICE / 2 ? 2 * count : Math.max(1, Math.floor((count * SLICE) / took));
    await breath();
  }
}

/** The event loop goes round once. Timers would be held back for 4 ms in browsers, a message is not; workerd may have nothing else. */
function breath(): Promise<void> {
  return new Promise((resolve) => {
    const { setImmediate } = globalThis as { setImmediate?: (run: () => void) => unknown };
    if (setImmediate) {
      setImmediate(resolve);
      return;
    }
    if (typeof MessageChannel === 'undefined') {
      setTimeout(resolve, 0);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
