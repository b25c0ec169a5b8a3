#!/usr/bin/env bash
# What the tests need of the machine: installed where this is Debian and we may, named where not. PYTHON: what makes .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

need=()
has() { compgen -G "$1" >/dev/null; }
has /usr/sbin/dovecot && has /usr/lib/dovecot/imap || need+=(dovecot-imapd)
has /usr/lib/dovecot/lmtp || need+=(dovecot-lmtpd)
has '/usr/lib/postgresql/*/bin/initdb' || need+=(postgresql)
# Only root can start a Postfix of its own; elsewhere a small relay in Python stands in for it.
[ "$(id -u)" -ne 0 ] || has /usr/lib/postfix/sbin/master || need+=(postfix)
# Real mail clients, and a screen for the one that wants one.
has /usr/bin/mutt || need+=(mutt)
has /usr/bin/tmux || need+=(tmux)
has /usr/bin/thunderbird || need+=(thunderbird)
has /usr/bin/Xvfb || need+=(xvfb)
has '/usr/share/fonts/opentype/noto/NotoSansCJK*' || need+=(fonts-noto-cjk)
# The virtual environment, and the trial of the deployment as another user, whom root's own Python may shut out.
{ [ -e .venv/.made ] || "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null; } &&
  scripts/try-deployment.sh --python >/dev/null 2>&1 || need+=(python3-venv)
[ ${#need[@]} -gt 0 ] || exit 0

fail() {
  printf 'The tests need what is missing here: %s.\n%s\n' "${need[*]}" "$1" >&2
  exit 1
}
by_hand="On Debian or Ubuntu: sudo apt-get update && sudo apt-get install --no-install-recommends ${need[*]}; then run this again."

command -v apt-get >/dev/null || fail "This machine has no apt-get: install these by its own means (the tests look under /usr/sbin, /usr/lib/dovecot, /usr/lib/postfix/sbin and /usr/lib/postgresql)."
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null && sudo -n true 2>/dev/null || fail "$by_hand"
  as_root=(sudo -n)
fi

echo "Installing for the tests: ${need[*]}"
# The tests run private instances; nothing of the system's own may start, listen or clash with them.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap '"${as_root[@]}" rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
  "${as_root[@]}" chmod 755 $policy
fi
if command -v debconf-set-selections >/dev/null; then
  printf 'postfix postfix/main_mailer_type select No configuration\n' | "${as_root[@]}" debconf-set-selections
fi
log=$(mktemp)
quietly() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@" </dev/null >"$log" 2>&1; }
quietly apt-get update -q || { tail -n 20 "$log" >&2; fail "apt-get update failed (above). $by_hand"; }
# --no-remove: another mail server that is installed here is not ours to replace.
quietly apt-get install -q -y --no-install-recommends --no-remove "${need[@]}" ||
  { tail -n 20 "$log" >&2; fail "apt-get install failed (above). $by_hand"; }
rm -f "$log"
