// Every message comes in both languages, and names what it is about in both.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as messages from './messages.ts';

const { chinese, ...all } = messages;

/** Arguments that can be told from the text. */
const given: { readonly [K in keyof typeof all]: Parameters<(typeof all)[K]> } = {
  badMemory: ['2GB'],
  outOfMemory: ['check', 'ex.com/p', 77],
  tooDeep: ['lower', 'ex.com/p'],
  nothingToShow: [],
  noSuchFunction: ['F1'],
  noRuntime: [],
  staleRuntime: [],
  cannotWrite: ['out1', 'ENOSPC'],
  cacheNotWritten: ['/c1', 'EACCES'],
  noVersionControl: ['ex.com/m'],
  moduleCacheUnwritable: ['/c2', 'EROFS'],
  internalError: ['oops', 'src/x.ts:1:2'],
  tooLarge: [777],
  noSuchTool: ['t1'],
  needsCgo: ['c.go'],
  needsAssembly: ['ex.com/asm'],
  needsPlugins: [],
  noSuchSubcommand: ['mod', 'frob', 'a, b'],
  noSuchStage: ['s1', 'a, b'],
  noSuchBench: ['b1'],
  tooFewPreemptions: [],
  preemptHeads: [],
  preemptIdle: [],
  preemptBusy: [16],
  noFiles: [],
  oldNode: ['prog1', 24, 'v20.0.0'],
  fetching: ['proxy', 3, 99],
  noFuzzing: [],
  noSources: ['no way\nno other'],
};

function spoken(name: keyof typeof all, locale: string): string {
  const before = process.env.LC_ALL;
  process.env.LC_ALL = locale;
  try {
    return (all[name] as (...args: unknown[]) => string)(...given[name]);
  } finally {
    if (before === undefined) delete process.env.LC_ALL;
    else process.env.LC_ALL = before;
  }
}

for (const name of Object.keys(all) as (keyof typeof all)[])
  test(`the message ${name}`, () => {
    const en = spoken(name, 'C');
    const zh = spoken(name, 'zh_CN.UTF-8');
    assert.doesNotMatch(en, /\p{Script=Han}/u);
    assert.match(zh, /\p{Script=Han}/u);
    for (const a of given[name].slice(name === 'outOfMemory' || name === 'tooDeep' || name === 'fetching' ? 1 : 0))
      for (const part of String(a).split('\n')) assert.ok(en.includes(part) && zh.includes(part), part);
  });

test('which locales are Chinese', () => {
  assert.deepEqual(
    ['zh', 'zh_CN.UTF-8', 'zh-Hans', 'zh_TW.UTF-8', 'C', 'en_US.UTF-8', ''].map((LC_ALL) => chinese({ LC_ALL })),
    [true, true, true, false, false, false, false],
  );
});
