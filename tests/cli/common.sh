# Shared by the shell tests: `begin NAME`, checks, `finish`. Each check counts as one test.
# RELUCERT and RELUCERT_CHECK are the programs, RELUCERT_SRCDIR the sources, RELUCERT_WRAP (optional) a command to run
# them under.
# A test works in a folder of its own, which is removed at the end.

: "${RELUCERT_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${RELUCERT:=$RELUCERT_SRCDIR/relucert}"
: "${RELUCERT_CHECK:=$RELUCERT_SRCDIR/relucert-check}"
passed=0
failed=0
skipped=0

begin() {
    name=$1
    "$RELUCERT" --version >/dev/null || { echo "$name: cannot run $RELUCERT"; exit 1; }
    folder=$(mktemp -d "${TMPDIR:-/tmp}/relucert-$name-XXXXXX") || exit 1
    trap 'rm -rf "$folder"' EXIT
    mkdir "$folder/work" && cd "$folder/work" || exit 1
}

finish() {
    printf '%s: %d passed, %d failed, %d skipped\n' "$name" "$passed" "$failed" "$skipped"
    [ "$failed" -eq 0 ]
    exit
}

pass() { passed=$((passed + 1)); }
fail() {
    failed=$((failed + 1))
    printf '%s: FAILED: %s\n' "$name" "$1"
}
skip() {
    skipped=$((skipped + 1))
    printf '%s: skipped: %s\n' "$name" "$1"
}

# Runs relucert; status, standard output and standard error are kept in $status and the files $folder/out, $folder/err.
run() {
    # shellcheck disable=SC2086 # RELUCERT_WRAP is a command with arguments
    ${RELUCERT_WRAP:-} "$RELUCERT" "$@" >"$folder/out" 2>"$folder/err"
    status=$?
}

run_check() {
    # shellcheck disable=SC2086
    ${RELUCERT_WRAP:-} "$RELUCERT_CHECK" "$@" >"$folder/out" 2>"$folder/err"
    status=$?
}

show() {
    printf '  command: relucert %s\n  status %s\n' "$1" "$status"
    head -c 2000 "$folder/out" | sed 's/^/  out: /' | head -n 20
    head -c 2000 "$folder/err" | sed 's/^/  err: /' | head -n 20
}

# is TEXT ARGUMENT...: status 0, nothing on standard error, standard output exactly TEXT.
is() {
    text=$1
    shift
    run "$@"
    if [ "$status" -eq 0 ] && [ ! -s "$folder/err" ] && [ "$(cat "$folder/out")" = "$text" ]; then pass; else
        fail "expected: $text"
        show "$*"
    fi
}

# has TEXT ARGUMENT...: status 0, nothing on standard error, TEXT somewhere in standard output.
has() {
    text=$1
    shift
    run "$@"
    if [ "$status" -eq 0 ] && [ ! -s "$folder/err" ] && grep -qF -e "$text" "$folder/out"; then pass; else
        fail "expected somewhere: $text"
        show "$*"
    fi
}

# bad TEXT ARGUMENT...: bad input. Status 2, nothing on standard output, one line on standard error that begins with
# "relucert: " and holds TEXT, no new file.
bad() {
    text=$1
    shift
    ls -A >"$folder/before"
    run "$@"
    ls -A >"$folder/after"
    lines=$(wc -l <"$folder/err")
    if [ "$status" -eq 2 ] && [ ! -s "$folder/out" ] && [ "$lines" -eq 1 ] && grep -q '^relucert: ' "$folder/err" &&
        grep -qF -e "$text" "$folder/err" && cmp -s "$folder/before" "$folder/after"; then pass; else
        fail "expected bad input: $text"
        show "$*"
    fi
}

# stops STATUS TEXT ARGUMENT...: stopped by a limit, with TEXT on standard error.
stops() {
    wanted=$1
    text=$2
    shift 2
    run "$@"
    if [ "$status" -eq "$wanted" ] && grep -qF -e "$text" "$folder/err"; then pass; else
        fail "expected status $wanted: $text"
        show "$*"
    fi
}
