#!/bin/sh
# certify, show and relucert-check together: verdicts, exit statuses, certificates, and cases that are wrong.
. "$(dirname "$0")/common.sh"
begin t-certify
mkdir out

# small NAME CLAIMS: a case about rho(x) - rho(-x) = x and |x|, with these claims.
small() {
    cat >"$1.json" <<END
{"title": "t", "source": "s", "parameters": [{"name": "k", "integer-from": 1}],
 "networks": {"X": {"A": [[1], [-1]], "C": [1, -1]}, "Y": {"A": [[1], [-1]], "C": [1, 1]},
              "Z": {"A": [["k"], ["-1/k"]], "C": ["1/k", "-k"]}, "alias": "X"},
 "claims": [$2]}
END
}

# gives STATUS TEXT ARGUMENT...: certify ends with this status and prints TEXT.
gives() {
    wanted=$1
    text=$2
    shift 2
    run certify "$@"
    if [ "$status" -eq "$wanted" ] && grep -qF -e "$text" "$folder/out"; then pass; else
        fail "expected status $wanted: $text"
        show "certify $*"
    fi
}

# Verdicts, values, statuses.
small good '{"id": "a", "claim": "equal", "of": ["X", "Z"], "holds": true, "at": {"k": [1, 2, "10^6"]}},
    {"id": "b", "claim": "semi-norm", "of": "Y", "equals": 1, "at": {"k": [1]}},
    {"id": "c", "claim": "cells", "of": ["X", "Y"], "equals": 3, "at": {"k": [1]}, "expect": "refuted"}'
gives 0 '{"cases":[{"case":"good","claims":[{"id":"a","claim":"equal","verdict":"proved","value":' --json good.json
gives 0 '{"id":"b","claim":"semi-norm","verdict":"proved","value":"1","certificate":null}' --json good.json
gives 0 '{"id":"c","claim":"cells","verdict":"refuted","value":"2","certificate":"out/good.c.json"}' --json -o out good.json
if [ "$(cd out && echo *)" = 'good.a.json good.b.json good.c.json' ]; then pass; else fail "files written: $(ls out)"; fi
run certify -q good.json
if [ "$status" -eq 0 ] && [ ! -s "$folder/out" ] && [ ! -s "$folder/err" ]; then pass; else fail 'certify -q is silent when all is well'; fi
for id in a b c; do
    run_check --case "good.json#$id" "out/good.$id.json"
    if [ "$status" -eq 0 ] && grep -qx 'accepted' "$folder/out"; then pass; else
        fail "relucert-check accepts good.$id"
        show "check good.$id"
    fi
    run show "out/good.$id.json"
    if [ "$status" -eq 0 ] && [ -s "$folder/out" ]; then pass; else fail "show good.$id"; fi
done
small surprise '{"id": "a", "claim": "equal", "of": ["X", "Y"], "holds": true, "at": {"k": [1]}}'
gives 1 '"verdict":"refuted"' --json surprise.json
small family '{"id": "a", "claim": "semi-norm", "of": "X", "at-least": "-(k-10^6-1/2)^2"}'
gives 3 '"verdict":"undecided"' --json family.json
small hoped '{"id": "a", "claim": "semi-norm", "of": "X", "at-least": "-(k-10^6-1/2)^2", "expect": "undecided"}'
gives 0 '"verdict":"undecided"' --json hoped.json
gives 1 '"verdict":"undecided"' --json surprise.json family.json
run certify -o out family.json
if [ ! -e out/family.a.json ]; then pass; else fail 'an undecided claim has no certificate'; fi
run certify --json surprise.json missing.json family.json
if [ "$status" -eq 2 ] && grep -q 'missing.json' "$folder/err"; then pass; else fail '2 outranks 1 and 3'; fi

# Certificates that cannot be written leave nothing behind; those cut short are no certificates.
if [ -w /dev/full ]; then
    run certify -q -o /dev/full good.json
    if [ "$status" -eq 2 ] && [ "$(wc -l <"$folder/err")" -eq 1 ]; then pass; else fail 'output folder that is a file'; fi
fi
mkdir blocked blocked/good.b.json
run certify -q -o blocked good.json
if [ "$status" -eq 2 ] && [ "$(cd blocked && echo * .[!.]*)" = 'good.a.json good.b.json good.c.json .[!.]*' ]; then pass; else
    fail "a certificate that cannot be renamed into place: status $status, $(ls -A blocked)"
fi
size=$(wc -c <out/good.b.json)
for part in 0 1 10 $((size / 2)) $((size - 3)); do
    head -c "$part" out/good.b.json >cut.json
    run_check cut.json
    if [ "$status" -eq 2 ] && [ "$(cat "$folder/out" "$folder/err" | wc -l)" -eq 1 ]; then pass; else
        fail "a certificate cut after $part of $size bytes: status $status"
    fi
    run show cut.json
    if [ "$status" -eq 2 ] && [ ! -s "$folder/out" ]; then pass; else fail "show of a certificate cut after $part bytes"; fi
done
sed 's/"equals": *1/"equals": 2/; s/"equals": *"1"/"equals": "2"/' out/good.b.json >forged.json
run_check forged.json
if [ "$status" -eq 1 ] && grep -q 'rejected: ' "$folder/out" "$folder/err"; then pass; else fail "a forged certificate: status $status"; fi
run_check --case good.json#a out/good.b.json
if [ "$status" -eq 1 ]; then pass; else fail "a certificate of another claim: status $status"; fi

# The same bytes again, and under another locale.
mkdir again
LC_ALL=de_DE.UTF-8 run certify -q -o again good.json
for file in out/good.*.json; do
    if cmp -s "$file" "again/${file#out/}"; then pass; else fail "equal bytes: $file"; fi
done

# Cases that are wrong: one line, status 2, no certificate.
rm -f out/*
wrong() {
    text=$1
    bad "$text" certify -q -o out wrong.json
    if [ -z "$(ls -A out)" ]; then pass; else
        fail "no files after bad input: $(ls -A out)"
        rm -f out/*
    fi
}
claim() {
    small wrong "$2"
    wrong "$1"
}
at='"at": {"k": [1]}'
claim 'nothing' "{\"id\": \"a\", \"claim\": \"equal\", \"of\": [\"X\", \"nothing\"], \"holds\": true, $at}"
claim 'sameness' "{\"id\": \"a\", \"claim\": \"sameness\", \"of\": [\"X\", \"Y\"], \"holds\": true, $at}"
claim 'claim' "{\"id\": \"a\", \"of\": [\"X\", \"Y\"], \"holds\": true, $at}"
claim 'id' "{\"claim\": \"equal\", \"of\": [\"X\", \"Y\"], \"holds\": true, $at}"
claim 'a' "{\"id\": \"a\", \"claim\": \"equal\", \"of\": [\"X\", \"Y\"], \"holds\": true, $at}, {\"id\": \"a\", \"claim\": \"cells\", \"of\": \"X\", \"equals\": 2, $at}"
claim 'id' "{\"id\": \"../a\", \"claim\": \"equal\", \"of\": [\"X\", \"Y\"], \"holds\": true, $at}"
claim 'of' "{\"id\": \"a\", \"claim\": \"equal\", \"holds\": true, $at}"
claim 'of' "{\"id\": \"a\", \"claim\": \"equal\", \"of\": [\"X\"], \"holds\": true, $at}"
claim 'of' "{\"id\": \"a\", \"claim\": \"equal\", \"of\": [\"X\", \"Y\", \"Z\"], \"holds\": true, $at}"
claim 'of' "{\"id\": \"a\", \"claim\": \"equal\", \"of\": 3, \"holds\": true, $at}"
claim 'holds' "{\"id\": \"a\", \"claim\": \"equal\", \"of\": [\"X\", \"Y\"], \"holds\": 1, $at}"
claim 'extra' "{\"id\": \"a\", \"claim\": \"equal\", \"of\": [\"X\", \"Y\"], \"holds\": true, \"extra\": 1, $at}"
claim 'holds' "{\"id\": \"a\", \"claim\": \"equal\", \"of\": [\"X\", \"Y\"], \"holds\": true, \"holds\": true, $at}"
claim 'equals' "{\"id\": \"a\", \"claim\": \"semi-norm\", \"of\": \"X\", $at}"
claim 'at-most' "{\"id\": \"a\", \"claim\": \"semi-norm\", \"of\": \"X\", \"equals\": 1, \"at-most\": 2, $at}"
claim 'equals' "{\"id\": \"a\", \"claim\": \"semi-norm\", \"of\": \"X\", \"equals\": \"1/0\", $at}"
claim 'equals' "{\"id\": \"a\", \"claim\": \"cells\", \"of\": \"X\", \"equals\": -1, $at}"
claim 'box' "{\"id\": \"a\", \"claim\": \"sup-norm\", \"of\": \"X\", \"equals\": 1, $at}"
claim 'box' "{\"id\": \"a\", \"claim\": \"sup-norm\", \"of\": \"X\", \"box\": -1, \"equals\": 1, $at}"
claim 'space' "{\"id\": \"a\", \"claim\": \"member\", \"of\": \"X\", \"space\": \"N\", \"holds\": true, $at}"
claim 'd' "{\"id\": \"a\", \"claim\": \"member\", \"of\": \"X\", \"space\": \"N*\", \"holds\": true, $at}"
claim 'expect' "{\"id\": \"a\", \"claim\": \"equal\", \"of\": [\"X\", \"Y\"], \"holds\": true, \"expect\": \"maybe\", $at}"
claim 'k' '{"id": "a", "claim": "equal", "of": ["X", "Y"], "holds": true, "at": {"k": []}}'
claim 'k' '{"id": "a", "claim": "equal", "of": ["X", "Y"], "holds": true, "at": {"k": [0]}}'
claim 'k' '{"id": "a", "claim": "equal", "of": ["X", "Y"], "holds": true, "at": {"k": ["1/2"]}}'
claim 'j' '{"id": "a", "claim": "equal", "of": ["X", "Y"], "holds": true, "at": {"j": [1], "k": [1]}}'
claim 'at' '{"id": "a", "claim": "equal", "of": ["X", "Y"], "holds": true, "at": 3}'
claim 'for' '{"id": "a", "claim": "equal", "of": ["X", "Y"], "holds": true, "at": {"k": [1]}, "for": {"k": {"integer-from": 2}}}'

# file TEXT CONTENT
file() {
    printf '%s\n' "$2" >wrong.json
    wrong "$1"
}
file 'wrong.json' '[]'
file 'wrong.json' '{'
file 'network' '{"title": "t", "source": "s", "claims": [{"id": "a", "claim": "cells", "of": "X", "equals": 2}]}'
file 'claims' '{"title": "t", "source": "s", "networks": {"X": {"A": [[1]], "C": [1]}}}'
file 'claims' '{"title": "t", "source": "s", "networks": {"X": {"A": [[1]], "C": [1]}}, "claims": {}}'
file 'title' '{"title": 1, "source": "s", "networks": {"X": {"A": [[1]], "C": [1]}}, "claims": []}'
file 'author' '{"title": "t", "author": "a", "networks": {"X": {"A": [[1]], "C": [1]}}, "claims": []}'
claims='"claims": [{"id": "a", "claim": "cells", "of": "X", "equals": 2}]'
file 'X' "{\"networks\": {\"X\": \"Y\", \"Y\": \"X\"}, $claims}"
file 'X' "{\"networks\": {\"X\": \"X\"}, $claims}"
file 'Y' "{\"networks\": {\"X\": \"Y\"}, $claims}"
file 'X' "{\"networks\": {\"X\": 5}, $claims}"
file 'X' "{\"networks\": {\"X\": {\"A\": [[1], [1, 2]], \"C\": [1, 1]}}, $claims}"
file 'X' "{\"networks\": {\"X\": {\"A\": [[\"k\"]], \"C\": [1]}}, $claims}"
file 'X' "{\"networks\": {\"X\": {\"A\": [[1]], \"C\": [1]}, \"X\": {\"A\": [[1]], \"C\": [1]}}, $claims}"
good='"networks": {"X": {"A": [[1]], "C": [1]}}'
file 'parameters' "{\"parameters\": 1, $good, $claims}"
file 'parameter' "{\"parameters\": [{\"name\": \"k\"}], $good, $claims}"
file 'parameter' "{\"parameters\": [{\"integer-from\": 1}], $good, $claims}"
file 'parameter' "{\"parameters\": [{\"name\": \"2k\", \"integer-from\": 1}], $good, $claims}"
file 'sqrt' "{\"parameters\": [{\"name\": \"sqrt\", \"integer-from\": 1}], $good, $claims}"
file 'k' "{\"parameters\": [{\"name\": \"k\", \"integer-from\": 1}, {\"name\": \"k\", \"integer-from\": 1}], $good, $claims}"
file 'parameter' "{\"parameters\": [{\"name\": \"k\", \"integer-from\": 1, \"real-above\": 0}], $good, $claims}"
file 'integer-from' "{\"parameters\": [{\"name\": \"k\", \"integer-from\": \"1/2\"}], $good, $claims}"
printf '{"title": "\377", %s, %s}\n' "$good" "$claims" >wrong.json
wrong 'wrong.json'
mkdir empty
bad 'empty' certify -q empty
bad '--only' certify -q --only nothing good.json
bad 'overwrite' certify -q -o out good.json ../work/good.json

finish
