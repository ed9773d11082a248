#!/bin/sh
# Help, versions, options, wrong usage.
. "$(dirname "$0")/common.sh"
begin t-usage
echo '{"A": [[1, 0], [0, 1]], "C": [2, -3]}' >net.json

commands='certify show cells arrangement norm eval equal conditions phi distance embed search stability'
run --help
for command in $commands; do
    if grep -q "^  $command  *[a-z|A-Z]" "$folder/out"; then pass; else fail "relucert --help lists $command"; fi
done
for command in $commands; do
    has "Usage: relucert $command" "$command" --help
    has 'relucert 0.1.0' "$command" --version
    page=$RELUCERT_SRCDIR/docs/man/relucert-$command.1
    if [ -s "$page" ] && grep -q "relucert $command" "$page"; then pass; else fail "manual page relucert-$command.1"; fi
    run "$command" --help
    missing=
    for option in $(grep -oE -e '^ *--[a-z-]+|-[a-z], --[a-z-]+' "$folder/out" | grep -oE -e '--[a-z-]+' | sort -u); do
        case $option in --json|--quiet|--set|--time-limit|--max-cells|--threads|--help|--version) continue ;; esac
        grep -qF -e "$(printf '%s' "$option" | sed 's/-/\\-/g')" "$page" || missing="$missing $option"
    done
    if [ -z "$missing" ]; then pass; else fail "options missing in relucert-$command.1:$missing"; fi
done
has 'FLINT' --version
has 'GMP' --version
has 'Usage: relucert cells' help cells
has 'Commands:' help
has 'relucert 0.1.0' -V

bad 'no command frobnicate' frobnicate
bad 'no command --frobnicate' --frobnicate
bad 'no command nothing' help nothing
run
if [ "$status" -eq 2 ] && [ ! -s "$folder/out" ]; then pass; else fail 'no command: status 2'; fi
bad 'argument is missing' norm
bad 'another argument is missing' equal net.json
bad 'one argument too many' norm net.json net.json net.json
bad 'no option --bogus' norm --bogus net.json
bad 'no option -x' norm -x net.json
bad 'no option -qq' norm -qq net.json
bad 'takes no value' norm --json=1 net.json
bad 'needs a value' norm net.json --box
bad '--threads 0' norm --threads 0 net.json
bad '--threads two' norm --threads=two net.json
bad '--threads' norm --threads 99999999999999999999 net.json
bad '--time-limit -1' norm --time-limit -1 net.json
bad '--time-limit 1e3' norm --time-limit 1e3 net.json
bad '--time-limit' norm --time-limit '' net.json
bad '--max-cells 0' norm --max-cells 0 net.json
bad '--box' norm --box 0 net.json
bad '--box' norm --box -1/2 net.json
bad '--box' norm --box 'sqrt(2)' net.json
bad '--box' norm --box 1/0 net.json
bad '--beta' conditions --beta -1 net.json net.json
bad '--beta' phi --theorem 3.1 --beta x net.json net.json
bad '--theorem 3.2' phi --theorem 3.2 net.json net.json
bad '--matching best' phi --matching best net.json net.json
bad 'entries' eval net.json 1
bad 'entry 2' eval net.json 1,
bad 'entry 1' eval net.json 'k,1'
bad 'the point' eval net.json '[1, 2'
bad 'the point' eval net.json '[1, "sqrt(2)"]'
bad 'the point' eval net.json '["1/0", 2]'

# Options may follow arguments, take = or a separate value; -- ends them; - is standard input.
is '{"equal":true}' equal net.json --json net.json
has '"sup_norm":"3"' norm --json --box=1 net.json
has '"sup_norm":"3"' norm net.json --box 1 --json -q --threads 4 --time-limit 600.5 --max-cells 1000000
cp net.json ./--json
is 'equal: R(X) = R(Y)' equal -- --json net.json
run equal --json - net.json <net.json
if [ "$status" -eq 0 ] && [ "$(cat "$folder/out")" = '{"equal":true}' ]; then pass; else fail 'standard input as -'; fi

finish
