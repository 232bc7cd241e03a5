#!/usr/bin/env bash
# Makes the image that the Dockerfiles start from, for a Debian bookworm machine that reaches Debian's
# packages but no image registry. Elsewhere it is not needed: the default, debian:bookworm-slim, is pulled.
#
#   deploy/images/base.sh                      makes localhost/debian:bookworm, unless it is there
#   podman build --build-arg BASE=localhost/debian:bookworm ...
#
# Needs root, debootstrap and podman. Packages come from where this machine's apt takes them, and its own
# certificate authorities go along: builds reach the package registries as the machine itself does.
set -euo pipefail

readonly image=localhost/debian:bookworm
readonly own_authorities=/usr/local/share/ca-certificates

podman image exists "$image" && exit

# shellcheck disable=SC2016 # apt's own variables
sources=$(apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' |
  grep -E ' bookworm(-updates|-security)? main$' | sort -u)
mirror=$(sed -n 's/^deb \([^ ]*\) bookworm main$/\1/p' <<<"$sources" | head -n 1)
[[ -n $mirror ]] || {
  echo "$0: apt has no source for Debian bookworm; run apt-get update, or pull debian:bookworm-slim" >&2
  exit 1
}

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror" >&2
echo "$sources" >"$root/etc/apt/sources.list"
if compgen -G "$own_authorities/*.crt" >/dev/null; then
  cp "$own_authorities"/*.crt "$root$own_authorities/"
  chroot "$root" update-ca-certificates >&2
fi
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
tar -C "$root" -c . |
  podman import --change 'ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt' - "$image" >&2
