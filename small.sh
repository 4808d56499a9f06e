mkdir -p /tmp/g/tiny; mount -t tmpfs -o size=1m tmpfs /tmp/g/tiny || exit 90
[ "$FULL" ] && head -c ${FULL} /dev/zero > /tmp/g/tiny/fill
export TMPDIR=/tmp/g/tiny
exec "$@"
