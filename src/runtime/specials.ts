// Specials: what hangs on single heap objects: a finalizer, cleanups, a weak handle, the bubble it belongs to.
//
// Invariants: a record is in exactly one place: the chain of its object's bucket, the queue `finq`, or the free list. A record keeps its payload
// alive, but not its object: except that whatever an object with a finalizer refers to is kept, so that finalizers run
// in the order of references, and an object in a cycle with itself is never finalized (as in Go).
// Running goroutines change them with the lock held; the collector, with the world stopped, needs none.

import { drain, grey, isMarked, scanObject } from "./mgc";
import { allocBlock, freeBlock, Mspan, persistentalloc, spanOf } from "./mheap";
import { lock, unlock } from "./lock";
import { finqWord } from "./sched";

@unmanaged
class Special {
  next: u32;
  object: u32;
  /** a heap object */
  payload: u32;
  kind: u32;
}
const specialSize: usize = 16;

export const specialFinalizer: u32 = 1;
export const specialCleanup: u32 = 2;
export const specialWeak: u32 = 3;
export const specialBubble: u32 = 4;

/**
 * The table.
 */
@unmanaged
class Specials {
  /** heads of chains, 2^order of them, by object */
  buckets: usize;
  order: u32;
  count: u32;
  freeSpecials: u32;
  /** records whose object died, for Go to take */
  finq: u32;
  lock: u32;
  /** finalizers and cleanups ever put there; the collector */
  finalizers: u32;
  cleanups: u32;
}
export const specials = changetype<Specials>(memory.data(256, 8));

@inline function lockSpecials(): void {
  lock(changetype<usize>(specials) + offsetof<Specials>("lock"));
}
@inline function unlockSpecials(): void {
  unlock(changetype<usize>(specials) + offsetof<Specials>("lock"));
}
@inline function at(r: u32): Special {
  return changetype<Special>(r as usize);
}
@inline function bucket(p: usize): usize {
  return specials.buckets + (((((p as u32) >> 3) * 0x9e3779b1) >> (32 - specials.order)) << 2);
}
@inline function link(r: Special, q: usize): void {
  r.next = load<u32>(q);
  store<u32>(q, changetype<usize>(r) as u32);
}
@inline function release(r: Special): void {
  r.next = specials.freeSpecials;
  specials.freeSpecials = changetype<usize>(r) as u32;
  specials.count--;
}

/** Doubles the table. */
function grow(): void {
  const old = specials.buckets;
  const oldBytes: usize = old ? (4 as usize) << specials.order : 0;
  specials.order = old ? specials.order + 1 : 8;
  const bytes = (4 as usize) << specials.order;
  specials.buckets = allocBlock(bytes);
  memory.fill(specials.buckets, 0, bytes);
  for (let q = old; q < old + oldBytes; q += 4) {
    for (let r = load<u32>(q); r != 0; ) {
      const s = at(r);
      r = s.next;
      link(s, bucket(s.object));
    }
  }
  if (old) freeBlock(old, oldBytes);
}

/**
 * Hangs payload on the object that begins at p, and returns it. An object has one special of a kind, but any number of cleanups: if there is one, its payload is
 * returned. For specialWeak and specialBubble, payload's first word is cleared when the object dies.
 */
export function addspecial(p: usize, payload: usize, kind: i32): usize {
  lockSpecials();
  let now = kind == specialCleanup ? 0 : findLocked(p, kind);
  if (now == 0) {
    addLocked(p, payload, kind);
    now = payload;
  }
  unlockSpecials();
  return now;
}

function addLocked(p: usize, payload: usize, kind: i32): void {
  if (specials.buckets == 0 || specials.count >> specials.order >= 2) grow();
  let r = specials.freeSpecials;
  if (r != 0) specials.freeSpecials = at(r).next;
  else r = persistentalloc(specialSize) as u32;
  const s = at(r);
  s.object = p as u32;
  s.payload = payload as u32;
  s.kind = kind;
  link(s, bucket(p));
  specials.count++;
}

/** Payload of the object's special of that kind, or 0. */
export function findspecial(p: usize, kind: i32): usize {
  lockSpecials();
  const r = findLocked(p, kind);
  unlockSpecials();
  return r;
}

function findLocked(p: usize, kind: i32): usize {
  if (specials.buckets == 0) return 0;
  for (let r = load<u32>(bucket(p)); r != 0; r = at(r).next) {
    if (at(r).object == (p as u32) && at(r).kind == kind) return at(r).payload;
  }
  return 0;
}

/** Takes the object's specials of that kind and, unless payload is 0, that payload off. */
export function removespecial(p: usize, payload: usize, kind: i32): i32 {
  lockSpecials();
  const r = removeLocked(p, payload, kind);
  unlockSpecials();
  return r;
}

function removeLocked(p: usize, payload: usize, kind: i32): i32 {
  if (specials.buckets == 0) return 0;
  let found = 0;
  for (let q = bucket(p), r = load<u32>(q); r != 0; r = load<u32>(q)) {
    const s = at(r);
    if (s.object == (p as u32) && s.kind == kind && (payload == 0 || s.payload == (payload as u32))) {
      store<u32>(q, s.next);
      release(s);
      found = 1;
    } else q = changetype<usize>(s);
  }
  return found;
}

/** Payload of the next finalizer or cleanup to run, or 0. The caller keeps it, and a finalizer's object, alive. */
export function nextfin(): usize {
  lockSpecials();
  const r = nextLocked();
  unlockSpecials();
  return r;
}

function nextLocked(): usize {
  if (specials.finq == 0) return 0;
  const s = at(specials.finq);
  specials.finq = s.next;
  const payload = s.payload;
  release(s);
  return payload;
}

/** First byte of the heap object that holds p, or 0. */
export function findobject(p: usize): usize {
  const sp = spanOf(p);
  if (sp == 0) return 0;
  const s = changetype<Mspan>(sp as usize);
  if (s.nelems == 0) return 0;
  const i = ((p - (s.start as usize)) as u32) / s.elemsize;
  return i < s.nelems ? (s.start as usize) + i * s.elemsize : 0;
}

/** Whether the collector follows the word at p, which lies in a heap object; -1: p lies in none. */
export function isPointerWord(p: usize): i32 {
  const base = findobject(p);
  if (base == 0) return -1;
  const s = changetype<Mspan>(spanOf(base) as usize);
  if (p >= base + s.elemsize) return -1;
  if (s.ptrBits == 0) return 0;
  const i = (p - (s.start as usize)) >> 3;
  return (load<u8>((s.ptrBits as usize) + (i >> 3)) >> ((i & 7) as u8)) & 1;
}

/** Greys what specials keep. */
export function markSpecials(): void {
  const end = specials.buckets + (specials.buckets ? (4 as usize) << specials.order : 0);
  for (let q = specials.buckets; q < end; q += 4) {
    for (let r = load<u32>(q); r != 0; r = at(r).next) {
      grey(at(r).payload);
      if (at(r).kind == specialFinalizer) scanReferents(at(r).object);
    }
  }
  for (let r = specials.finq; r != 0; r = at(r).next) {
    grey(at(r).payload);
    if (at(r).kind == specialFinalizer) grey(at(r).object);
  }
}

function scanReferents(p: usize): void {
  const base = findobject(p);
  if (base != 0 && changetype<Mspan>(spanOf(base) as usize).ptrBits != 0) scanObject(base);
}

/**
 * After marking: clears the weak handles of unmarked objects, as the program may not see them again before their finalizers have run, and
 * queues these objects' finalizers; a finalizer's object then lives until the next collection at least. Cleanups are those of the objects that still die.
 */
export function queueDead(): void {
  const before = specials.finq;
  const more = takeDead(specialFinalizer, specialWeak);
  for (let r = specials.finq; r != before; r = at(r).next) grey(at(r).object);
  drain();
  if (more) takeDead(specialCleanup, specialBubble);
  if (specials.finq != before) atomic.store<u32>(finqWord(), 1);
}

/** Of unmarked objects: queues specials of the one kind, and clears those of the other. Says whether there were more. */
function takeDead(queued: u32, cleared: u32): bool {
  const end = specials.buckets + (specials.buckets ? (4 as usize) << specials.order : 0);
  let more = false;
  for (let b = specials.buckets; b < end; b += 4) {
    for (let q = b, r = load<u32>(q); r != 0; r = load<u32>(q)) {
      const s = at(r);
      const taken = s.kind == queued || s.kind == cleared;
      if (!taken || isMarked(s.object)) {
        if (!taken && !isMarked(s.object)) more = true;
        q = changetype<usize>(s);
        continue;
      }
      store<u32>(q, s.next);
      if (s.kind == cleared) {
        store<u64>(s.payload, 0);
        release(s);
      } else {
        if (s.kind == specialFinalizer) specials.finalizers++;
        else specials.cleanups++;
        s.next = specials.finq;
        specials.finq = r;
      }
    }
  }
  return more;
}
