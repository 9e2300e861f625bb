// Folders of the command's own that go when it ends.
//
// Guarantees: one that was not removed by whoever made it is removed by removeAll, which is called where the command dies by a signal of its own choice.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();

export function makeTemp(prefix: string): string {
  const dir = mkdtempSync(join(tmpdir(), prefix));
  folders.add(dir);
  return dir;
}

export function removeTemp(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
  folders.delete(dir);
}

export function removeAll(): void {
  for (const dir of folders) removeTemp(dir);
}
