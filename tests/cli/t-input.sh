#!/bin/sh
# Bad input: one line on standard error naming file and place, status 2, nothing else.
. "$(dirname "$0")/common.sh"
begin t-input
echo '{"A": [[1, 0], [0, 1]], "C": [2, -3]}' >net.json

# network TEXT CONTENT: a file with this content is refused with TEXT and its name.
network() {
    printf '%s\n' "$2" >bad.json
    bad "$1" norm bad.json
    if grep -qF 'bad.json' "$folder/err"; then pass; else
        fail "the file's name in: $(cat "$folder/err")"
    fi
}

bad 'missing.json' norm missing.json
bad '/' norm /
: >empty.json
bad 'empty.json' norm empty.json
network 'bad.json' 'hello'
network 'bad.json' '{"A": [[1, 0], [0, 1]], "C": [2, -3]'
network 'bad.json' '{"A": [[1, 0], [0, 1]], "C": [2, -3]} x'
network 'bad.json' '{"A": [[1, 0], [0, 1]], "C": [2, -3]}{}'
network 'bad.json' '[]'
network 'bad.json' '{}'
network 'A' '{"C": [1]}'
network 'C' '{"A": [[1]]}'
network '"B"' '{"A": [[1]], "C": [1], "B": 1}'
network 'A' '{"A": [[1]], "A": [[1]], "C": [1]}'
network 'A' '{"A": 3, "C": [1]}'
network 'A' '{"A": [], "C": []}'
network 'A' '{"A": [[]], "C": [1]}'
network 'A' '{"A": [1, 2], "C": [1, 2]}'
network 'row 2' '{"A": [[1, 0], [1]], "C": [1, 1]}'
network 'C' '{"A": [[1, 0], [0, 1]], "C": [1, 1, 1]}'
network 'C' '{"A": [[1, 0], [0, 1]], "C": [[1, 1], [1]]}'
network 'C' '{"A": [[1, 0], [0, 1]], "C": [[1], [1]]}'
network 'C' '{"A": [[1, 0], [0, 1]], "C": {}}'
network 'row 1, entry 2' '{"A": [[1, null], [0, 1]], "C": [1, 1]}'
network 'row 2, entry 1' '{"A": [[1, 0], [true, 1]], "C": [1, 1]}'
network 'row 1, entry 1' '{"A": [["1/0", 0], [0, 1]], "C": [1, 1]}'
network 'division by zero' '{"A": [["1/(2-2)", 0], [0, 1]], "C": [1, 1]}'
network 'sqrt' '{"A": [["sqrt(-1)", 0], [0, 1]], "C": [1, 1]}'
network 'row 1, entry 1' '{"A": [["k", 0], [0, 1]], "C": [1, 1]}'
network 'row 1, entry 1' '{"A": [["", 0], [0, 1]], "C": [1, 1]}'
network 'row 1, entry 1' '{"A": [["1 2", 0], [0, 1]], "C": [1, 1]}'
network 'row 1, entry 1' '{"A": [["NaN", 0], [0, 1]], "C": [1, 1]}'
network 'NUL' '{"A": [["1/3\u0000", 0], [0, 1]], "C": [1, 1]}'
network 'bad.json' '{"A": [[NaN, 0], [0, 1]], "C": [1, 1]}'
network 'bad.json' '{"A": [[Infinity, 0], [0, 1]], "C": [1, 1]}'
network 'bad.json' '{"A": [[1e999, 0], [0, 1]], "C": [1, 1]}'
network 'bad.json' '{"A": [[123456789012345678901234567890, 0], [0, 1]], "C": [1, 1]}'
network 'row 1, entry 1' '{"A": [["1e1000000000", 0], [0, 1]], "C": [1, 1]}'
network 'row 1, entry 1' '{"A": [["10^99999999999999999999", 0], [0, 1]], "C": [1, 1]}'
network 'row 1, entry 1' '{"A": [["2^2^2^2^2^2^2", 0], [0, 1]], "C": [1, 1]}'
network 'neuron 1' '{"A": [[1, 0], [0, 1]], "C": ["sqrt(2)", 1]}'
network 'neuron 2' '{"A": [[1, 0], [1, "sqrt(2)"]], "C": [1, 1]}'
network 'neuron 1' '{"A": [["1+sqrt(2)", 0], [0, 1]], "C": [1, 1]}'
network 'layer' '{"layers": []}'
network 'layer' '{"layers": [{"A": [[1]], "b": [0]}]}'
network 'layer' '{"layers": [{"A": [[1]], "b": [0, 0]}, {"A": [[1]], "b": [0]}]}'
network 'layer' '{"layers": [{"A": [[1]], "b": [0]}, {"A": [[1, 2]], "b": [0]}]}'
network 'layer' '{"layers": [{"A": [[1]]}, {"A": [[1]], "b": [0]}]}'
network 'bad.json' '{"layers": [], "A": [[1]]}'
network 'two layers' '{"layers": [{"A": [[1]], "b": [0]}, {"A": [[1]], "b": [0]}, {"A": [[1]], "b": [0]}]}'
network 'bad.json' '{"normals": [[1, 0]]}'

printf '{"A": [["\377", 0], [0, 1]], "C": [1, 1]}' >utf.json
bad 'utf.json' norm utf.json
printf '\357\273\277{"A": [[1]], "C": [1]}' >bom.json
bad 'bom.json' norm bom.json
head -c 3000 /dev/zero >zeros.json
bad 'zeros.json' norm zeros.json
# A number of ten million digits, ten million brackets, a thousand and one parentheses; a hundred thousand signs are no
# nesting.
{ printf '{"A": [["'; head -c 10000000 /dev/zero | tr '\0' 7; printf '", 0], [0, 1]], "C": [1, 1]}'; } >long.json
bad 'long.json' norm long.json
{ printf '{"A": [['; head -c 10000000 /dev/zero | tr '\0' 7; printf ', 0], [0, 1]], "C": [1, 1]}'; } >longint.json
bad 'longint.json' norm longint.json
head -c 10000000 /dev/zero | tr '\0' '[' >deep.json
bad 'deep.json' norm deep.json
{ printf '{"A": [["'; head -c 1001 /dev/zero | tr '\0' '('; printf 1; head -c 1001 /dev/zero | tr '\0' ')'; printf '"]], "C": [1]}'; } >paren.json
bad 'paren.json' norm paren.json
{ printf '{"A": [["'; head -c 100000 /dev/zero | tr '\0' '-'; printf '1"]], "C": [1]}'; } >minus.json
has '"semi_norm":"1"' norm --json minus.json

# Shapes and kinds that do not fit a command.
echo '{"A": [[1, 0, 0], [0, 1, 0]], "C": [2, -3]}' >wide.json
echo '{"A": [[1, 0]], "C": [2]}' >single.json
echo '{"A": [[1, 0], [0, 1]], "C": [[2, -3], [0, 1]]}' >vector.json
echo '{"A": [[1], [2]], "C": [1, 2]}' >line.json
echo '{"layers": [{"A": [[1, 0]], "b": [1]}, {"A": [[1]], "b": [0]}]}' >biased.json
echo '{"layers": [{"A": [[1]], "b": [0]}, {"A": [[1]], "b": [0]}, {"A": [[1]], "b": [0]}]}' >three.json
echo '{"normals": [[1, 0], [0, 1]]}' >arrangement.json
for command in equal norm cells distance conditions phi; do
    bad 'wide.json' "$command" net.json wide.json
    bad 'vector.json' "$command" net.json vector.json
done
bad 'single.json' conditions net.json single.json
bad 'single.json' phi net.json single.json
bad 'D = 1' phi --theorem 3.1 vector.json vector.json
bad 'd >= 2' phi line.json line.json
for command in distance phi conditions; do bad 'biased.json' "$command" net.json biased.json; done
for command in norm cells; do bad 'three.json' "$command" three.json three.json; done
bad 'three.json' equal net.json three.json
bad 'three.json' embed three.json
bad 'arrangement.json' cells net.json arrangement.json
bad 'arrangement' cells arrangement.json net.json
bad 'arrangement.json' norm arrangement.json
for content in '{"normals": []}' '{"normals": [[1, 0], [1]]}' '{"normals": [[1]], "offsets": [1, 2]}' '{"normals": [["sqrt(2)"]]}' \
    '{"normals": [[1]], "offset": [1]}' '{"normals": 1}'; do
    printf '%s\n' "$content" >bad.json
    bad 'bad.json' cells bad.json
done

# Networks of a case.
cat >case.json <<'END'
{"title": "t", "source": "s", "parameters": [{"name": "k", "integer-from": 1}],
 "networks": {"Gamma": {"A": [[1, 0]], "C": [0]}, "g": {"A": [[0, 1]], "C": ["1/k"]}, "alias": "g"},
 "claims": [{"id": "c", "claim": "semi-norm", "of": ["g", "Gamma"], "equals": "1/k", "at": {"k": [1, 3]}}]}
END
has '"semi_norm":"1/3"' norm --json --set k=3 case.json#g
is '{"equal":true}' equal --json --set k=3 case.json#g case.json#alias
bad 'nothing' norm --set k=3 case.json#nothing
bad 'case.json' norm case.json
bad 'k' norm case.json#g
bad 'k' norm --set k=0 case.json#g
bad 'k' norm --set k=1/2 case.json#g
bad 'j' norm --set j=1 --set k=1 case.json#g
bad 'k' norm --set k=1 --set k=2 case.json#g
bad 'k' norm --set k= case.json#g
bad '--set' norm --set k case.json#g
bad '--set' norm --set k=1 net.json
cp net.json 'odd#name.json'
has '"semi_norm":"3"' norm --json 'odd#name.json'

finish
