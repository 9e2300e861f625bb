// How a program ends.

export type Ending = { readonly code: number } | { readonly fatal: string } | { readonly signal: NodeJS.Signals };

export class Exit extends Error {
  readonly ending: Ending;
  constructor(ending: Ending) {
    super('exit');
    this.ending = ending;
  }
}
