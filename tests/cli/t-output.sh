#!/bin/sh
# Writing results: a full disk, limits, interrupts, nothing half-written, equal bytes on every run.
. "$(dirname "$0")/common.sh"
begin t-output
echo '{"A": [[1, 0], [0, 1]], "C": [2, -3]}' >net.json

if [ -w /dev/full ]; then
    for command in 'norm net.json' 'cells net.json' 'cells --json net.json' 'eval net.json 1,1' 'equal --json net.json net.json' \
        'embed --json net.json' '--version' '--help' 'norm --help' 'conditions net.json' 'distance --json net.json net.json'; do
        # shellcheck disable=SC2086
        ${RELUCERT_WRAP:-} "$RELUCERT" $command >/dev/full 2>"$folder/err"
        status=$?
        if [ "$status" -eq 2 ] && grep -q '^relucert: standard output: ' "$folder/err"; then pass; else
            fail "$command on a full disk: status $status, $(cat "$folder/err")"
        fi
    done
else
    skip 'no /dev/full'
fi

# Standard output closed: an error, and nothing printed lands in a certificate.
cat >case.json <<'END'
{"networks": {"X": {"A": [[1], [-1]], "C": [1, -1]}}, "claims": [{"id": "a", "claim": "semi-norm", "of": "X", "equals": 1}]}
END
run certify -q -o whole case.json
mkdir closed
# shellcheck disable=SC2086
${RELUCERT_WRAP:-} "$RELUCERT" certify -o closed case.json >&- 2>"$folder/err"
status=$?
if [ "$status" -eq 2 ] && grep -q '^relucert: standard output: ' "$folder/err" && cmp -s whole/case.a.json closed/case.a.json; then pass; else
    fail "standard output closed: status $status, $(cat "$folder/err")"
fi

# A hundred random-looking planes in dimension 6: far too many cells to finish. (7919 and 104729 are primes.)
awk 'BEGIN {
    printf "{\"normals\": [";
    for (i = 1; i <= 100; i++) {
        printf (i > 1 ? ",[" : "[");
        for (j = 1; j <= 6; j++) { x = (x * 7919 + 12345 + i * j) % 104729; printf "%s%d", (j > 1 ? "," : ""), x % 201 - 100; }
        printf "]";
    }
    print "]}";
}' >planes.json
stops 3 'stopped: cell limit' cells --json --max-cells 50 planes.json
stops 3 'stopped: time limit' cells --json --time-limit 0.3 planes.json
last=$(tail -n 1 "$folder/out")
case $last in
    ''|'{'*'}') pass ;;
    *) fail "whole lines before the limit: $last" ;;
esac

# An interrupt. (Background jobs of a shell without job control ignore SIGINT; SIGTERM is handled the same.)
# shellcheck disable=SC2086
${RELUCERT_WRAP:-} "$RELUCERT" cells --json planes.json >"$folder/out" 2>"$folder/err" &
job=$!
sleep 1
kill -TERM "$job"
wait "$job"
status=$?
if [ "$status" -eq 130 ] && grep -qx 'relucert: interrupted' "$folder/err"; then pass; else
    fail "interrupted: status $status, $(cat "$folder/err")"
fi
last=$(tail -n 1 "$folder/out")
case $last in
    ''|'{'*'}') pass ;;
    *) fail "whole lines before the interrupt: $last" ;;
esac

# The same bytes on every run and in every locale.
run cells --json net.json
cp "$folder/out" "$folder/first"
LC_ALL=de_DE.UTF-8 run cells --json net.json
if cmp -s "$folder/first" "$folder/out"; then pass; else fail 'equal bytes'; fi

# A reader that stops early.
# shellcheck disable=SC2086
${RELUCERT_WRAP:-} "$RELUCERT" cells --json --max-cells 100000 planes.json 2>/dev/null | head -n 1 >"$folder/out"
if [ "$(wc -l <"$folder/out")" -eq 1 ]; then pass; else fail 'output into head'; fi

finish
