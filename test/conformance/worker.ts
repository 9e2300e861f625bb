// A process that judges the cases its parent sends, one after another.

import { type Case, judge } from './judge.ts';

process.on('message', (c: Case) => {
  process.send!(judge(c));
});
