#!/bin/sh
# What the query commands answer, against values derived by hand from the paper.
. "$(dirname "$0")/common.sh"
begin t-queries

# equal: rho(z) - rho(-z) = z.
echo '{"A": [[1, 0], [-1, 0]], "C": [1, -1]}' >x.json
echo '{"A": [[1, 1], [-1, -1], [0, -1], [0, 1]], "C": [1, -1, 1, -1]}' >y.json
echo '{"A": [[1, 0], [0, 1]], "C": [2, -3]}' >net.json
echo '{"layers": [{"A": [[1, 0], [0, 0]], "b": [0, 1]}, {"A": [[2, 1]], "b": [-1]}]}' >biased.json
echo '{"A": [["sqrt(2)", 0]], "C": ["sqrt(2)"]}' >root.json
is '{"equal":true}' equal --json x.json y.json
is '{"equal":false}' equal --json x.json net.json
is '{"equal":true}' equal --json biased.json root.json
is 'equal: R(X) = R(Y)' equal x.json y.json
has 'u = (0, 1), gamma = (3)' equal x.json net.json

# eval.
is '{"value":["1/2"],"pattern":"11","gradient":[["2","-3"]],"on_hyperplane":false}' eval --json net.json 1,1/2
is '{"value":["1/2"],"pattern":"11","gradient":[["2","-3"]],"on_hyperplane":false}' eval --json net.json '[1, "1/2"]'
is '{"value":["0"],"pattern":"00","gradient":[["0","0"]],"on_hyperplane":false}' eval --json net.json -1,-2
is '{"value":["2"],"pattern":"10","gradient":[["2","0"]],"on_hyperplane":true}' eval --json net.json 1,0
is '{"value":["2"],"pattern":"11","gradient":[["2","0"]],"on_hyperplane":false}' eval --json biased.json '[1, 0.5]'
is '{"value":["-3/10"],"pattern":"01","gradient":[["0","-3"]],"on_hyperplane":false}' eval --json net.json -1,0.1
is '{"value":["-10808639105689191/36028797018963968"],"pattern":"01","gradient":[["0","-3"]],"on_hyperplane":false}' \
    eval --json net.json '[-1, 0.1]'
echo '{"layers": [{"A": [[1], [-1]], "b": [0, 0]}, {"A": [[1, 1]], "b": [-1]}, {"A": [[3]], "b": ["1/2"]}]}' >deep.json
is '{"value":["7/2"],"pattern":"011","gradient":[["-3"]],"on_hyperplane":false}' eval --json deep.json -2
has 'lies on a hyperplane' eval net.json 1,0

# equal, deep: 1 - |x| and its kinks at -1, 0, 1.
echo '{"layers": [{"A": [[1], [-1]], "b": [0, 0]}, {"A": [[-1, -1]], "b": [1]}, {"A": [[1]], "b": [0]}]}' >pyramid.json
echo '{"layers": [{"A": [[1], [1], [1]], "b": [1, 0, -1]}, {"A": [[1, -2, 1]], "b": [0]}]}' >hat.json
echo '{"layers": [{"A": [[1], [1]], "b": [1, 0]}, {"A": [[1, -2]], "b": [0]}]}' >tent.json
is '{"equal":true}' equal --json pyramid.json hat.json
is '{"equal":true}' equal --json hat.json pyramid.json
is 'equal: R(X) = R(Y), the same affine function on each of 4 cells' equal pyramid.json hat.json
is '{"equal":false}' equal --json pyramid.json tent.json
has 'different: at x = (' equal pyramid.json tent.json
run equal --max-cells 2 pyramid.json hat.json
if [ "$status" -eq 3 ]; then pass; else fail 'expected status 3 after --max-cells 2'; fi

# Example 2.1 with k = 3: semi-norm k^2, sup norm 1/k, dist(0, g_k) = k.
echo '{"A": [[3, 0], [3, "-1/9"]], "C": [3, -3]}' >g21.json
echo '{"A": [[0, 0], [0, 0]], "C": [0, 0]}' >zero.json
has '{"semi_norm":"9","witness":[' norm --json g21.json
has '"sup_norm":"1/3"}' norm --json --box 1 g21.json
has '{"semi_norm":"9","witness":[' norm --json g21.json zero.json
has '{"semi_norm":"0","witness":[' norm --json g21.json g21.json
has '"lower":"3","upper":"3","exact":true,"flip_sets":[[]],"essential_hyperplanes":[["1","0"],["27","-1"]],' \
    distance --json zero.json g21.json

# Example 2.2 with k = 3: r = 1 is attained, r = 1/2 is not: no a <= 1/2 has 1/(3a) <= 1/2, and the best is
# a = c = 1/sqrt(3).
echo '{"A": [[1, 0]], "C": [0]}' >gamma22.json
echo '{"A": [["1/2", 0]], "C": [0]}' >half22.json
echo '{"A": [[0, 1]], "C": ["1/3"]}' >g22.json
has '{"semi_norm":"1/3",' norm --json gamma22.json g22.json
is '{"realizable":true,"lower":"1","upper":"1","exact":true,"flip_sets":[[]],"essential_hyperplanes":[["0","1"]],"strategy":"assignment","phi":{"A":[["0","1"]],"C":[["1/3"]]}}' \
    distance --json gamma22.json g22.json
is '{"realizable":true,"lower":"sqrt(3)/3","upper":"sqrt(3)/3","exact":true,"flip_sets":[[]],"essential_hyperplanes":[["0","1"]],"strategy":"assignment","phi":{"A":[["0","sqrt(3)/3"]],"C":[["sqrt(3)/3"]]}}' \
    distance --json half22.json g22.json
has '"semi_norm":"1/3","beta_min":"1","conditions":{"C.1":null,"C.2":{"holds":true,"neurons":[]}' \
    conditions --json gamma22.json g22.json
has '"C.1":{"holds":false,"neurons":[{"network":"gamma","neuron":1,"with":null}]}' \
    conditions --json --beta 1/2 gamma22.json g22.json
has '"C.1":{"holds":true,"neurons":[]}' conditions --json --beta 1 gamma22.json g22.json
has '"N'\''":{"holds":false,"neurons":[{"network":"gamma","neuron":1,"with":null},{"network":"theta","neuron":1,"with":null}]}' \
    conditions --json gamma22.json g22.json

# Example 2.3 with k = 3: r = 1/k, dist = 1.
echo '{"A": [[1, 0], [1, 0]], "C": [1, 1]}' >gamma23.json
echo '{"A": [[1, 0], [0, 1]], "C": [2, "1/3"]}' >g23.json
has '{"semi_norm":"1/3",' norm --json gamma23.json g23.json
has '{"realizable":true,"lower":"1","upper":"1","exact":true,"flip_sets":[[]],"essential_hyperplanes":[["0","1"],["1","0"]],"strategy":"assignment","phi":{' \
    distance --json gamma23.json g23.json
has '"C.2":{"holds":false,"neurons":[{"network":"gamma","neuron":1,"with":2}]}' conditions --json gamma23.json
has '"semi_norm":null,"beta_min":null,"conditions":{"C.1":null,' conditions --json gamma23.json
has '"C.3b":null' conditions --json gamma23.json

# Example 2.5 with k = 1: r = 3, one flip set, dist = sqrt(2).
echo '{"A": [[-1, -1, -1], [1, -1, -1], [0, "sqrt(2)", "-1/sqrt(2)"]], "C": [1, 1, "sqrt(2)"]}' >gamma25.json
echo '{"A": [[1, 1, 1], [-1, 1, 1], [0, "-sqrt(2)", "1/sqrt(2)"]], "C": [1, 1, "sqrt(2)"]}' >theta25.json
has '{"semi_norm":"3",' norm --json gamma25.json theta25.json
has '{"realizable":true,"lower":"sqrt(2)","upper":"sqrt(2)","exact":true,"flip_sets":[[1,2]],"essential_hyperplanes":[["0","2","-1"],["1","-1","-1"],["1","1","1"]],' \
    distance --json gamma25.json theta25.json
has '"C.3b":{"holds":false,"neurons":[{"network":"gamma","neuron":1,"with":1},{"network":"gamma","neuron":2,"with":2},{"network":"gamma","neuron":3,"with":3}]}' \
    conditions --json gamma25.json theta25.json
has 'dist(Gamma, g) = sqrt(2)' distance gamma25.json theta25.json
has '1.4142135' distance gamma25.json theta25.json
# The nearest Phi has scales that are sums of two roots.
has '    hyperplane 1, turned, lambda = -1+sqrt(2) in [0.41421356237, 0.41421356238]; tight: a_3, c_1' \
    distance gamma25.json theta25.json
has '"phi":{"A":[["0","2-2*sqrt(2)","-1+sqrt(2)"],' distance --json gamma25.json theta25.json
has 'none is nearer: no neuron comes nearer to hyperplane 1' distance gamma25.json theta25.json

# Not realizable: two hyperplanes, one neuron; rho(x) - rho(-x) + rho(y) has a linear part that no flip set of one
# neuron gives.
echo '{"A": [[1, 0]], "C": [1]}' >one.json
echo '{"A": [[1, 0], [-1, 0], [0, 1]], "C": [1, -1, 1]}' >linear.json
is '{"realizable":false,"lower":null,"upper":null,"exact":false,"flip_sets":null,"essential_hyperplanes":[["0","1"],["1","0"]],"strategy":null,"phi":null}' \
    distance --json one.json g23.json
is '{"realizable":false,"lower":null,"upper":null,"exact":false,"flip_sets":[],"essential_hyperplanes":[["0","1"]],"strategy":null,"phi":null}' \
    distance --json one.json linear.json

# Example 2.4 in R^4 with k = 1: four neurons share the one hyperplane, two pairs turn.
has '"lower":"1/2","upper":"1/2","exact":true,"flip_sets":null,"essential_hyperplanes":[["1","1","1","1"]],"strategy":"gathered"' \
    distance --json --set k=1 "$RELUCERT_SRCDIR/cases/example-2.4-d4.json#Gamma" "$RELUCERT_SRCDIR/cases/example-2.4-d4.json#g"
has 'a nearest Phi: Gamma with all neurons nearby moved to the hyperplanes' \
    distance --set k=1 "$RELUCERT_SRCDIR/cases/example-2.4-d4.json#Gamma" "$RELUCERT_SRCDIR/cases/example-2.4-d4.json#g"

# The constant 2 sqrt(2) of docs/best-constant.md: r = 2, 12 cells, every permutation at distance 4.
cat >sharp-gamma.json <<'END'
{"A": [[2, "1/5", "1/5"], ["-sqrt(2)", "sqrt(2)/100", "sqrt(2)/100"], ["sqrt(2)", "sqrt(2)/90", "sqrt(2)/90"]],
 "C": [2, "-sqrt(2)", "-sqrt(2)"]}
END
cat >sharp-theta.json <<'END'
{"A": [[-2, "3/10", "3/10"], [-2, "1/4", "1/4"], [-2, "1/5", "1/5"]], "C": [-2, 2, -2]}
END
is '{"dimension":3,"hyperplanes":6,"rank":2,"cells":"12"}' cells --json --count sharp-gamma.json sharp-theta.json
has '{"semi_norm":"2",' norm --json sharp-gamma.json sharp-theta.json
has '"semi_norm":"2","semi_norm_at_least":"2","distance":"4","bound":"4*sqrt(2)","holds":true' \
    phi --json sharp-gamma.json sharp-theta.json
has '"distance":"4","bound":"4*sqrt(2)","holds":true' phi --json --matching proof sharp-gamma.json sharp-theta.json

# The nearest permutation and the proof's: 1 and 9.
echo '{"A": [[10, 9], [1, 1]], "C": [10, 1]}' >near-gamma.json
echo '{"A": [[10, 10], [1, "9/10"]], "C": [10, 1]}' >near-theta.json
has '"distance":"1",' phi --json near-gamma.json near-theta.json
has '"cases":["Theta 1","Theta 2"]' phi --json near-gamma.json near-theta.json
has '"distance":"9",' phi --json --matching proof near-gamma.json near-theta.json
has '"holds":true' phi --json --matching proof near-gamma.json near-theta.json
has '"holds":true' phi --json --exact-norm near-gamma.json near-theta.json
has '"holds":true' phi --json --theorem 3.1 near-gamma.json near-theta.json
has '"phi":null' phi --json gamma23.json g23.json
has '"cases":"Gamma is not in N*: ' phi --json gamma23.json g23.json
has '"cases":"C.1 fails: neuron 1 of Gamma"' phi --json --theorem 3.1 --beta 1/2 gamma22.json g22.json
has '"bound":"1+2*sqrt(3)/3","holds":true,"cases":["I1"]' phi --json --theorem 3.1 gamma22.json g22.json

# Too many hyperplanes for r itself: a witness bounds it from below, and that is enough.
for shift in 0 1; do
    awk -v shift=$shift 'BEGIN {
        for (i = 1; i <= 80; i++) {
            a = (i % 7) "," (i % 5) "," (i % 3) "," (1 + i % 11) "," (i + shift);
            top = i + shift; if (i % 7 > top) top = i % 7; if (1 + i % 11 > top) top = 1 + i % 11;
            A = A (i > 1 ? "," : "") "[" a "]"; C = C (i > 1 ? "," : "") top;
        }
        print "{\"A\": [" A "], \"C\": [" C "]}";
    }' >"many$shift.json"
done
has '"semi_norm":null,' phi --json many0.json many1.json
has '"holds":true' phi --json many0.json many1.json
has '4 r'\''^(1/2)' phi many0.json many1.json

# cells: lines through 0 in the plane, braid arrangement of 4 coordinates (4!), threshold normals of 3 variables (104),
# points on the line.
echo '{"A": [[1, 0], [0, 1], [1, 1], [-2, 0]], "C": [1, 1, 1, 1]}' >lines.json
is '{"dimension":2,"hyperplanes":3,"rank":2,"cells":"6"}' cells --json --count lines.json
run cells --json lines.json
if [ "$(wc -l <"$folder/out")" -eq 6 ] && grep -qF '{"pattern":["1010"],"gradient":[["2","1"]]' "$folder/out" &&
    grep -qF '{"pattern":["0001"],"gradient":[["-2","0"]]' "$folder/out"; then pass; else
    fail 'six cells with their gradients'
    show 'cells --json lines.json'
fi
echo '{"normals": [[1,-1,0,0],[1,0,-1,0],[1,0,0,-1],[0,1,-1,0],[0,1,0,-1],[0,0,1,-1]]}' >braid.json
is '{"dimension":4,"hyperplanes":6,"rank":3,"cells":"24"}' cells --json --count braid.json
is '{"dimension":4,"hyperplanes":6,"rank":3,"cells":"24","characteristic":["0","-6","11","-6","1"]}' cells --json --polynomial braid.json
run cells --json braid.json
if [ "$(sort -u "$folder/out" | wc -l)" -eq 24 ]; then pass; else fail '24 distinct cells'; fi
echo '{"normals": [[1,0,0,0],[1,1,0,0],[1,0,1,0],[1,1,1,0],[1,0,0,1],[1,1,0,1],[1,0,1,1],[1,1,1,1]]}' >threshold.json
has '"cells":"104"}' cells --json --count threshold.json
echo '{"normals": [[1], [1], [0]], "offsets": [0, -1, -2]}' >points.json
is '{"dimension":1,"hyperplanes":2,"rank":1,"cells":"3"}' cells --json --count points.json
run cells --json points.json
if [ "$(cut -d, -f1 "$folder/out" | sort | tr -d '\n')" = '{"pattern":"++-"{"pattern":"+--"{"pattern":"---"' ]; then pass; else
    fail 'three cells, a constant form'
    show 'cells --json points.json'
fi
echo '{"A": [[0, 0]], "C": [1]}' >dead.json
is '{"pattern":["0"],"gradient":[["0","0"]],"witness":["0","0"]}' cells --json dead.json
is '{"dimension":2,"hyperplanes":4,"rank":2,"cells":"8"}' cells --json --count lines.json near-gamma.json
has '6 cells' cells lines.json

# embed: Gamma in N*, R(Gamma)(x, 1, -1) = R(Theta)(x).
echo '{"layers": [{"A": [[1], [2], [0], [1]], "b": [1, 2, -1, 1]}, {"A": [[1, 0, 1, 3]], "b": ["1/2"]}]}' >theta.json
run embed --json theta.json
cp "$folder/out" embedded.json
has '"N*":{"holds":true,' conditions --json embedded.json
for point in -2 -1/2 0 3; do
    run eval --json theta.json "$point"
    value=$(sed 's/,"pattern.*//' "$folder/out")
    has "$value" eval --json embedded.json "$point,1,-1"
done
run embed --json net.json
cp "$folder/out" embedded.json
has '{"value":["1/2"]' eval --json embedded.json 1,1/2,1,-1

finish
