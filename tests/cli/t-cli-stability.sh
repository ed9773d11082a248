#!/bin/sh
# relucert stability: closed forms, the three formats of data, and bad input.
. "$(dirname "$0")/common.sh"
begin t-cli-stability

cat >relu.json <<'END'
{"layers": [{"A": [[1]], "b": [0]}, {"A": [[1]], "b": [0]}]}
END
echo '{"x": [[10], [11]], "y": [10, 11]}' >two.json
echo '{"x": [10, 11], "y": [[10], [11]]}' >flat.json
printf 'x,y\n10, 10\n11,11\r\n\n' >two.csv
printf '10\n11\n' >points.csv

# Arrays of two doubles, 10 and 11: little and big end first, and integers.
array() {
    printf '\223NUMPY\001\000\166\000' >"$1"
    printf "%-117s\n" "$2" >>"$1"
    printf "$3" >>"$1"
}
little='\000\000\000\000\000\000\044\100\000\000\000\000\000\000\046\100'
array x.npy "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }" "$little"
array y.npy "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }" "$little"
array big.npy "{'descr': '>f8', 'fortran_order': True, 'shape': (2, 1), }" \
    '\100\044\000\000\000\000\000\000\100\046\000\000\000\000\000\000'
array bytes.npy "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1), }" '\012\013'
array short.npy "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 1), }" "$little"
array infinite.npy "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }" \
    '\000\000\000\000\000\000\360\177\000\000\000\000\000\000\046\100'
array text.npy "{'descr': '<U8', 'fortran_order': False, 'shape': (2, 1), }" "$little"

run stability --json --eta 1/200 relu.json two.json
cp "$folder/out" wanted
for data in flat.json two.csv x.npy:y.npy big.npy:y.npy bytes.npy:y.npy; do
    is "$(cat wanted)" stability --json --eta 1/200 relu.json "$data"
done
run stability --json --eta 1/200 --labels own relu.json points.csv
if cmp -s "$folder/out" wanted; then pass; else fail '--labels own on points alone'; fi

# Design, section 11: lambda_max >= 222.49 for every implementation, Lemma 2's bound for the flipped reading 22.1.
has '"norm_R_ghat":{"given":{"exact":"sqrt(49283)/2",' stability --json relu.json two.json
has '"flipped":{"exact":"0","enclosure":["0","0"]}' stability --json relu.json two.json
has '"theorem_1":true,"linearly_stable":false,"theorem_3":false' stability --json --eta 1/100 relu.json two.json
has '"eta":"1/7","theorem_1":true,"linearly_stable":false,"theorem_3":false},{"eta":"1/300",' \
    stability --json --eta 1/7 --eta 1/300 relu.json two.json

# f(x) = x as max(0, x) - max(0, -x): S_theta > 0 and norm 0.
echo '{"layers": [{"A": [[1], [-1]], "b": [0, 0]}, {"A": [[1, -1]], "b": [0]}]}' >line.json
printf -- '-1\n1\n' >symmetric.csv
has '"S_theta":{"exact":"sqrt(2)/2","enclosure"' stability --json --labels own line.json symmetric.csv
has '"norm_R_g":{"exact":"0","enclosure":["0","0"]}' stability --json --labels own line.json symmetric.csv
has 'no: a shared knot has coefficients of both signs' stability --labels own line.json symmetric.csv

# Points on knots are named, and there is no Hessian.
printf '0\n1\n' >knot.csv
has '"knots_on_data":[{"point":1,"neuron":1},{"point":1,"neuron":2}]' stability --json --labels own line.json knot.csv
has '"lambda_max":null' stability --json --labels own line.json knot.csv
has 'point 1, neuron 2' stability --labels own line.json knot.csv

# Not a solution: residuals, the full Hessian and its first part.
echo '{"x": [[10], [11]], "y": [10, "23/2"]}' >off.json
has '"solution":false,"residuals":["0","-1/2"]' stability --json relu.json off.json
has '"lambda_max_gram":[' stability --json relu.json off.json

# Any width, and rows for plots.
has '"lambda_max":["' stability --json --width 1e-60 relu.json two.json
has 'relu.json,0.00' stability --csv --eta 1/200 relu.json relu.json two.json
run stability --csv --eta 1/200 relu.json relu.json two.json
if [ "$(wc -l <"$folder/out")" -eq 3 ]; then pass; else fail 'a head and a row for each network'; fi
run stability --flattest flat-net.json relu.json two.json
is '{"equal":true}' equal --json relu.json flat-net.json

# The results as a case: all claims are proved, and their certificates accepted against it.
proved() {
    run stability --case made.json "$@"
    if [ "$status" -eq 0 ]; then pass; else show "stability --case $*"; fi
    mkdir made
    has ' 0 refuted, 0 undecided; all as expected.' certify -o made made.json
    accepted=0
    for certificate in made/*.json; do
        id=${certificate#made/made.}
        run_check --case "made.json#${id%.json}" "$certificate"
        if [ "$status" -eq 0 ]; then accepted=$((accepted + 1)); else show "$certificate"; fi
    done
    rm -r made
}
count() {
    if [ "$accepted" -eq "$1" ]; then pass; else fail "$accepted certificates are accepted, expected $1"; fi
}
proved --eta 1/200 relu.json two.json
count 6
proved --eta 1/200 --eta 1/100 --labels own relu.json points.csv
count 8
proved relu.json off.json
count 4
proved --labels own line.json knot.csv
count 4
bad 'are for one network' stability --csv --case made.json relu.json relu.json two.json
bad 'missing/made.json' stability --case missing/made.json relu.json two.json
rm made.json

# Features and their Gram matrix: (10, 1, 10, 1) and (11, 1, 11, 1).
run stability --matrices matrices.json relu.json two.json
if [ "$(tr -d ' \n' <matrices.json)" = '{"gram":[["101","111"],["111","122"]],"features":[["10","1","10","1"],["11","1","11","1"]]}' ]
then pass; else fail "matrices: $(cat matrices.json)"; fi
rm matrices.json
bad 'are for one network' stability --csv --matrices m.json relu.json relu.json two.json
has '"active_points":[1,2]' stability --json --neurons relu.json two.json

# Where neurons share a knot, the implementation of Lemma 2's proof is another one.
has 'other implementation' stability --labels own line.json symmetric.csv
has '"other_implementation":null' stability --json relu.json two.json

stops 3 'cell limit' stability --max-cells 1 relu.json off.json

# Deep: the pyramid's Hessian, and no norms.
cat >pyramid.json <<'END'
{"layers": [{"A": [[1, 0], [-1, 0], [0, 1], [0, -1]], "b": [0, 0, 0, 0]},
 {"A": [[-1, -1, -1, -1]], "b": [1]}, {"A": [[1]], "b": [0]}]}
END
printf '0.25,0.25\n-0.5,0.25\n2,1\n' >plane.csv
echo '{"x": [[0.25, 0.25], [2, 1]], "y": [1, 0]}' >plane.json
has '"S_theta":null' stability --json --labels own pyramid.json plane.csv
has '"theorem_1":null,"linearly_stable":true' stability --json --labels own --eta 1/10 pyramid.json plane.csv
proved --labels own --eta 1/10 pyramid.json plane.csv
count 3
proved pyramid.json plane.json
count 2
rm made.json

# Bad input: one line, status 2.
bad 'missing.csv' stability relu.json missing.csv
printf '10,10\n11\n' >ragged.csv
bad 'line 2: expected 2 numbers, found 1' stability relu.json ragged.csv
printf '10,nan\n' >nan.csv
bad 'line 1, column 2: "nan" is no finite number' stability relu.json nan.csv
printf '10,1e999\n' >huge.csv
bad 'line 1, column 2: 1e999 is beyond the doubles' stability relu.json huge.csv
bad 'no labels' stability relu.json points.csv
echo '{"x": [[10], [11]], "y": [10]}' >count.json
bad '2 points, but 1 x 1 labels' stability relu.json count.json
echo '{"x": [[10], [11, 12]], "y": [10, 1]}' >raggedx.json
bad 'x 2: expected a list of 1 numbers, found 2' stability relu.json raggedx.json
echo '{"x": [[10]], "y": [10], "z": 1}' >key.json
bad 'unknown key "z"' stability relu.json key.json
echo '{"x": [["1e-9999999"], ["1e99999999"]], "y": [0, 0]}' >exponent.json
bad 'exponent' stability relu.json exponent.json
bad 'short.npy: 16 bytes of entries' stability relu.json short.npy:y.npy
bad 'row 1, column 1 is not finite' stability relu.json infinite.npy:y.npy
bad 'no floats, integers or booleans' stability relu.json text.npy:y.npy
bad 'the points have 1 coordinates, the network takes 2' stability pyramid.json x.npy:y.npy
bad 'a positive number is expected' stability --eta 0 relu.json two.json
bad '"own"' stability --labels mine relu.json two.json
bad 'several networks need --csv' stability relu.json relu.json two.json
bad '--width 2' stability --width 2 relu.json two.json
echo '{"layers": [{"A": [[1]], "b": [0]}, {"A": [[1], [2]], "b": [0, 0]}]}' >outputs.json
bad '2 outputs' stability outputs.json two.json

# Claims in case files.
claim() {
    printf '{"title": "t", "networks": {"f": {"layers": [{"A": [[1]], "b": [0]}, {"A": [[1]], "b": [0]}]}, "g": %s},
"claims": [{"id": "c", "claim": "stability", "network": "%s", %s}]}' "$(cat pyramid.json)" "$1" "$2" >case.json
}
claim f '"data": {"x": [[1]], "y": [1]}, "lambda-max": {"equals": 4}, "lemma-3": true'
has 'PROVED' certify case.json
claim f '"data": {"x": [[1]], "y": "own"}, "lambda-max": {"at-most": "3.99"}, "expect": "refuted"'
has 'REFUTED' certify case.json
claim f '"data": {"x": [[0]], "y": [0]}, "eta": "1/10", "linearly-stable": true, "expect": "refuted"'
has 'point 1 is on the knot of neuron 1' certify case.json
claim f '"data": {"x": [[1]], "y": [1]}'
bad 'it says nothing' certify case.json
claim f '"data": {"x": [[1]], "y": [1]}, "theorem-1": true'
bad 'eta: the step size is missing' certify case.json
claim f '"data": {"x": [[1]], "y": [1]}, "lemma-3": true, "eta": 1'
bad 'no part of the claim is about a step size' certify case.json
claim f '"data": {"x": [[1]], "y": [1]}, "theorem-1": true, "eta": 0'
bad 'expected a number > 0' certify case.json
claim f '"data": {"x": [[1]], "y": [1, 2]}, "lemma-3": true'
bad 'a list of 1 labels, found 2' certify case.json
claim f '"data": {"x": [[1], [1, 2]], "y": [1, 2]}, "lemma-3": true'
bad 'data: x, entry 2' certify case.json
claim f '"data": {"x": [[1]], "y": "mine"}, "lemma-3": true'
bad 'data: y' certify case.json
claim f '"data": {"x": [[1]], "y": [1]}, "lambda-max": 4'
bad 'lambda-max: expected {"equals": v}' certify case.json
claim f '"data": {"x": [[1]], "y": [1]}, "lambda-max": {"equals": 4, "at-most": 4}'
bad 'lambda-max: expected {"equals": v}' certify case.json
claim f '"data": {"x": [[1]], "y": [1]}, "lemma-3": "yes"'
bad 'lemma-3: expected true or false' certify case.json
claim f '"data": "points", "lemma-3": true'
bad 'claim c: data: the case has no data "points"' certify case.json
sed 's/"claims"/"data": {"points": {"x": [[1]], "y": [1]}}, &/' case.json >shared.json
has 'PROVED' certify shared.json
sed 's/"claims"/"data": [1], &/' case.json >shared.json
bad 'data: expected an object of named data' certify shared.json
sed 's/"claims"/"data": {"points": [1]}, &/' case.json >shared.json
bad 'the case has no data "points"' certify shared.json
claim g '"data": {"x": [["1/4", "1/4"]], "y": "own"}, "norm-R-g": {"equals": 0}'
bad 'has 3 layers' certify case.json
claim g '"data": {"x": [["1/4", "1/4"]], "y": "own"}, "lambda-max": {"equals": "37/8"}'
has 'PROVED' certify case.json
finish
