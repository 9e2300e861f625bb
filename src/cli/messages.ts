// What Burrow itself has to say when something is wrong, in English and, where the locale asks for it, in Simplified Chinese.
// Messages that are Go's own stay as Go has them, and are not here.

import type { Stage } from './compile.ts';

export function chinese(env: NodeJS.ProcessEnv = process.env): boolean {
  return /^zh($|[_-](CN|SG|Hans)|\.)/.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || '');
}

const say = (en: string, zh: string): string => `burrow: ${chinese() ? zh : en}\n`;

const doing: { readonly [S in Stage]: { readonly en: string; readonly zh: string } } = {
  load: { en: 'reading package', zh: '读取包' },
  check: { en: 'checking package', zh: '检查包' },
  lower: { en: 'translating package', zh: '翻译包' },
  link: { en: 'generating code for package', zh: '生成代码：包' },
};

export const badMemory = (value: string): string =>
  say(`BURROW_MEMORY=${value}: want a number of megabytes`, `BURROW_MEMORY=${value}：应为以 MB 为单位的数字`);

export const outOfMemory = (stage: Stage, path: string, limit: number): string =>
  say(
    `the compiler ran out of memory ${doing[stage].en} ${path}: it may use ${limit} MB; set BURROW_MEMORY to a larger number of megabytes, or make the package smaller`,
    `编译器内存不足（正在${doing[stage].zh} ${path}）：上限为 ${limit} MB；请把 BURROW_MEMORY 设为更大的 MB 数，或缩小这个包`,
  );

export const tooDeep = (stage: Stage, path: string): string =>
  say(
    `statements or expressions are nested too deeply, ${doing[stage].en} ${path}`,
    `语句或表达式嵌套过深（正在${doing[stage].zh} ${path}）`,
  );

export const nothingToShow = (): string => say('nothing to show', '没有可以显示的内容');

export const noSuchFunction = (name: string): string =>
  say(
    `no function ${name} in the package, or nothing calls it, or it is inlined everywhere`,
    `包里没有函数 ${name}，或者没有代码调用它，或者它在各处都已内联`,
  );
