// Which descriptors above 2 a program was started with: found by the shell that starts its host, as the host has some of its own from its first moment on.
//
// Assumes: a shell whose own descriptors are closed when it starts a program. Guarantees: where the system has no /proc there are none, and nothing is said.

/** Shell commands, without single quotes, that leave the descriptors in $f, as `3,4,`. The seventh octal digit of a descriptor's flags holds FD_CLOEXEC. */
export const findInherited: string = [
  'f=; for d in /proc/$$/fd/*; do',
  `d=\${d##*/};`,
  'case $d in [012]|\\*) continue;; esac;',
  '[ -e /proc/$$/fd/$d ] || continue;',
  'while read -r k v; do case $k$v in flags:*[2367]??????) ;; flags:*) f=$f$d,;; esac; done </proc/$$/fdinfo/$d;',
  'done 2>/dev/null',
].join(' ');
