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

/** those that by default end the program with a report of its goroutines */
const reported = [3, 6];

const ackWord = 1;

export function signalName(sig: number): NodeJS.Signals {
  return names[sig] ?? 'SIGKILL';
}

export function request(port: MessagePort, control: Int32Array, sig: number, how: number): void {
  if (!names[sig]) return;
  const seen = Atomics.load(control, ackWord);
  port.postMessage({ sig, how } satisfies SignalRequest);
  Atomics.wait(control, ackWord, seen, 2000);
}

/** The main thread's side. deliver is called on the main thread for each signal that the program wants, dieOf for one that ends it with a report. */
export class Signals {
  private readonly caught = new Map<number, () => void>();
  private readonly control: Int32Array;
  private readonly deliver: (sig: number) => void;
  private readonly dieOf: (sig: number) => void;

  constructor(control: Int32Array, deliver: (sig: number) => void, dieOf: (sig: number) => void) {
    this.control = control;
    this.deliver = deliver;
    this.dieOf = dieOf;
    for (const sig of reported) this.listen(sig, () => dieOf(sig));
  }

  private listen(sig: number, listener: () => void): void {
    process.on(names[sig]!, listener);
    this.caught.set(sig, listener);
  }

  handle({ sig, how }: SignalRequest): void {
    this.drop(sig);
    if (how !== 0) this.listen(sig, how === 1 ? () => this.deliver(sig) : () => {});
    else if (reported.includes(sig)) this.listen(sig, () => this.dieOf(sig));
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
