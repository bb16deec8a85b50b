#!/usr/bin/env bash
# Installs the Debian packages that the end-to-end tests use. Without the right to
# do so, says what is missing.
set -euo pipefail

# A command of each package, and the package.
wanted=(ip:iproute2 nft:nftables iptables:iptables conntrack:conntrack nsenter:util-linux haproxy:haproxy)

missing=()
PATH=$PATH:/usr/sbin:/sbin
for pair in "${wanted[@]}"; do
	command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
done
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
	echo "the end-to-end tests need these packages: ${missing[*]}" >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
# The tests run their own; a service that listens is of no use.
for package in "${missing[@]}"; do
	if command -v service >/dev/null; then service "$package" stop >/dev/null 2>&1 || true; fi
done
