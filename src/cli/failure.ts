// Failures of a command that are the user's to mend.

import type { PackageErrors } from './compile.ts';

/** Ends the command after the message, which is printed as it is. */
export class Failure extends Error {
  readonly code: number;

  constructor(text: string, code = 1) {
    super(text);
    this.code = code;
  }
}

/** The package is in order but not one to run. */
export class NotMain extends Failure {}

export function failure(errors: readonly PackageErrors[]): Failure {
  let text = '';
  for (const e of errors) text += `${e.path ? `# ${e.path}\n` : ''}${e.lines.join('\n')}\n`;
  return errors.some((e) => e.link === 'not main') ? new NotMain(text) : new Failure(text);
}
