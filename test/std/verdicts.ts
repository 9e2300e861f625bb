// Reads off the output of `burrow test -v` how each test ended.
//
// Guarantees: a test that had begun when the program died is a failure, those that wait for their turn (t.Parallel) are not judged.

export type Verdict = 'passed' | 'failed' | 'skipped';

export interface Outcome {
  /** of tests and examples, not of their subtests */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** the program ended before all tests did */
  readonly died: boolean;
  readonly built: boolean;
}

const words: { readonly [word: string]: Verdict } = { PASS: 'passed', FAIL: 'failed', SKIP: 'skipped' };

export function outcome(path: string, out: string): Outcome {
  const verdicts = new Map<string, Verdict>();
  const open = new Map<string, 'running' | 'paused'>();
  let whole = false;
  let built = true;
  for (const line of out.split('\n')) {
    // what a test prints without a newline stands before it
    const end = /(?<!^\s+)--- (PASS|FAIL|SKIP): ([^\s/]+) \(\d+\.\d\ds\)$/.exec(line);
    if (end) {
      verdicts.set(end[2]!, words[end[1]!]!);
      open.delete(end[2]!);
      continue;
    }
    const step = /=== (RUN|PAUSE|CONT) +([^\s/]+)$/.exec(line);
    if (step) open.set(step[2]!, step[1] === 'PAUSE' ? 'paused' : 'running');
    else if (line.startsWith(`FAIL\t${path}\t`)) break;
    else if (/^(PASS|FAIL|SKIP)$/.test(line) || line.includes('testing: warning: no tests to run')) whole = true;
    else if (line.startsWith(`FAIL\t${path} [`)) built = false;
    else if (line.startsWith(`ok  \t${path}\t`) || line === `?   \t${path}\t[no test files]`) whole = true;
  }
  const died = built && !whole;
  if (died) for (const [name, how] of open) if (how === 'running') verdicts.set(name, 'failed');
  return { verdicts, died, built };
}
