/** The live line: hello with a cursor, replay, reset, jittered back-off, ping. It carries no state of the page. */
import type { EventFrame, ServerFrame, SignalFrame, User } from './wire';

export interface SocketHooks {
  /** `live` is false for what is replayed: its time is not now. */
  event(frame: EventFrame, live: boolean): void;
  signal(frame: SignalFrame): void;
  ready(user: User, now: string | undefined): void;
  /** Too old a cursor: everything must be loaded again. */
  reset(): void;
  state(open: boolean): void;
  signedOut(): void;
}

interface Wire { send(text: string): void; close(code?: number): void; readyState: number }
type Factory = (url: string) => WebSocket;

const firstDelay = 500;
const longestDelay = 20_000;

/** Full jitter: anything between half and the whole of a doubling delay, so that a restart is not stormed. */
export function backOff(attempt: number, random: number): number {
  const ceiling = Math.min(longestDelay, firstDelay * 2 ** attempt);
  return ceiling / 2 + (random * ceiling) / 2;
}

export class Socket {
  private ws: (Wire & WebSocket) | null = null;
  private attempt = 0;
  private topics = new Map<string, number>();
  private pinger: ReturnType<typeof setInterval> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private lastHeard = 0;
  private stopped = false;
  private isReady = false;
  cursor: string | null = null;

  constructor(private url: string, private hooks: SocketHooks, private make: Factory = (u) => new WebSocket(u)) {}

  /** Connects and goes on connecting. `cursor` is what the first snapshot was current to. */
  start(cursor: string | null): void {
    this.cursor = cursor;
    this.stopped = false;
    this.open();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.retry);
    clearInterval(this.pinger);
    this.ws?.close(1000);
  }

  /** Try now: the browser says that the network is back, or the page is looked at again. */
  nudge(): void {
    if (this.stopped || this.ws) return;
    clearTimeout(this.retry);
    this.open();
  }

  /** Holds topics; held twice, they must be let go twice. */
  hold(...topics: string[]): () => void {
    const fresh = topics.filter((topic) => !this.topics.has(topic));
    for (const topic of topics) this.topics.set(topic, (this.topics.get(topic) ?? 0) + 1);
    if (fresh.length) this.send({ type: 'subscribe', topics: fresh });
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.release(topics);
    };
  }

  /** Asks again for a topic that was refused and may be heard now. */
  again(topic: string): void {
    if (this.topics.has(topic)) this.send({ type: 'subscribe', topics: [topic] });
  }

  private release(topics: string[]): void {
    const gone: string[] = [];
    for (const topic of topics) {
      const left = (this.topics.get(topic) ?? 0) - 1;
      if (left > 0) this.topics.set(topic, left);
      else { this.topics.delete(topic); gone.push(topic); }
    }
    if (gone.length) this.send({ type: 'unsubscribe', topics: gone });
  }

  /** Best effort: false when the line is down. */
  send(frame: object): boolean {
    if (!this.ws || !this.isReady) return false;
    this.ws.send(JSON.stringify(frame));
    return true;
  }

  private open(): void {
    const ws = this.make(this.url) as Wire & WebSocket;
    this.ws = ws;
    this.isReady = false;
    ws.onopen = () => {
      this.lastHeard = Date.now();
      ws.send(JSON.stringify({ type: 'hello', cursor: this.cursor, topics: [...this.topics.keys()] }));
    };
    ws.onmessage = (message: MessageEvent) => { if (this.ws === ws) this.hear(JSON.parse(String(message.data)) as ServerFrame); };
    ws.onclose = (close: CloseEvent) => { if (this.ws === ws) this.closed(close.code); };
  }

  private hear(frame: ServerFrame): void {
    this.lastHeard = Date.now();
    if (frame.type === 'event') {
      this.cursor = frame.cursor;
      this.hooks.event(frame, this.isReady);
    } else if (frame.type === 'signal') this.hooks.signal(frame);
    else if (frame.type === 'ready') this.becomeReady(frame);
    else if (frame.type === 'reset') { this.cursor = null; this.hooks.reset(); }
  }

  private becomeReady(frame: { cursor: string; user: User; heartbeat: number; now?: string }): void {
    const late = [...this.topics.keys()];
    this.attempt = 0;
    this.isReady = true;
    this.cursor ??= frame.cursor;
    // A topic taken between hello and ready was not in the hello; asking twice is harmless.
    if (late.length) this.send({ type: 'subscribe', topics: late });
    this.keepAlive(frame.heartbeat || 20);
    this.hooks.state(true);
    this.hooks.ready(frame.user, frame.now);
  }

  private keepAlive(seconds: number): void {
    clearInterval(this.pinger);
    this.pinger = setInterval(() => {
      if (Date.now() - this.lastHeard > seconds * 2500) this.drop();
      else this.send({ type: 'ping' });
    }, seconds * 1000);
  }

  /** A half-dead line may never tell of its close: leave it and dial anew. */
  private drop(): void {
    const dead = this.ws;
    this.closed(1006);
    dead?.close();
  }

  private closed(code: number): void {
    this.ws = null;
    this.isReady = false;
    clearInterval(this.pinger);
    this.hooks.state(false);
    if (this.stopped) return;
    if (code === 4401) { this.hooks.signedOut(); return; }
    this.retry = setTimeout(() => this.open(), backOff(this.attempt++, Math.random()));
  }
}
