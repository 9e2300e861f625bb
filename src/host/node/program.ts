// An M of a program on this thread: its imports, its start, its end.
//
// Assumes: the thread may be blocked for as long as the program runs. Guarantees: no exception leaves runProgram. The first M lays out the
// memory that all share and runs main; the others are given the address of theirs, one of them sysmon's.

import { parentPort } from 'node:worker_threads';
import type { EventExports } from '../../inspect/events.ts';
import { Lines } from '../../inspect/lines.ts';
import type { SchedExports } from '../../inspect/sched.ts';
import { Descriptors } from './descriptors.ts';
import { type Ending, Exit } from './ending.ts';
import { tuneEngine } from './engine.ts';
import { HostMemory } from './memory.ts';
import { processes } from './processes.ts';
import { hostRandom, seededRandom } from './random.ts';
import { request, signalName } from './signals.ts';
import { sockets } from './sockets.ts';
import { system } from './system.ts';
import { wasi } from './wasi.ts';
import { writeAll } from './write.ts';

export interface ProgramInput {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** words shared with the parent: [0] 1 once the memory is laid out; [1] counts answers to requests about signals; [2] to [4] of the poller (sockets.ts) */
  readonly control: Int32Array;
  readonly files: SharedArrayBuffer;
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** the file that starts this program; '' if there is none */
  readonly executable: string;
  /** GOMAXPROCS at the start */
  readonly procs: number;
  readonly cpus: number;
  /** the time of day, in nanoseconds since 1970, when hrtime was 0: each thread's own idea of it differs by some microseconds */
  readonly epoch: bigint;
  /** of a reproducible run; 0: it is none */
  readonly seed: bigint;
  /** 0, or how events are written from the start (src/inspect/events.ts) */
  readonly events: number;
  /** address of this thread's M; 0: the first */
  readonly m: number;
}

const frame = /wasm-function\[\d+\]:0x([0-9a-f]+)/g;

/** What the module exports to the host (src/link/hostexports.ts). */
export interface Exports extends SchedExports, EventExports {
  readonly linkinfo: WebAssembly.Global;
  __init_data(): void;
  rt_init(linkinfo: number): void;
  rt_main(): number;
  rt_minit(linkinfo: number, m: number): void;
  rt_mstart(): number;
  /** one look of sysmon: nanoseconds until the next, -1: when woken */
  sysmon(): bigint;
  /** looks for ever, in a thread of its own */
  rt_sysmon(): number;
  sysmonM(): number;
  /** address of the word the main thread sleeps on */
  hostwake(): number;
  /** an M that is to get a worker, or 0 */
  nextnewm(): number;
  /** for the program */
  signalled(sig: number): void;
  /** to end the program */
  dieOf(sig: number): void;
}

interface Instance {
  readonly exports: Exports;
  readonly symbols: () => Lines;
}

/** Instantiates the module for this thread; throws Exit where the program ends, and for imports that this host does not have. */
export function instantiate(input: ProgramInput): Instance {
  const mem = new HostMemory(input.memory);
  const exit = (ending: Ending): never => {
    throw new Exit(ending);
  };
  let lines: Lines | null = null;
  const symbols = (): Lines => {
    lines ??= new Lines(new Uint8Array(WebAssembly.Module.customSections(input.module, 'burrow.lines')[0]!));
    return lines;
  };
  const pcs = (stack: string, buf: number, max: number): number => {
    let n = 0;
    for (const m of stack.matchAll(frame)) {
      if (n >= max) break;
      mem.setU32(buf + 4 * n++, Number.parseInt(m[1]!, 16));
    }
    return n;
  };
  const here = (): string => {
    Error.stackTraceLimit = 256;
    const stack = new Error().stack ?? '';
    Error.stackTraceLimit = 10;
    return stack;
  };
  const wallclock = (): bigint => input.epoch + process.hrtime.bigint();
  const random = input.seed === 0n ? hostRandom : seededRandom(input.seed);
  const go = {
    write(fd: number, p: number, n: number): void {
      try {
        writeAll(fd <= 2 ? fd : (files.get(fd)?.fd ?? -1), mem.copy(p, n));
      } catch (e) {
        // As native programs die; for any other message that cannot be shown there is nowhere else to say so.
        if ((e as NodeJS.ErrnoException).code === 'EPIPE') exit({ signal: 'SIGPIPE' });
      }
    },
    exit: (code: number) => exit(code < 0 ? { signal: signalName(-code) } : { code }),
    sigenable(sig: number, how: number): void {
      if (parentPort) request(parentPort, input.control, sig, how);
    },
    nanotime: () => process.hrtime.bigint(),
    config: (what: number) => [BigInt(input.procs), input.seed, BigInt(input.cpus)][what] ?? 0n,
    walltime(sec: number, nsec: number): void {
      const ns = wallclock();
      mem.setU64(sec, ns / 1_000_000_000n);
      mem.setU32(nsec, Number(ns % 1_000_000_000n));
    },
    random(p: number, n: number): void {
      mem.u8.set(random(n), p >>> 0);
    },
    callers: (buf: number, max: number) => pcs(here(), buf, max),
    symbolize(pc: number, buf: number, cap: number): number {
      const text = symbols()
        .resolve(pc >>> 0)
        .map(
          (f) =>
            `${f.func}\t${f.file}\t${f.line}\t${f.startLine}\t${(f.wrapper ? 'w' : '') + (f.inlined ? 'i' : '') + (f.noArgs ? 'n' : '') || '-'}\t${f.offset}\n`,
        )
        .join('');
      const b = Buffer.from(text);
      mem.u8.set(b.subarray(0, cap), buf >>> 0);
      return b.length;
    },
  };
  const files = new Descriptors(input.files);
  const { sys, poller } = sockets(mem, files, input.control, input.seed !== 0n);
  const imports: WebAssembly.Imports = {
    env: { memory: input.memory },
    go: { ...go, ...poller } as unknown as WebAssembly.ModuleImports,
    sys: {
      ...sys,
      ...processes(mem, files, input.seed !== 0n),
      ...system(mem, files, input.executable),
    } as unknown as WebAssembly.ModuleImports,
    wasi_snapshot_preview1: wasi(mem, files, {
      args: input.args,
      env: input.env,
      exit: (code) => exit({ code }),
      random,
      wallclock,
      brokenPipe: () => exit({ signal: 'SIGPIPE' }),
    }) as unknown as WebAssembly.ModuleImports,
  };
  for (const i of WebAssembly.Module.imports(input.module)) {
    if (i.kind === 'function' && !(imports[i.module] as { [name: string]: unknown } | undefined)?.[i.name])
      exit({ fatal: `the program imports ${i.module}.${i.name}, which this host does not have` });
  }
  return { exports: new WebAssembly.Instance(input.module, imports).exports as unknown as Exports, symbols };
}

/** Runs the M for as long as the program runs. */
export function runProgram(input: ProgramInput): Ending {
  let symbols = (): Lines | null => null;
  try {
    tuneEngine();
    const instance = instantiate(input);
    symbols = instance.symbols;
    const call = instance.exports;
    const linkinfo = Number(call.linkinfo.value);
    if (input.m !== 0) {
      call.rt_minit(linkinfo, input.m);
      return { code: input.m === call.sysmonM() ? call.rt_sysmon() : call.rt_mstart() };
    }
    call.__init_data();
    call.rt_init(linkinfo);
    if (input.events !== 0) call.settracing(input.events);
    Atomics.store(input.control, 0, 1);
    Atomics.notify(input.control, 0);
    return { code: call.rt_main() };
  } catch (e) {
    if (e instanceof Exit) return e.ending;
    if (e instanceof WebAssembly.RuntimeError || e instanceof RangeError) {
      const at = [...(e.stack ?? '').matchAll(frame)]
        .slice(0, 20)
        .flatMap((m) => symbols()?.resolve(Number.parseInt(m[1]!, 16)) ?? []);
      const trace = at.map((f) => `${f.func}(...)\n\t${f.file}:${f.line}\n`).join('');
      return {
        fatal: `${e instanceof RangeError ? 'machine stack exhausted' : `wasm trap: ${(e as Error).message}`}\n\ngoroutine running:\n${trace}`,
      };
    }
    return { fatal: `host: ${(e as Error).message}` };
  }
}
