#!/usr/bin/env bash
# Shows what trouble looks like, at an agent that `make run` has started: runs that fail, take too long or are not
# allowed, a full quota, a slow query. Look at the log and the live page meanwhile.
set -uo pipefail

agent=${AGENT:-.build/release/agent}
config=${CONFIG:-config.example.json}

if [[ ! -x $agent ]]; then
    echo "demo: there is no $agent; run \"make run\" first, or say with AGENT where it is" >&2
    exit 1
fi

# start WHAT DEVICE COMMAND [OPTION…]: starts a run and says what for.
start() {
    local what=$1 device=$2 command=$3
    shift 3
    local id
    id=$("$agent" runs start "$device" --config "$config" "$@" -- "$command" 2>&1) || true
    printf 'demo: %s: %s\n' "$what" "$id"
}

if ! "$agent" runs list --limit 1 --config "$config" >/dev/null; then
    echo "demo: no agent answers; start one with \"make run\", in another terminal" >&2
    exit 1
fi
start "a run that fails" lab-1 'echo "no such interface: eth7" >&2; exit 3'
start "a run that takes too long" lab-1 'sleep 30' --timeout 1s
start "a program that is not there" lab-1 'no-such-program'
start "a command that its device does not allow" lab-2 'rm -rf /tmp/nothing'
# Four places are there at once.
for n in 1 2 3 4 5 6; do
    start "a run in a full quota ($n of 6)" lab-1 'sleep 2'
done
"$agent" emit net_auto.repo.query --config "$config" total_time=750000000 --tag source=runs --tag result=ok &&
    echo "demo: a slow query"
