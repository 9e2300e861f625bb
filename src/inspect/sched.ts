// The scheduler as GODEBUG=schedtrace and scheddetail show it, read from outside while the program runs.
//
// Assumes: an instance of the program's module over its memory (src/runtime/inspect.ts). Guarantees: Go's format, to the letter.
// Source: the documentation of package runtime, "Environment Variables".

/** What the runtime exports for readers. */
export interface SchedExports {
  schedfield(f: number): bigint;
  pfield(i: number, f: number): bigint;
  nextm(m: number): number;
  mfield(m: number, f: number): bigint;
  gfield(i: number, f: number): bigint;
}

/** by src/std/runtime/runtime2.go's numbers */
const waitReasons = [
  '',
  'chan receive',
  'chan send',
  'chan receive (nil chan)',
  'chan send (nil chan)',
  'select',
  'select (no cases)',
  'sleep',
  'semacquire',
  'sync.Mutex.Lock',
  'sync.RWMutex.RLock',
  'sync.RWMutex.Lock',
  'sync.WaitGroup.Wait',
  'sync.Cond.Wait',
  'IO wait',
  'coroutine',
  'syscall',
  'synctest.Run',
  'synctest.Wait',
  'chan receive (durable)',
  'chan send (durable)',
  'select (durable)',
  'sync.WaitGroup.Wait (durable)',
  'panicwait',
];

const orNil = (v: bigint): string => (v < 0n ? 'nil' : `${v}`);
const bool = (v: bigint): string => `${v !== 0n}`;

/** One look, ms milliseconds after the program's start, with the final newline. */
export function schedtrace(rt: SchedExports, ms: number, detailed: boolean): string {
  const s = (f: number) => rt.schedfield(f);
  const procs = Number(s(0));
  let out = `SCHED ${Math.floor(ms)}ms: gomaxprocs=${procs} idleprocs=${s(1)} threads=${s(2)} spinningthreads=${s(3)} needspinning=${s(4)} idlethreads=${s(5)} runqueue=${s(6)}`;
  const all = Array.from({ length: procs }, (_, i) => i);
  if (!detailed)
    return `${out} [ ${all.map((i) => rt.pfield(i, 4)).join(' ')} ] schedticks=[ ${all.map((i) => `${rt.pfield(i, 1)} `).join('')}]\n`;
  out += ` gcwaiting=${bool(s(7))} nmidlelocked=${s(8)} stopwait=${s(9)} sysmonwait=${bool(s(10))}\n`;
  for (const i of all) {
    const p = (f: number) => rt.pfield(i, f);
    out += `  P${i}: status=${p(0)} schedtick=${p(1)} syscalltick=${p(2)} m=${orNil(p(3))} runqsize=${p(4)} gfreecnt=${p(5)} timerslen=${p(6)}\n`;
  }
  for (let m = rt.nextm(0); m !== 0; m = rt.nextm(m)) {
    const x = (f: number) => rt.mfield(m, f);
    out += `  M${x(0)}: p=${orNil(x(1))} curg=${orNil(x(2))} mallocing=0 throwing=0 preemptoff= locks=${x(3)} dying=0 spinning=${bool(x(4))} blocked=${bool(x(5))} lockedg=${orNil(x(6))}\n`;
  }
  for (let i = 0; rt.gfield(i, 0) >= 0n; i++) {
    const g = (f: number) => rt.gfield(i, f);
    out += `  G${g(0)}: status=${g(1)}(${waitReasons[Number(g(2))] ?? ''}) m=${orNil(g(3))} lockedm=${orNil(g(4))}\n`;
  }
  return out;
}
