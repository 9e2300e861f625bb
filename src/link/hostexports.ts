// What the host calls of the runtime. The linker keeps these exports of runtime.wasm whether or not the program uses them;
// every other runtime function stays only if something calls it.

export const hostExports: readonly string[] = [
  'm',
  'rt_init',
  'rt_main',
  'rt_mstart',
  'rt_minit',
  'rt_resume',
  'sysmon',
  'rt_sysmon',
  'sysmonM',
  'hostwake',
  'nextnewm',
  'signalled',
  'dieOf',
  'settracing',
  'ringof',
  'schedfield',
  'pfield',
  'nextm',
  'mfield',
  'gfield',
];
