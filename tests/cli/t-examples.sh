#!/bin/sh
# The examples of --help are true: "$ cat FILE" lines give files, "$ relucert ..." lines are run, the lines after them
# expected.
. "$(dirname "$0")/common.sh"
begin t-examples

for command in cells norm eval equal conditions phi distance embed search stability; do
    rm -f ./*
    run "$command" --help
    awk -v folder="$folder" '
        /^Example/ { on = 1; next }
        /^Shared options/ { on = 0 }
        !on { next }
        /^  \$ cat / { file = $3; next }
        /^  \$ relucert / {
            n++
            file = folder "/wanted" n
            sub(/^  \$ relucert /, "")
            print > (folder "/command" n)
            printf "" > file
            next
        }
        /^  / { sub(/^  /, ""); print > file }
    ' "$folder/out"
    n=1
    while [ -e "$folder/command$n" ]; do
        # shellcheck disable=SC2046 # the words of the example
        run $(cat "$folder/command$n")
        if [ "$status" -eq 0 ] && cmp -s "$folder/out" "$folder/wanted$n"; then pass; else
            fail "the example of relucert $command --help"
            show "$(cat "$folder/command$n")"
        fi
        rm "$folder/command$n" "$folder/wanted$n"
        n=$((n + 1))
    done
    if [ "$n" -gt 1 ]; then pass; else fail "relucert $command --help has an example"; fi
done
finish
