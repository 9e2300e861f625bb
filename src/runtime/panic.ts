// The frames that a panic leaves: which one catches it, and the program counters for its trace.
//
// Assumes: a panic has just left frames, so that m.fp is the innermost frame in memory and every caller's size is known, and nothing has run since.
// Guarantees: each frame between the panic and the one that catches it is noted once, however often the panic goes on behind deferred calls.
// Source: docs/ABI.md, "Panics".

import { frameFlags, G, offPanicking, offSites } from "./layout";
import { m, mm } from "./m";
import { mallocgc } from "./malloc";

/** in a frame's first word: it has no resume id, what it called is among the sites */
const noId: u32 = 0xffffffff;
const framePC: u32 = 0x80000000;
/** only what is inlined there counts */
const innerPC: u32 = 0x20000000;

/** type _panic in src/std/runtime/panic.go; its first field and link are known to growStack, too */
@unmanaged
class Panic {
  argp: u64;
  argType: u64;
  argData: u64;
  link: u64;
  fp: u64;
  pcs: u64;
  npcs: u32;
  cap: u32;
  more: bool;
}

/** program counters that a trace has at most */
const maxPCs: u32 = 128;

function push(p: Panic, pc: u32): void {
  const n = p.npcs;
  if (n == p.cap) {
    if (n == maxPCs) {
      p.more = true;
      return;
    }
    const cap = n == 0 ? 8 : n << 1;
    const to = mallocgc(cap << 2, 0, 0);
    if (n != 0) memory.copy(to, p.pcs as usize, (n as usize) << 2);
    p.pcs = to as u64;
    p.cap = cap;
  }
  store<u32>((p.pcs as usize) + ((n as usize) << 2), pc);
  p.npcs = n + 1;
}

/** Notes the frames from the innermost to the one at `to`, which catches (0: to the last). */
export function panicframes(g: usize, to: usize): void {
  const p = changetype<Panic>(changetype<G>(g).panic as usize);
  const sites = load<u32>(m, offSites);
  store<u32>(m, 0, offSites);
  for (let i: u32 = 0; i < sites; i++) push(p, load<u32>(m + ((i as usize) << 2), offSites + 4));
  let q = changetype<Panic>(p.link as usize);
  let fp = mm().fp as usize;
  let skip = p.fp != 0 && (p.fp as usize) == fp;
  while (true) {
    while (changetype<usize>(q) != 0 && (q.argp == 0 || (q.fp as usize) > fp)) q = changetype<Panic>(q.link as usize);
    if (!skip) {
      if (changetype<usize>(q) != 0 && (q.fp as usize) == fp) {
        // The frames of a panic that a deferred call ran for come in the place of the one it is deferred in. If that has no id, what it called or had inlined
        // was the last of the sites.
        if (load<u32>(fp) == noId && p.npcs != 0) {
          const last = (p.pcs as usize) + (((p.npcs - 1) as usize) << 2);
          store<u32>(last, load<u32>(last) | innerPC);
        }
        for (let i: u32 = 0; i < q.npcs; i++) push(p, load<u32>((q.pcs as usize) + ((i as usize) << 2)));
        if (q.more) p.more = true;
      } else if (load<u32>(fp) != noId) push(p, framePC | load<u32>(fp));
    }
    skip = false;
    const back = load<u32>(fp, 4);
    if (fp == to || back == 0) break;
    if (p.more && to != 0) break;
    fp -= back;
  }
  p.fp = to as u64;
}

/** The innermost frame in memory whose function catches; 0: there is none, and the panic's trace is complete. */
export function catchingFrame(gp: G): usize {
  store<u32>(m, 0, offPanicking);
  let fp = mm().fp as usize;
  while (true) {
    const id = load<u32>(fp);
    if (id != noId && (frameFlags(id) & 1) != 0) return fp;
    const back = load<u32>(fp, 4);
    if (back == 0) break;
    fp -= back;
  }
  panicframes(changetype<usize>(gp), 0);
  return 0;
}
