#!/bin/sh
# relucert search: seeds, records that are cases, limits, interrupts, bad options.
. "$(dirname "$0")/common.sh"
begin t-search

# One seed, one record; another seed, another one.
run search --d 3 --m 3 --iterations 2 --seed 7 -o one.json
cp "$folder/out" first
if [ "$status" -eq 0 ] && [ ! -s "$folder/err" ] && [ -s one.json ]; then pass; else
    fail 'a record'
    show 'search --d 3 --m 3'
fi
run search --d 3 --m 3 --D 1 --iterations 2 --seed 7 -o two.json
if cmp -s one.json two.json && cmp -s first "$folder/out"; then pass; else fail 'one seed, one record'; fi
run search --d 3 --m 3 --iterations 2 --seed 8 -o two.json
if [ -s two.json ] && ! cmp -s one.json two.json; then pass; else fail 'another seed, another record'; fi

# What is known to be the largest is found: the search ends by itself.
has '|Phi - Gamma|_inf / r^(1/2) = 1+sqrt(2) in' search --d 3 --m 2 --iterations 300 --seed 1 -o known.json
has '"ratio":"2"' search --d 3 --m 1 --iterations 300 --json
has '"at_most":"2*sqrt(2)"' search --d 2 --m 4 --D 2 --iterations 1 --json

# Theorem 3.1, where the largest is known for every shape.
has '(dist(Gamma, R(Theta)) - beta) / r^(1/2) = sqrt(2) in' search --theorem 3.1 --d 2 --m 2 --iterations 300 -o free.json
has '"ratio":"1"' search --theorem 3.1 --d 1 --m 1 --iterations 300 --json
has '"at_most":"sqrt(2)"' search --theorem 3.1 --d 4 --m 4 --iterations 1 --json
run search --theorem 3.1 --d 3 --m 4 --iterations 2 --seed 5 -o early.json
cp early.json first
run search --theorem 3.1 --d 3 --m 4 --iterations 2 --seed 5 -o early.json
if cmp -s early.json first; then pass; else fail 'Theorem 3.1: one seed, one record'; fi
for record in free early; do
    run certify -o proofs "$record.json"
    if [ "$status" -eq 0 ] && grep -q '4 proved, 0 refuted' "$folder/out"; then pass; else
        fail "$record.json is a case with the expected verdicts"
        show "certify $record.json"
    fi
    for claim in semi-norm theorem-3.1 distance no-smaller-constant; do
        run_check --case "$record.json#$claim" "proofs/$record.$claim.json"
        if [ "$status" -eq 0 ]; then pass; else fail "relucert-check $record.$claim"; fi
    done
done

# Records are cases as they should be, and the checker agrees.
run search --d 2 --m 3 --D 2 --time-limit 1 -o wide.json
if [ "$status" -eq 0 ] && [ -s wide.json ]; then pass; else fail 'a time limit ends the search'; fi
for record in one two known wide; do
    run certify -o proofs "$record.json"
    if [ "$status" -eq 0 ] && grep -q '5 proved, 1 refuted' "$folder/out"; then pass; else
        fail "$record.json is a case with the expected verdicts"
        show "certify $record.json"
    fi
    for claim in gamma-in-N-star theta-in-N-star semi-norm theorem-3.3 attained no-smaller-constant; do
        run_check --case "$record.json#$claim" "proofs/$record.$claim.json"
        if [ "$status" -eq 0 ]; then pass; else fail "relucert-check $record.$claim"; fi
    done
done

# An interrupt: the record is there, whole.
# shellcheck disable=SC2086
${RELUCERT_WRAP:-} "$RELUCERT" search --d 4 --m 4 -o cut.json --time-limit 60 >"$folder/out" 2>"$folder/err" &
job=$!
tries=0
while [ ! -s cut.json ] && [ "$tries" -lt 100 ]; do
    sleep 0.2
    tries=$((tries + 1))
done
kill -TERM "$job"
wait "$job"
status=$?
if [ "$status" -eq 130 ] && grep -qx 'relucert: interrupted' "$folder/err"; then pass; else
    fail 'an interrupt'
    show 'search --d 4 --m 4'
fi
run certify -q cut.json
if [ "$status" -eq 0 ]; then pass; else fail 'the record of an interrupted search'; fi
if [ "$(find . -name '*cut*' | wc -l)" -eq 1 ]; then pass; else fail 'nothing but the record is left'; fi

bad '--d is missing' search --m 3
bad '--m is missing' search --d 3
bad '--d 1' search --d 1 --m 3
bad '--d 5' search --d 5 --m 3
bad '--m 6' search --d 3 --m 6
bad '--m 0' search --d 3 --m 0
bad '--m three' search --d 3 --m three
bad '--D 5' search --d 3 --m 3 --D 5
bad '--D -1' search --d 3 --m 3 --D -1
bad '--theorem 3.2: 3.3 or 3.1 is expected' search --theorem 3.2 --d 3 --m 3
bad '--D 2' search --theorem 3.1 --d 3 --m 3 --D 2
bad 'no pair has m hyperplanes' search --theorem 3.1 --d 1 --m 2
bad '--seed 1e3' search --d 3 --m 3 --seed 1e3
bad '--iterations 0' search --d 3 --m 3 --iterations 0
bad 'one argument too many' search --d 3 --m 3 4
bad 'nowhere/record.json' search --d 3 --m 1 --iterations 1 -o nowhere/record.json
finish
