#!/usr/bin/env bash
# make-root.sh DIR: makes DIR/root, the programs of Debian trixie's wine 10, and DIR/prefix, a Windows. Windows builds of Node 20 to
# 26 and Deno 2.9 run in it; the wine 8 of Debian 12 runs Node 20 and 22 only. As root, from Debian's packages (200 MB).
set -euo pipefail
dir=$(mkdir -p "$1" && readlink -f "$1")
apt=$dir/apt root=$dir/root
# The mirror that this system uses.
mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -1)
[ -n "$mirror" ] || mirror=$(awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^https?:/) { print $i; exit } }' /etc/apt/sources.list)

mkdir -p "$apt"/etc/apt/{apt.conf.d,preferences.d,sources.list.d} "$apt"/var/lib/dpkg \
  "$apt"/var/lib/apt/lists/partial "$apt"/var/cache/apt/archives/partial
: >"$apt/var/lib/dpkg/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$apt/etc/apt/sources.list"
options=(-o Dir="$apt" -o Dir::State::status="$apt/var/lib/dpkg/status" -o APT::Sandbox::User=root)
apt-get "${options[@]}" -qq update
apt-get "${options[@]}" -qq install --download-only -y --no-install-recommends wine64 wine bash coreutils >/dev/null

mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/{tmp,dev,proc,sys,host} "$dir/prefix"
for it in bin sbin lib lib64; do ln -sfn "usr/$it" "$root/$it"; done
for package in "$apt"/var/cache/apt/archives/*.deb; do dpkg-deb -x "$package" "$root"; done
ln -sfn bash "$root/usr/bin/sh"
# What libwine's postinst does: zlib1.dll becomes one of wine's own.
in=$root/usr/x86_64-w64-mingw32/lib/zlib1.dll
out=$root/usr/lib/x86_64-linux-gnu/wine/x86_64-windows/zlib1.dll
if [ -f "$in" ]; then
  { head -c 64 "$in" && printf 'Wine builtin DLL' && head -c 16 /dev/zero && tail -c +97 "$in"; } >"$out"
fi
rm -rf "$apt"
"$(dirname "$(readlink -f "$0")")/wine.sh" "$dir" wineboot -i >"$dir/wineboot.log" 2>&1
touch "$dir/made"
