// Which methods can be called through interfaces: those of types that are put into interfaces, under names and signatures
// that are called through interfaces somewhere.
//
// Guarantees: a method is reported live as soon as both are known, in whatever order they become known. Once the
// program uses package reflect's calls by name or number, every exported method of a type in an interface is live.
// Source: D. F. Bacon, P. F. Sweeney, "Fast static analysis of C++ virtual function calls" (rapid type analysis);
// cmd/link's deadcode for the treatment of reflection.

import type { Func, Signature } from '../../types/types.ts';
import { typeKey } from '../../types/typestring.ts';
import { packagePath } from './names.ts';

/** What a use of a method of package reflect needs: methods that can be called, or a list of them that is complete. */
export type Reflection = 'call' | 'count';

/** Methods of reflect.Value and reflect.Type by which programs come to other methods. */
export const reflectMethods: ReadonlyMap<string, Reflection> = new Map([
  ['Method', 'call'],
  ['MethodByName', 'call'],
  ['Methods', 'call'],
  ['NumMethod', 'count'],
]);

export class MethodReach {
  private readonly called = new Set<string>();
  private readonly waiting = new Map<string, (() => void)[]>();
  private readonly waitingExported: (() => void)[] = [];
  private everything = false;
  private readonly hooks = new Map<string, (() => void)[]>();
  private readonly reached = new Set<string>();

  /** The name and type a method is called by. */
  key(m: Func): string {
    const name = m.exported || !m.pkg ? m.name : `${packagePath(m.pkg)}.${m.name}`;
    return `${name} ${signatureKey(m.sig)}`;
  }

  call(m: Func): void {
    const key = this.key(m);
    if (this.called.has(key)) return;
    this.called.add(key);
    const jobs = this.waiting.get(key);
    if (!jobs) return;
    this.waiting.delete(key);
    for (const job of jobs) job();
  }

  /** Runs `live` when the method m, of a type that is in interfaces, can be called. It may run twice. */
  whenLive(m: Func, live: () => void): void {
    const key = this.key(m);
    if (this.called.has(key) || (this.everything && m.exported)) {
      live();
      return;
    }
    const jobs = this.waiting.get(key);
    if (jobs) jobs.push(live);
    else this.waiting.set(key, [live]);
    if (m.exported) this.waitingExported.push(live);
  }

  /** Runs `job` when the function of that symbol is reached. */
  whenReached(symbol: string, job: () => void): void {
    if (this.reached.has(symbol)) job();
    else {
      const jobs = this.hooks.get(symbol);
      if (jobs) jobs.push(job);
      else this.hooks.set(symbol, [job]);
    }
  }

  functionReached(symbol: string): void {
    if (this.reached.has(symbol)) return;
    this.reached.add(symbol);
    const jobs = this.hooks.get(symbol);
    if (!jobs) return;
    this.hooks.delete(symbol);
    for (const job of jobs) job();
  }

  isReached(symbol: string): boolean {
    return this.reached.has(symbol);
  }

  /** Every exported method can be called from now on. */
  keepExported(): void {
    if (this.everything) return;
    this.everything = true;
    for (const job of this.waitingExported.splice(0)) job();
  }
}

function signatureKey(s: Signature): string {
  return typeKey(s);
}
