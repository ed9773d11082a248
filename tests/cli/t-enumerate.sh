#!/bin/sh
# Listing cells: formats, engines, threads, processes, checkpoints.
. "$(dirname "$0")/common.sh"
begin t-enumerate

: "${RELUCERT_SEED:=1}"
echo "t-enumerate: seed $RELUCERT_SEED"

# arrangement N D SEED OFFSETS: N integer forms in dimension D, with offsets if OFFSETS = 1.
arrangement() {
    awk -v n="$1" -v d="$2" -v seed="$3" -v affine="$4" '
    function number() { state = (state * 16807) % 2147483647; return state % 21 - 10 }
    BEGIN {
        state = 1 + seed % 2147483646
        for (i = 0; i < 10; i++) number()
        printf "{\"normals\": ["
        for (i = 0; i < n; i++) {
            printf i ? ", [" : "["
            for (j = 0; j < d; j++) printf "%s%d", j ? ", " : "", number()
            printf "]"
        }
        printf "]"
        if (affine) {
            printf ", \"offsets\": ["
            for (i = 0; i < n; i++) printf "%s%d", i ? ", " : "", number()
            printf "]"
        }
        print "}"
    }'
}

arrangement 14 4 "$RELUCERT_SEED" 0 >central.json
arrangement 10 3 "$((RELUCERT_SEED + 1))" 1 >affine.json
arrangement 40 2 "$((RELUCERT_SEED + 2))" 1 >lines.json
arrangement 70 2 "$((RELUCERT_SEED + 3))" 0 >rays.json
echo '{"normals": [[1, 0, 0, 0], [-2, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, -1], [0, 0, 1, 1], [0, 0, 0, 0],
    [0, 0, 0, 3]]}' >apart.json
echo '{"normals": [[0, 0]], "offsets": [-1]}' >none.json
echo '{"A": [[1, 0], [0, 1], [1, 1], [-2, 0], [0, 0]], "C": ["1/2", 1, -1, 3, 1]}' >net.json
echo '{"layers": [{"A": [[1, 2], [3, -1], [1, 1]], "b": [1, 0, "-1/3"]}, {"A": [[1, -1, 2]], "b": [5]}]}' >biased.json
echo '{"layers": [{"A": [[1, 2], [0, -1]], "b": [1, -2]}, {"A": [[1, -1]], "b": [0]}]}' >other.json
inputs='central affine lines rays apart none net biased'

# into FILE ARGUMENT...: standard output in FILE; counts as a failure if something goes wrong.
into() {
    file=$1
    shift
    run cells "$@"
    cp "$folder/out" "$file"
    if [ "$status" -eq 0 ] && [ ! -s "$folder/err" ]; then return 0; fi
    fail "cells $*"
    show "cells $*"
    return 1
}

same() {
    if cmp -s "$1" "$2"; then pass; else fail "$1 and $2 differ: $3"; fi
}

# The number of lines is the number of cells; engines agree on the patterns after --sort; no cell is there twice.
for input in $inputs; do
    run cells --count --json "$input.json"
    count=$(sed 's/.*"cells":"\([0-9]*\)".*/\1/' "$folder/out")
    for engine in tree vertex auto; do
        into "$engine.sorted" --json --no-witness --sort --engine "$engine" "$input.json"
        into "$engine.plain" --json --no-witness --engine "$engine" "$input.json"
        into "$engine.witness" --json --sort --engine "$engine" "$input.json"
        into "$engine.bits" --format bits --sort --engine "$engine" "$input.json"
        if [ "$(sort -u "$engine.plain" | wc -l)" -eq "$count" ] &&
            [ "$(wc -l <"$engine.plain")" -eq "$count" ]; then pass; else
            fail "$input, engine $engine: $count distinct cells"
        fi
        sed 's/,"witness".*/}/' "$engine.witness" >witness.patterns
        same "$engine.sorted" witness.patterns "patterns with and without witness, $input, $engine"
        # The order: - before +, 0 before 1.
        tr '+-' '10' <"$engine.sorted" >order
        if LC_ALL=C sort -c order 2>/dev/null; then pass; else fail "$input, engine $engine: --sort"; fi
    done
    same tree.sorted vertex.sorted "engines on $input"
    same tree.sorted auto.sorted "engines on $input"
    same tree.bits vertex.bits "engines on $input, packed"
    same tree.bits auto.bits "engines on $input, packed"
    into text.sorted --no-witness --sort -q "$input.json"
    if [ "$(wc -l <text.sorted)" -eq "$count" ]; then pass; else fail "$input: lines of text"; fi
    case $input in
        net|biased) ;;
        *) sed 's/.*"pattern":"\([-+0]*\)".*/\1/' tree.sorted >patterns
           same patterns text.sorted "text and JSON of $input" ;;
    esac
done
into pair.tree --json --no-witness --sort --engine tree biased.json other.json
into pair.vertex --json --no-witness --sort --engine vertex biased.json other.json
same pair.tree pair.vertex 'engines on a pair of networks'

# Every witness lies in its cell: the pattern and the gradient that eval computes there.
into net.lines --json net.json
while read -r line; do
    pattern=$(expr "$line" : '.*"pattern":\["\([01]*\)"\]')
    gradient=$(expr "$line" : '.*"gradient":\(\[\[[^]]*\]\]\)')
    point=$(expr "$line" : '.*"witness":\(\[[^]]*\]\)')
    run eval --json net.json "$point"
    if grep -qF "\"$pattern\"" "$folder/out" && grep -qF "$gradient" "$folder/out"; then pass; else
        fail "witness $line"
        show "eval --json net.json $point"
    fi
done <net.lines

# The same bytes for every number of threads, on standard output and in a file.
for input in central affine lines biased; do
    for options in --json '--format text' '--format bits' '--json --no-witness'; do
        # shellcheck disable=SC2086
        into one $options --threads 1 "$input.json"
        for threads in 2 3 7; do
            # shellcheck disable=SC2086
            into many $options --threads "$threads" "$input.json"
            same one many "$input $options --threads $threads"
        done
        # shellcheck disable=SC2086
        into nothing $options -o written "$input.json"
        same one written "$input $options -o"
    done
done

# A limit: exactly so many cells, the first ones; a file is not written then.
for threads in 1 3; do
    for limit in 1 2 7 100; do
        into all --json central.json
        stops 3 'stopped: cell limit' cells --json --threads "$threads" --max-cells "$limit" central.json
        head -n "$limit" all >first
        same first "$folder/out" "--max-cells $limit"
    done
done
rm -f written
stops 3 'stopped: cell limit' cells --json --max-cells 7 -o written central.json
if [ -e written ] || [ -n "$(ls -A | grep 'written')" ]; then fail 'a limit leaves no file'; else pass; fi
echo old >written
stops 3 'stopped: cell limit' cells --json --max-cells 7 -o written central.json
if [ "$(cat written)" = old ]; then pass; else fail 'a limit leaves the old file'; fi

# The reading script.
python=$(command -v python3)
script=$RELUCERT_SRCDIR/docs/read-cells.py
if [ -n "$python" ]; then
    for input in $inputs; do
        into cells.bits --format bits "$input.json"
        into cells.lines --json "$input.json"
        into hyperplanes --hyperplanes "$input.json"
        if "$python" "$script" cells.bits cells.lines hyperplanes >"$folder/script" 2>&1 &&
            grep -q 'the same in both' "$folder/script"; then pass; else
            fail "read-cells.py on $input: $(cat "$folder/script")"
        fi
    done
    into cells.bits --format bits central.json
    into cells.lines --json central.json
    into hyperplanes --hyperplanes central.json
    size=$(wc -c <cells.bits)
    for length in 0 10 63 64 80 $((size - 16)) $((size - 2)) $((size - 1)); do
        head -c "$length" cells.bits >cut.bits
        if "$python" "$script" cut.bits cells.lines hyperplanes >/dev/null 2>&1; then
            fail "read-cells.py takes the first $length of $size bytes"
        else pass; fi
    done
    head -n 20 cells.lines >cut.lines
    if "$python" "$script" cells.bits cut.lines hyperplanes >/dev/null 2>&1; then
        fail 'read-cells.py: fewer lines'
    else pass; fi
else
    skip 'no python3: docs/read-cells.py'
fi

# Checkpoints. Killed at random moments, a run goes on where it was: finished units stay as they are, and in the end
# every cell is there once and the folder is gone.
arrangement 26 5 "$((RELUCERT_SEED + 4))" 0 >large.json
options='--json --checkpoint kept -o result large.json'
start=$(date +%s%N)
into all --json large.json
time=$(($(date +%s%N) - start))
moments=$(awk -v seed="$RELUCERT_SEED" -v time="$time" 'BEGIN {
    srand(seed); for (i = 0; i < 6; i++) printf "%.3f ", rand() * time / 1.5e9 }')
lost=
for moment in $moments; do
    : >stamp
    ls kept 2>/dev/null | grep '^unit-[0-9]*-[0-9]*$' >there
    # shellcheck disable=SC2086
    ${RELUCERT_WRAP:-} "$RELUCERT" cells --threads 2 $options >/dev/null 2>&1 &
    job=$!
    sleep "$moment"
    kill -KILL "$job" 2>/dev/null
    wait "$job" 2>/dev/null
    [ -d kept ] || continue
    [ -e result ] && break
    for file in $(cat there); do
        [ -e "kept/$file" ] && [ ! "kept/$file" -nt stamp ] || lost="$lost $file"
    done
done
if [ -z "$lost" ]; then pass; else fail "killed at $moments seconds: $(echo "$lost" | wc -w) units computed again, such as$(echo "$lost" | cut -c1-60)"; fi
# shellcheck disable=SC2086
into nothing $options
same all result "killed at $moments seconds and resumed"
if [ -e kept ] || [ -e result.part ]; then fail 'the checkpoint is removed'; else pass; fi

# Interrupted for certain, with units kept; another number of threads and another output go on from there.
stops 3 'stopped: cell limit' cells --json --threads 2 --max-cells 5000 --checkpoint kept -o result large.json
if [ "$(ls kept | grep -c '^unit-')" -ge 1 ]; then pass; else fail 'units are kept'; fi
cp -R kept copy
unit=$(ls kept | grep '^unit-' | head -n 1)

# Another input or other options are refused, and leave the folder as it is.
bad 'belongs to another run' cells --json --checkpoint kept central.json
bad 'format json' cells --checkpoint kept large.json
bad 'witness yes' cells --json --no-witness --checkpoint kept large.json
bad 'engine auto' cells --json --engine vertex --checkpoint kept large.json
mkdir full
echo mine >full/file
bad 'not empty' cells --json --checkpoint full large.json
bad 'Not a directory' cells --json --checkpoint large.json large.json
bad 'No such file' cells --json --checkpoint absent/kept large.json
if diff -r kept copy >/dev/null; then pass; else fail 'a refused run changes the folder'; fi

# A unit whose file was damaged counts as not done.
printf 'x' | dd of="kept/$unit" bs=1 seek=70 conv=notrunc 2>/dev/null
head -c 100 "copy/$unit" >"copy/$unit.cut" && mv "copy/$unit.cut" "copy/$unit"
into resumed --json --threads 3 --checkpoint kept large.json
same all resumed 'resumed on standard output, one unit damaged'
into resumed --json --threads 1 --checkpoint copy large.json
same all resumed 'resumed on standard output, one unit cut'

# Bad options.
bad '--format xml' cells --format xml net.json
bad '--engine fast' cells --engine fast net.json
bad 'exclude each other' cells --json --format text net.json
bad 'exclude each other' cells --count --hyperplanes net.json
bad 'exclude each other' cells --count --certificate new.json net.json
bad 'prints no cells' cells --count -o new net.json
bad 'prints no cells' cells --hyperplanes --format bits net.json
bad 'prints no cells' cells --count --checkpoint new net.json
bad 'prints no cells' cells --certificate new.json --sort net.json
bad '--certificate takes' cells --certificate new.json --no-witness net.json
bad 'No such file' cells --certificate absent/new.json net.json
bad '--engine tree needs' cells --engine tree --checkpoint new net.json
bad 'No such file' cells -o absent/new net.json
bad 'Is a directory' cells -o . net.json
bad 'needs a value' cells net.json --checkpoint
bad '--threads 0' cells --threads 0 net.json
list='"hyperplanes":[["0","1"],["1","0"],["1","1"]],"forms":[[1,1],[0,1],[2,1],[1,-1],[-1,0]]'
is "{\"dimension\":2,\"affine\":false,$list}" cells --hyperplanes net.json
if command -v xxd >/dev/null 2>&1; then
    run cells --format bits affine.json
    if [ "$(head -c 16 "$folder/out" | xxd -p)" = 524c4354424954530100000000000000 ]; then pass; else
        fail 'header of packed cells'
    fi
fi

# A certificate of the listing; the same one for any number of threads.
mkdir certificates many-certificates
for input in central affine rays apart net biased; do
    run cells --count --json "$input.json"
    count=$(sed 's/.*"cells":"\([0-9]*\)".*/\1/' "$folder/out")
    is "$count cells, certificate certificates/$input.json" cells --certificate "certificates/$input.json" "$input.json"
    run cells --json --threads 3 --certificate "many-certificates/$input.json" "$input.json"
    for suffix in json cells; do
        same "certificates/$input.$suffix" "many-certificates/$input.$suffix" "the certificate by 3 threads"
    done
    run_check "certificates/$input.json"
    if [ "$status" -eq 0 ] && grep -q '^accepted' "$folder/out"; then pass; else
        fail "relucert-check on the listing of $input"
        show "cells --certificate $input.json"
    fi
done
stops 3 'stopped: cell limit' cells --max-cells 10 --certificate certificates/new.json central.json
if [ -z "$(ls certificates | grep new)" ]; then pass; else fail 'a limit leaves no certificate'; fi

# Processes, where this build and this machine have them.
mpirun=$(command -v mpirun)
as_root=
[ "$(id -u)" -ne 0 ] || as_root=--allow-run-as-root
# shellcheck disable=SC2086
launch() {
    number=$1
    shift
    ${limit:-} "$mpirun" -q $as_root --oversubscribe -n "$number" "$RELUCERT" "$@" >"$folder/out" 2>"$folder/err"
    status=$?
}
limit=
if command -v timeout >/dev/null 2>&1; then limit='timeout 300'; fi
if [ -z "$mpirun" ]; then
    skip 'no mpirun: processes'
elif ! launch 2 cells --json net.json || [ "$status" -ne 0 ]; then
    if grep -q 'built without MPI' "$folder/err"; then
        if [ "$status" -eq 2 ] && [ "$(wc -l <"$folder/err")" -eq 1 ] && [ ! -s "$folder/out" ]; then pass; else
            fail 'without MPI: one line'
            show 'cells --json net.json'
        fi
        skip 'built without MPI (./configure --with-mpi): processes'
    else
        fail 'mpirun -n 2 relucert cells'
        show 'cells --json net.json'
    fi
else
    for input in central affine lines none biased; do
        for option in json text bits; do
            into one --format "$option" --threads 1 "$input.json"
            for number in 2 4; do
                launch "$number" cells --format "$option" "$input.json"
                same one "$folder/out" "$input, --format $option, $number processes"
            done
        done
        launch 3 cells --sort --format bits -o written "$input.json"
        into one --sort --format bits "$input.json"
        same one written "$input, --sort -o, 3 processes"
    done
    launch 3 cells --json --engine tree net.json
    into one --json --engine tree net.json
    same one "$folder/out" 'the tree engine in process 0'
    launch 3 cells --count --json net.json
    if [ "$(cat "$folder/out")" = '{"dimension":2,"hyperplanes":3,"rank":2,"cells":"6"}' ]; then pass; else
        fail '--count in process 0'
    fi
    launch 3 equal net.json net.json
    if [ "$(cat "$folder/out")" = 'equal: R(X) = R(Y)' ]; then pass; else fail 'another command in process 0'; fi
    launch 3 cells --help
    if [ "$(grep -c '^Usage' "$folder/out")" -eq 1 ]; then pass; else fail '--help in process 0'; fi
    # One message and the right status, whatever happens.
    for wrong in 'absent.json' '--format xml net.json' '-o absent/new net.json' '--checkpoint full net.json' '-'; do
        # shellcheck disable=SC2086
        launch 3 cells $wrong
        lines=$(grep -c '^relucert: ' "$folder/err")
        if [ "$status" -eq 2 ] && [ ! -s "$folder/out" ] && [ "$lines" -eq 1 ]; then pass; else
            fail "3 processes: $wrong"
            show "cells $wrong"
        fi
    done
    into all --json central.json
    head -n 100 all >first
    launch 4 cells --json --max-cells 100 central.json
    same first "$folder/out" '--max-cells in 4 processes'
    if [ "$status" -eq 3 ] && [ "$(grep -c 'stopped: cell limit' "$folder/err")" -eq 1 ]; then pass; else
        fail 'a limit in 4 processes'
        show 'cells --max-cells 100'
    fi
    # A run of threads goes on as one of processes, and the other way round.
    into all --json large.json
    stops 3 'stopped' cells --json --max-cells 5000 --checkpoint kept large.json
    launch 3 cells --json --checkpoint kept large.json
    same all "$folder/out" 'threads, then processes'
    launch 3 cells --json --max-cells 5000 --checkpoint kept large.json
    if [ "$(ls kept | grep -c '^unit-')" -ge 1 ]; then pass; else fail 'units kept by processes'; fi
    into resumed --json --threads 2 --checkpoint kept large.json
    same all resumed 'processes, then threads'
fi

finish
