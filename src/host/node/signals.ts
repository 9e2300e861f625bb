// Signals for os/signal: the main thread catches those that the program asks for and leaves them where the scheduler looks.
//
// Assumes: the control words of a run (run.ts). Guarantees: when request() returns on the worker, the main thread has changed what it
// catches, so a signal that comes later acts as asked. Numbers are WASI's, as in Go's syscall package for wasip1.

import type { MessagePort } from 'node:worker_threads';

/** Node's names by WASI number; those that cannot be caught, and those V8 or Node needs, are left out. */
const names: readonly (NodeJS.Signals | null)[] = [
  null,
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  null,
  'SIGTRAP',
  'SIGABRT',
  null,
  null,
  null,
  'SIGUSR1',
  null,
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGCHLD',
  'SIGCONT',
  null,
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  null,
  'SIGWINCH',
];

/** From the worker to the main thread. how: 0 default, 1 deliver, 2 ignore. */
export interface SignalRequest {
  readonly sig: number;
  readonly how: number;
}

const ackWord = 1;

export function request(port: MessagePort, control: Int32Array, sig: number, how: number): void {
  if (!names[sig]) return;
  const seen = Atomics.load(control, ackWord);
  port.postMessage({ sig, how } satisfies SignalRequest);
  Atomics.wait(control, ackWord, seen, 2000);
}

/** The main thread's side. deliver is called on the main thread for each signal that the program wants. */
export class Signals {
  private readonly caught = new Map<number, () => void>();
  private readonly control: Int32Array;
  private readonly deliver: (sig: number) => void;

  constructor(control: Int32Array, deliver: (sig: number) => void) {
    this.control = control;
    this.deliver = deliver;
  }

  handle({ sig, how }: SignalRequest): void {
    this.drop(sig);
    if (how !== 0) {
      const listener = how === 1 ? () => this.deliver(sig) : () => {};
      process.on(names[sig]!, listener);
      this.caught.set(sig, listener);
    }
    Atomics.add(this.control, ackWord, 1);
    Atomics.notify(this.control, ackWord);
  }

  private drop(sig: number): void {
    const listener = this.caught.get(sig);
    if (listener) process.off(names[sig]!, listener);
    this.caught.delete(sig);
  }

  close(): void {
    for (const sig of [...this.caught.keys()]) this.drop(sig);
  }
}

/** Ends this process by the signal, as if nobody had caught it. Node ignores SIGPIPE until it has been listened to. */
export function die(name: NodeJS.Signals): void {
  const nothing = (): void => {};
  process.on(name, nothing);
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}
