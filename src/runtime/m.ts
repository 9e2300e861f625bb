// The M this instance of the module is.

import { M, MX, offX, P } from "./layout";

/** Address of this M (docs/ABI.md, "M"). */
export let m: usize = 0;

export function setM(addr: usize): void {
  m = addr;
}
@inline export function mm(): M {
  return changetype<M>(m);
}
@inline export function mx(): MX {
  return changetype<MX>(m + offX);
}
/** The P of this M. */
@inline export function pp(): P {
  return changetype<P>(mx().p as usize);
}
