#!/usr/bin/env bash
# wine.sh DIR [NAME=VALUE...] PROGRAM.exe [args...]: runs a Windows program in the root that make-root.sh has made in DIR. This
# machine's files are under Z:\host, /tmp is Z:\tmp as well, and C: is DIR/prefix/drive_c. stdout and stderr must be files or a
# terminal: Node cannot write to a pipe of the system below wine (EINVAL).
set -euo pipefail
dir=$(readlink -f "$1")
shift
export ROOT=$dir/root PREFIX=$dir/prefix WORK=/host$PWD
variables=()
while [[ "${1-}" =~ ^[A-Za-z_]+= ]]; do
  variables+=("$1")
  shift
done
# Without a UTF-8 locale, which this machine has, wine knows names in ASCII only.
# A wineserver serves all that use a prefix, so all of them have to see the same files.
exec unshare -m bash -c '
  mount --rbind / "$ROOT/host"
  for it in tmp dev proc sys; do mount --rbind "/$it" "$ROOT/$it"; done
  exec chroot "$ROOT" /usr/bin/env -i HOME="/host$PREFIX" PATH=/usr/bin:/bin LANG=C.UTF-8 LOCPATH=/host/usr/lib/locale XDG_RUNTIME_DIR=/tmp \
    WINEPREFIX="/host$PREFIX" WINEDEBUG=-all /usr/bin/env --chdir="$WORK" "$@"
' wine "${variables[@]}" /usr/lib/wine/wine64 "$@"
