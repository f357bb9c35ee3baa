/** What a person reads is asked for first: the rest of an opened case waits until its thread stands on the screen. */
let reading: Promise<unknown> = Promise.resolve();
const latest = 100;

/** Once what was drawn is on the screen; a page nobody looks at draws nothing, and waits no longer than `latest` ms. */
export function shown(): Promise<void> {
  if (typeof requestAnimationFrame === 'undefined') return Promise.resolve();
  return new Promise((done) => {
    const late = setTimeout(done, latest);
    requestAnimationFrame(() => setTimeout(() => { clearTimeout(late); done(); }));
  });
}

export function readFirst(thread: Promise<unknown>): void {
  reading = thread.catch(() => undefined).then(shown);
}

/** A turn later, since whoever opens the thread says so in the same turn. */
export const onceRead = (): Promise<unknown> => Promise.resolve().then(() => reading);
