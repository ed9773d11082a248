#!/bin/sh
# proofs/ holds what certify makes of cases/, byte for byte: every verdict is the expected one, every file is there.
. "$(dirname "$0")/common.sh"
begin t-proofs
run certify -q -o proofs "$RELUCERT_SRCDIR/cases"
if [ "$status" -eq 0 ] && [ ! -s "$folder/out" ] && [ ! -s "$folder/err" ]; then pass; else
    fail 'every verdict is the expected one'
    show 'certify -q -o proofs cases'
fi
(cd proofs && ls) >"$folder/names"
if (cd "$RELUCERT_SRCDIR/proofs" && ls) | diff - "$folder/names" >"$folder/differences"; then pass; else
    fail 'proofs/ has one file for each decided claim (relucert certify -o proofs cases)'
    head -n 20 "$folder/differences"
fi
different=
for file in proofs/*; do
    cmp -s "$file" "$RELUCERT_SRCDIR/$file" || different="$different ${file#proofs/}"
done
if [ -z "$different" ]; then pass; else fail "certificates that differ:$different"; fi
size=$(cat proofs/* | wc -c)
if [ "$size" -le 5000000 ]; then pass; else fail "proofs/ has $size bytes, more than 5 MB"; fi
finish
