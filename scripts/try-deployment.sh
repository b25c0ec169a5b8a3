#!/usr/bin/env bash
# Carries out the steps of the Dockerfile and of packaging/mailflow.service without a container engine or systemd: in a
# clean folder that stands for the root of the file system, as another user, from the files that an image would be built from.
# usage: scripts/try-deployment.sh [--keep | --python]      TRY_USER: who runs the steps (default: nobody)
#        --keep leaves the folder behind; --python only names the Python that the steps would be run with
set -euo pipefail

source=$(cd "$(dirname "$0")/.." && pwd)
user=${TRY_USER:-nobody}
say() { printf '%s\n' "$*"; }
fail() { printf 'try-deployment: %s\n' "$*" >&2; exit 1; }

# --- another user, and a Python that this user can run -------------------------------------------------------------
as_user=()
if [ "$(id -u)" -eq 0 ]; then
  id "$user" >/dev/null 2>&1 || fail "there is no user $user; name another: TRY_USER=name"
  as_user=(setpriv --reuid "$(id -u "$user")" --regid "$(id -g "$user")" --clear-groups)
fi
makes_environments='import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'
for candidate in ${TRY_PYTHON:-} /usr/local/bin/python3 /usr/bin/python3.1[1-9] /usr/bin/python3 "$(command -v python3)"; do
  (cd / && exec "${as_user[@]}" "$candidate" -c "$makes_environments") 2>/dev/null && base=$candidate && break
done
[ -n "${base:-}" ] ||
  fail "no Python from 3.11 on with venv that $user can run; install python3-venv, or name one: TRY_PYTHON=/path/python3"
[ "${1:-}" != --python ] || { say "$base"; exit; }

# --- the clean folder; its Python is the base image's ----------------------------------------------------------------
root=$(mktemp -d "${TMPDIR:-/tmp}/mailflow-deployment.XXXXXX")
[ "${1:-}" = --keep ] || trap 'rm -rf "$root"' EXIT
if [ "$(id -u)" -eq 0 ]; then
  say "Steps run as $user in $root"
else
  say "Steps run as $(id -un) (not root, so not as another user) in $root"
fi
own() { [ "$(id -u)" -ne 0 ] || chown -R "$(id -u "$user"):$(id -g "$user")" "$@"; }
mkdir -p "$root/home" "$root/base/bin" "$root/context"
chmod 755 "$root"
ln -s "$base" "$root/base/bin/python"
workdir=$root/home
environment=(HOME="$root/home" LANG=C.UTF-8 PATH="$root/base/bin:/usr/local/bin:/usr/bin:/bin")
enter() { cd "$workdir" && exec "${as_user[@]}" env -u PYTHONPATH -u VIRTUAL_ENV "${environment[@]}" "$@"; }
run() { (enter "$@"); }

# --- the packages: those that make test has fetched, where they are for this Python; else from the network ------------
kind='import sys, sysconfig; print(sys.version_info[:2], sysconfig.get_platform())'
if [ -e "$source/.venv/.wheels" ] && [ "$("$source/.venv/bin/python" -c "$kind")" = "$(run python -c "$kind")" ]; then
  cp -r "$source/.venv/wheels" "$root/wheels" && chmod -R a+rX "$root/wheels"
  environment+=(PIP_NO_INDEX=1 PIP_FIND_LINKS="$root/wheels")
fi

# --- the build context: only what .dockerignore lets in -------------------------------------------------------------
sed -n 's/^!//p' "$source/.dockerignore" |
  tar -C "$source" --exclude=__pycache__ -cf - -T - | tar -C "$root/context" --no-same-owner -xf -
chmod -R a+rX "$root/context"
own "$root/home"

# --- the Dockerfile, step by step -----------------------------------------------------------------------------------
# Paths of the image lie under $root; the same rewriting serves commands, environment and the unit.
placed() { sed -E "s#(^|[ =\"])(/opt/mailflow|/build|/var/lib/mailflow)#\1$root\2#g" <<<"$1"; }
at() { case $1 in /*) placed "$1" ;; *) printf '%s\n' "$workdir/$1" ;; esac; }

copy() { # COPY [--from=STAGE] SOURCE… TARGET
  local from=$root/context stage='' target item
  if [[ $1 == --from=* ]]; then stage=$1 && shift; fi
  [ -z "$stage" ] || from=$root/stages/${stage#--from=}
  target=$(at "${!#}")
  while [ $# -gt 1 ]; do
    item=$from/${1#/}
    [ -e "$item" ] || fail "COPY $1: no such file in the ${stage:-build context (.dockerignore)}"
    if [ -d "$item" ]; then
      mkdir -p "$target" && cp -a "$item/." "$target/"
    else
      mkdir -p "$(if [[ $target == */ ]]; then echo "$target"; else dirname "$target"; fi)" && cp -a "$item" "$target"
    fi
    shift
  done
}

next_stage() { # what an earlier stage left is out of reach but for COPY --from
  [ -n "${stage_name:-}" ] || return 0
  mkdir -p "$root/stages/$stage_name"
  local folder
  for folder in opt build var; do
    [ ! -e "$root/$folder" ] || mv "$root/$folder" "$root/stages/$stage_name/$folder"
  done
}

step() {
  local word=$1 rest=$2
  say "  $word $rest"
  case $word in
    FROM) next_stage; stage_name=$(sed -nE 's/.* AS (.*)/\1/p' <<<"$rest"); workdir=$root ;;
    WORKDIR) workdir=$(at "$rest"); mkdir -p "$workdir"; own "$workdir" ;;
    COPY) read -ra words <<<"$rest"; copy "${words[@]}"; own "$workdir" ;;
    RUN)
      if [[ $rest == useradd* ]]; then # the user is there already; only the home folder is wanting
        mkdir -p "$root$(sed -E 's/.*--home-dir ([^ ]+).*/\1/' <<<"$rest")"
      elif [[ $rest == apt-get* ]]; then
        say "    (left out: this machine keeps its own packages)"
      else
        mkdir -p "$root/opt/mailflow" && own "$root/opt/mailflow"
        run sh -ec "$(placed "$rest")" >"$root/log" 2>&1 || { tail -n 30 "$root/log" >&2; fail "this step failed"; }
      fi ;;
    ENV) read -ra words <<<"$(placed "$rest")"; environment+=("${words[@]}") ;;
    CMD) command=$(placed "$rest") ;;
    HEALTHCHECK) health=$(placed "${rest#*CMD }") ;;
    STOPSIGNAL) signal=$rest ;;
    VOLUME) volume=$(placed "$rest") ;;
    USER) ;; # all steps run as the other user already
    *) fail "the Dockerfile has a step that this script cannot carry out: $word" ;;
  esac
}

while read -r word rest; do
  [[ -z $word || $word == \#* ]] || step "$word" "$rest"
done < <(sed -e ':join' -e '/\\$/{N;s/\\\n//;b join' -e '}' "$source/Dockerfile")
own "$volume"
python=$root/opt/mailflow/bin/python
words_of() { mapfile -t words < <(run "$python" -c 'import json, sys; print(*json.loads(sys.argv[1]), sep="\n")' "$1"); }

# --- the first start ------------------------------------------------------------------------------------------------
say "First start in the volume, which is empty"
workdir=$volume
[ "$(run sh -c 'command -v mailflow')" = "$root/opt/mailflow/bin/mailflow" ] || fail "mailflow is not the first on PATH"
run mailflow --help >/dev/null
run mailflow init . >"$root/log" 2>&1 || { cat "$root/log" >&2; fail "mailflow init failed"; }

checked() { # checked WORDS: mailflow check ends with 1 and says, without a traceback, what is wrong
  local status=0
  run mailflow check >"$root/log" 2>&1 || status=$?
  [ $status -eq 1 ] && ! grep -q Traceback "$root/log" && grep -q "$1" "$root/log" ||
    { cat "$root/log" >&2; fail "mailflow check ended with $status"; }
  say "  mailflow check: $(grep -m 1 "$1" "$root/log" | sed "s#$root##g" | cut -c 1-150)"
}
checked 'secrets/followup: No such file'
# A server that nobody runs: the service must bear it, and nothing leaves this machine.
run sh -ec 'umask 077; echo not-a-password >secrets/followup'
run sed -i -E 's/^( +)host: (imap|smtp)\..*/\1host: 127.0.0.1\n\1port: 1/' mailflow.yaml
checked '127.0.0.1'

# --- the service, as the image and as the unit start it --------------------------------------------------------------
settled() { for _ in $(seq 100); do "$@" && return 0; sleep 0.2; done; return 1; }
ended() { ! kill -0 "$service" 2>/dev/null; }
# The log is looked at too: the last service's heartbeat would still be taken for this one's.
well() { ended || { grep -q running "$root/log" && run "${health_words[@]}" >/dev/null 2>&1; }; }

serve() { # serve NAME STOP_SIGNAL WORD…: starts, is well, reads its rules again, stops when told
  local name=$1 stop=$2 status=0
  shift 2
  (enter "$@") >"$root/log" 2>&1 &
  service=$!
  settled well && ! ended || { tail -n 30 "$root/log" >&2; kill -KILL "$service" || :; fail "$name: the service is not well"; }
  kill -HUP "$service"
  sleep 1
  ended && { tail -n 30 "$root/log" >&2; fail "$name: the service ended when told to reload"; }
  kill "-$stop" "$service"
  settled ended || { kill -KILL "$service"; fail "$name: the service does not stop"; }
  wait "$service" || status=$?
  [ $status -eq 0 ] || { tail -n 30 "$root/log" >&2; fail "$name: the service ended with $status"; }
  ! grep -q Traceback "$root/log" || { grep -A 20 Traceback "$root/log" >&2; fail "$name: a traceback in its log"; }
  say "  $name: well, reloads, stops by $stop"
}

words_of "$health" && health_words=("${words[@]}")
words_of "$command" && serve "the image's command" "${signal#SIG}" "${words[@]}"
unit=$source/packaging/mailflow.service
read -ra words <<<"$(placed "$(sed -n 's/^ExecStart=//p' "$unit")")"
[ "$root/var/lib/$(sed -n 's/^StateDirectory=//p' "$unit")" = "$volume" ] || fail "unit and image keep their files apart"
serve "the unit's command" TERM "${words[@]}"
say "All steps were carried out."
