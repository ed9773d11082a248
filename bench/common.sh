# Shared by the benchmarks: programs, inputs, numbers. They run in the build tree, where make puts the programs.
# PEER_TIMEOUT caps each run of another program (seconds), PEERS names those to run.
LC_ALL=C
export LC_ALL
bench=$(cd "$(dirname "$0")" && pwd)
: "${RELUCERT:=./relucert}" "${RELUCERT_CHECK:=./relucert-check}" "${ENUMERATE:=bench/enumerate}"
: "${MEASURE:=bench/measure}" "${PEER_INPUT:=bench/peer-input}"
: "${PEER_TIMEOUT:=120}" "${PEERS=cgal sage polymake normaliz lrs}"
folder=$(mktemp -d "${TMPDIR:-/tmp}/relucert-bench-XXXXXX") || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM

say() { printf '%s\n' "$*" >&2; }

# input NAME: the file NAME.json. Names: A5 (braid 6), B4, threshold-4, resonance-4, random-N-D[-doubles|-200bits].
input() {
    rest=${1#*-}
    n=${rest%%-*} d=${rest#*-}
    d=${d%%-*}
    case $1 in
        A*) set -- "$1" braid $((${1#A} + 1)) ;;
        B*) set -- "$1" typeB "${1#B}" ;;
        threshold-*|resonance-*) set -- "$1" "${1%%-*}" "$n" ;;
        random-*-doubles) set -- "$1" random --n "$n" --d "$d" --doubles ;;
        random-*-200bits) set -- "$1" random --n "$n" --d "$d" --bits 200 ;;
        random-*) set -- "$1" random --n "$n" --d "$d" ;;
        *) say "no input $1"; exit 1 ;;
    esac
    file=$folder/$1.json
    shift
    [ -s "$file" ] || "$RELUCERT" arrangement "$@" >"$file" || exit 1
}

# title NAME: for people.
title() {
    printf '%s\n' "$1" | sed -e 's/^\([AB]\)\([0-9]*\)$/\1_\2/' -e 's/^random-\([0-9]*\)-\([0-9]*\)/n = \1 in R^\2/' \
        -e 's/-doubles/, doubles/' -e 's/-200bits/, 200 bits/' -e 's/-/ /'
}

# Number of cells by deletion-restriction, without listing.
count_cells() {
    "$RELUCERT" cells --count --json "$1" | sed -n 's/.*"cells":"\([0-9]*\)".*/\1/p'
}

# What ran where.
machine() {
    processor=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -n 1)
    system=$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release 2>/dev/null)
    memory=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo 2>/dev/null)
    flags=$(grep -m 1 -o -w 'avx512ifma\|avx512f\|avx2' /proc/cpuinfo 2>/dev/null | sort -u | tr '\n' ' ')
    printf '%s, %s cores, %d GB, %s; %s(%s).\n' "${processor:-$(uname -m)}" "$(getconf _NPROCESSORS_ONLN)" \
        $((${memory:-0} / 1048576)) "${system:-$(uname -sr)}" "${flags:+$flags}" "$("$RELUCERT" --version | head -n 1)"
}

# row KIND: a row or number of a table from the line on standard input.
row() { awk -v kind="$1" -f "$bench/short.awk" -f "$bench/rows.awk"; }
commas() { echo "$1" | row commas; }

# publish FILE: the function `report` prints Markdown: shown, and kept in FILE once it is whole.
publish() {
    report >"$folder/report.md" || { say "$1 is not written"; exit 1; }
    cat "$folder/report.md"
    cp "$folder/report.md" "$1"
}
