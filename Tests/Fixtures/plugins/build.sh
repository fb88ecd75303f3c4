#!/bin/sh
# Builds the fixtures into a directory: build.sh OUTDIR [NAME…]; without names, all of them.
set -eu
umask 022

[ $# -ge 1 ] || { echo "usage: build.sh OUTDIR [NAME...]" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
wanted=" $* "
include=${AGENT_INCLUDE:-$here/../../../Sources/CAgentPlugin/include}
cd "$here"

wants() { [ "$wanted" = "  " ] || case $wanted in *" $1 "*) ;; *) false ;; esac; }

# so NAME SOURCE [FLAG...]: the library appears under its name only when it is whole.
so() {
    wants "$1" || return 0
    name=$1 source=$2
    shift 2
    "${CC:-cc}" -std=c11 -O1 -fPIC -fvisibility=hidden -Wall -Wextra -Wpedantic -Werror -pthread \
        -I"$include" "$@" -shared -o "$out/.$name.so" "$source"
    mv "$out/.$name.so" "$out/$name.so"
}

# named NAME SOURCE Name [FLAG...]: the same for a source that takes its id and name from here.
named() {
    name=$1 source=$2 word=$3
    shift 3
    so "$name" "$source" -DSLUG="\"$name\"" -DNAME="\"$word\"" "$@"
}

# from_good NAME: a copy of good.so to break.
from_good() {
    [ -e "$out/good.so" ] || (wanted=" good "; so good good.c)
    cp "$out/good.so" "$out/$1.so"
}

so good good.c

# Refused before one instruction of it runs.
if wants not-elf; then echo "This is a letter, not a library." >"$out/not-elf.so"; fi
so no-note good.c -DNO_NOTE
so other-major good.c -DOTHER_MAJOR
so newer-minor good.c -DNEWER_MINOR
if wants truncated; then
    from_good truncated
    head -c $(($(wc -c <"$out/good.so") / 2)) "$out/good.so" >"$out/truncated.so"
fi
if wants wrong-arch; then
    from_good wrong-arch # e_machine, two bytes at 18: aarch64 (183), or x86_64 (62) on aarch64
    [ "$(uname -m)" = aarch64 ] && machine='\076\000' || machine='\267\000'
    printf "$machine" | dd of="$out/wrong-arch.so" bs=1 seek=18 conv=notrunc 2>/dev/null
fi

# Refused by what the entry function and the descriptor say.
named missing-symbol descriptor.c MissingSymbol -DMISSING_SYMBOL
named null-descriptor descriptor.c NullDescriptor -DNULL_DESCRIPTOR
named short-size descriptor.c ShortSize -DDESCRIPTOR_SIZE=64
named entry-error descriptor.c EntryError -DENTRY_ERROR
named entry-error-no-text descriptor.c EntryErrorNoText -DENTRY_ERROR_NO_TEXT
named bad-schema descriptor.c BadSchema '-DSCHEMA="{\"type\": \"object\","'
named schema-not-schema descriptor.c SchemaNotSchema '-DSCHEMA="{\"type\": 12, \"properties\": []}"'
named create-fails descriptor.c CreateFails -DCREATE_FAILS
named note-lies descriptor.c NoteLies -DNOTE_LIES
so duplicate-id good.c '-DNAME="DuplicateId"' '-DSLUG="good"' '-DPREFIX="duplicate"'
named huge-lengths definitions.c HugeLengths -DHUGE_LENGTHS

# Refused by what their definitions say.
named clashing-metric definitions.c ClashingMetric '-DPREFIX="good"'
named illegal-metric-name definitions.c IllegalMetricName '-DMETRIC="depth-of-queue"'
named illegal-label definitions.c IllegalLabel '-DLABEL="site-name"'
named huge-text definitions.c HugeText -DHUGE_TEXT
named null-text definitions.c NullText -DNULL_TEXT
named huge-count definitions.c HugeCount -DHUGE_COUNT
named null-list definitions.c NullList -DNULL_LIST
named endless-metrics definitions.c EndlessMetrics -DENDLESS

# Loaded, and contained while they run.
named overrun-export export.c OverrunExport -DOVERRUN
named export-outcome export.c ExportOutcome
named poll-good poll.c PollGood
named poll-fails poll.c PollFails -DFAILS
named handler-good handler.c HandlerGood
named handler-fails handler.c HandlerFails -DFAILS
so stream-good stream-good.c
so route-good route-good.c
named route-bad route-bad.c RouteBad
named route-root route-bad.c RouteRoot '-DROUTE="/"'
named route-health route-bad.c RouteHealth '-DROUTE="/health"'
named route-v1 route-bad.c RouteV1 '-DROUTE="/v1/runs"'
named service-good service.c ServiceGood
named service-slow-stop service.c ServiceSlowStop -DSLOW
so dashboards-good dashboards-good.c
so counting-v1 counting.c '-DVERSION="1.0.0"' -DMETRICS=1
so counting-v2 counting.c '-DVERSION="2.0.0"' -DMETRICS=2

# Ends or stops the process it is in, at one place each.
if wants zero-tail; then
    from_good zero-tail # whole in length, its last two thirds never written: what a copy that was cut off leaves
    size=$(wc -c <"$out/good.so")
    dd if=/dev/zero of="$out/zero-tail.so" bs=1 seek=$((size / 3)) count=$((size - size / 3)) conv=notrunc 2>/dev/null
fi
named exit-in-constructor hostile.c ExitInConstructor '-DIN_CONSTRUCTOR=exit(0)'
named abort-in-constructor hostile.c AbortInConstructor '-DIN_CONSTRUCTOR=abort()'
named hang-in-constructor hostile.c HangInConstructor '-DIN_CONSTRUCTOR=hang()'
named hang-in-entry hostile.c HangInEntry '-DIN_ENTRY=hang()'
named exit-in-entry hostile.c ExitInEntry '-DIN_ENTRY=exit(0)'
named memory-in-entry hostile.c MemoryInEntry '-DIN_ENTRY=take_everything()'
named hang-in-create hostile.c HangInCreate '-DIN_CREATE=hang()'
named hang-in-start hostile.c HangInStart '-DIN_START=hang()'
named hang-in-route hostile.c HangInRoute '-DIN_ROUTE=hang()'
named exit-in-route hostile.c ExitInRoute '-DIN_ROUTE=exit(0)'
named hang-in-stop hostile.c HangInStop '-DIN_STOP=hang()'
