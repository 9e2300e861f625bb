// The M this instance of the module is, and what ends it.

import { mSize } from "./layout";
export { fatal } from "./layout";

/** Address of this M (docs/ABI.md, "M"). */
export let m: usize = 0;

const m0: usize = memory.data(4752);

export function initM(): void {
  m = (m0 + 15) & ~15;
}
