#!/bin/sh
# relucert arrangement: named arrangements have their number of cells, random ones the numbers of splitmix64.
. "$(dirname "$0")/common.sh"
begin t-cli-arrangement

is '{"normals": [
[1, -1, 0],
[1, 0, -1],
[0, 1, -1]
]}' arrangement braid 3
is '{"normals": [
[1, 0],
[0, 1],
[1, -1],
[1, 1]
]}' arrangement typeB 2
is '{"normals": [
[1, 0, 0],
[1, 0, 1],
[1, 1, 0],
[1, 1, 1]
]}' arrangement threshold 2
is '{"normals": [
[0, 1],
[1, 0],
[1, 1]
]}' arrangement resonance 2

# counts KIND N DIMENSION HYPERPLANES RANK CELLS
counts() {
    run arrangement "$1" "$2"
    cp "$folder/out" "$1.json"
    is "{\"dimension\":$3,\"hyperplanes\":$4,\"rank\":$5,\"cells\":\"$6\"}" cells --count --json "$1.json"
}
counts braid 2 2 1 1 2
counts braid 7 7 21 6 5040
counts typeB 1 1 1 1 2
counts typeB 4 4 16 4 384
counts threshold 1 2 2 2 4
counts threshold 4 5 16 5 1882
counts resonance 1 1 1 1 2
counts resonance 5 5 31 5 11292

# The first words of splitmix64 from 1234567, as published with other implementations: 6457827717110365317,
# 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821, ...; the entries follow by hand.
is '{"normals": [
[-76, 36, -64, -39],
[43, 14, -34, -81]
]}' arrangement random --n 2 --d 4 --seed 1234567
is '{"normals": [
[-76, 36, -64],
[43, 14, -34]
],
"offsets": [
-39, -81
]}' arrangement random --n 2 --d 3 --seed 1234567 --bound 100 --affine
is '{"normals": [
[-542172282889634686, 203168211198807972, 817491932198370419]
]}' arrangement random --n 1 --d 3 --seed 1234567 --bound 1000000000000000000
is '{"normals": [
["-15681199753965141125", "-9817491932198370423"],
["16408922859458223821", "-10895525637215051397"]
]}' arrangement random --n 2 --d 2 --seed 1234567 --bits 64
is '{"normals": [
["-688987358444363775109", "834696863845054905151"]
],
"offsets": [
"914785985248983080581"
]}' arrangement random --n 1 --d 2 --seed 1234567 --bits 70 --affine
is '{"normals": [
[-3.5007954202140812e-01, -1.7364409667091263e-01],
[-5.3220730406241923e-01, -2.4900765738229136e-01]
]}' arrangement random --n 2 --d 2 --seed 1234567 --doubles
# The first word from seed 44, 18105923034897077331, is above 9 (2 10^18 + 1) and would favour small entries: the
# second, 10446164177184317730, is taken.
is '{"normals": [
[-553835822815682275]
]}' arrangement random --n 1 --d 1 --seed 44 --bound 1000000000000000000

run arrangement random --n 3 --d 3
cp "$folder/out" default.json
run arrangement random --n 3 --d 3 --bound 100 --seed 1 --json -q --threads 2
if [ "$status" -eq 0 ] && cmp -s "$folder/out" default.json; then pass; else fail 'defaults: --bound 100 --seed 1'; fi

# Within the bound, every value taken.
run arrangement random --n 1000 --d 2 --bound 3 --seed 5
sed 's/[^-0-9]\{1,\}/\n/g' "$folder/out" | grep . | sort -n | uniq >values
if [ "$(echo $(cat values))" = '-3 -2 -1 0 1 2 3' ]; then pass; else fail "values of --bound 3: $(cat values)"; fi

# Each kind of entry is read back: 2 (C(7,0) + C(7,1) + C(7,2)) cells in R^3; with offsets C(8,0) + .. + C(8,3).
for entries in '--bound 1000' --doubles '--bits 200'; do
    # shellcheck disable=SC2086
    run arrangement random --n 8 --d 3 --seed 3 $entries
    cp "$folder/out" random.json
    has '"cells":"58"' cells --count --json random.json
    # shellcheck disable=SC2086
    run arrangement random --n 8 --d 3 --seed 3 --affine $entries
    cp "$folder/out" random.json
    has '"cells":"93"' cells --count --json random.json
done

bad 'no kind foo' arrangement foo
bad 'an argument is missing' arrangement
bad 'braid: N is missing' arrangement braid
bad 'braid 1: a number from 2' arrangement braid 1
bad 'resonance 0: a number from 1' arrangement resonance 0
bad 'threshold -1: a number from 1' arrangement threshold -1
bad 'typeB x' arrangement typeB x
bad 'more than 1000000 forms' arrangement threshold 20
bad 'more than 1000000 forms' arrangement resonance 100
bad 'more than 1000000 forms' arrangement typeB 1000000
bad 'a number from 2' arrangement braid 18446744073709551618
bad '179700 forms of 600 entries are more than 100000000' arrangement braid 600
bad 'one argument too many' arrangement braid 3 4
bad 'braid takes N and no options' arrangement braid 3 --seed 1
bad 'random needs --n' arrangement random --d 3
bad 'random needs --d' arrangement random --n 3
bad 'random 3' arrangement random 3 --d 3
bad '--n 0' arrangement random --n 0 --d 3
bad '--d -1' arrangement random --n 3 --d -1
bad '--n 1000001' arrangement random --n 1000001 --d 3
bad 'entries are more than' arrangement random --n 1000000 --d 101
bad '--bound 1000000000000000001' arrangement random --n 3 --d 3 --bound 1000000000000000001
bad '--bits 0' arrangement random --n 3 --d 3 --bits 0
bad '--seed 18446744073709551616' arrangement random --n 3 --d 3 --seed 18446744073709551616
bad '--seed 1e3' arrangement random --n 3 --d 3 --seed 1e3
bad 'exclude each other' arrangement random --n 3 --d 3 --doubles --bits 5
bad 'no option --bogus' arrangement random --n 3 --d 3 --bogus

stops 3 'stopped: time limit' arrangement random --n 1000000 --d 100 --time-limit 0.05
if [ -w /dev/full ]; then
    # shellcheck disable=SC2086
    ${RELUCERT_WRAP:-} "$RELUCERT" arrangement resonance 15 >/dev/full 2>"$folder/err"
    status=$?
    if [ "$status" -eq 2 ] && grep -q '^relucert: standard output: ' "$folder/err"; then pass; else
        fail "a full disk: status $status, $(cat "$folder/err")"
    fi
else
    skip 'no /dev/full'
fi

finish
