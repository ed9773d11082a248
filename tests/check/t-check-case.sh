#!/bin/sh
# relucert-check --case: every file of tests/certificates/case against hand.json there; standard input; a full disk.
. "$(dirname "$0")/../cli/common.sh"
begin t-check-case

corpus=$RELUCERT_SRCDIR/tests/certificates
case=$corpus/case

# expect STATUS FILE CASE#ID: that status; a failure is one line, the same one twice.
expect() {
    wanted=$1 file=$2 claim=$3
    run_check -q --case "$claim" "$file"
    first=$(cat "$folder/err")
    run_check -q --case "$claim" "$file"
    if [ "$status" -eq "$wanted" ] && [ "$(cat "$folder/err")" = "$first" ] &&
        { [ "$wanted" -eq 0 ] || [ "$(wc -l <"$folder/err")" -eq 1 ]; }; then pass; else
        fail "$file against $claim: expected status $wanted"
        show "(relucert-check) --case $claim $file"
    fi
}

for file in "$case"/*.json; do
    name=$(basename "$file" .json) id=$(basename "$file" .json)
    case $name in
    hand) continue ;;
    distance | refuted | double | grows | grows-above-1) wanted=0 ;;
    not-all-instances | instances-in-other-order | weaker-statement | other-network) wanted=1 id=distance ;;
    all) wanted=1 ;;
    grows-not-for-all | refuted-outside-the-range) wanted=1 id=grows ;;
    limit-of-another-kind) wanted=2 id=grows-to-1 ;;
    range | cycle) wanted=2 ;;
    *) fail "$file: not listed" && continue ;;
    esac
    expect $wanted "$file" "$case/hand.json#$id"
done
expect 1 "$case/distance.json" "$case/hand.json#refuted"
expect 2 "$case/distance.json" "$case/hand.json#none"
expect 2 "$case/distance.json" "$case/missing.json#distance"

run_check
if [ "$status" -eq 2 ]; then pass; else fail "expected status 2 without arguments"; fi

# shellcheck disable=SC2086
${RELUCERT_WRAP:-} "$RELUCERT_CHECK" - <"$corpus/accepted/equal-roots.json" >"$folder/out" 2>&1
if [ "$(tail -n 1 "$folder/out")" = accepted ]; then pass; else fail "standard input"; fi

if [ -w /dev/full ]; then
    # shellcheck disable=SC2086
    ${RELUCERT_WRAP:-} "$RELUCERT_CHECK" "$corpus/accepted/equal-roots.json" >/dev/full 2>"$folder/err"
    if [ $? -eq 2 ]; then pass; else fail "expected status 2 when output cannot be written"; fi
else
    skip "/dev/full is missing"
fi

finish
