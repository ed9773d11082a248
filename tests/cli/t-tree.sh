#!/bin/sh
# Every source, header, test, page is in Makefile.am, so that it is built, run and shipped.
. "$(dirname "$0")/common.sh"
begin t-tree
cd "$RELUCERT_SRCDIR" || exit 1

sed 's/#.*//' Makefile.am | tr -s ' \\\n' '\n' | sort -u >"$folder/listed"
missing=
for file in include/relucert/*.h src/*/*.c src/*/*.h tests/*.h tests/check/*.h docs/*.md docs/man/*.1 tests/*/t-*.sh; do
    [ ! -e "$file" ] || grep -qxF -e "$file" "$folder/listed" || missing="$missing $file"
done
for file in tests/t-*.c tests/check/t-*.c; do
    [ ! -e "$file" ] || grep -qxF -e "${file%.c}" "$folder/listed" || missing="$missing $file"
done
if [ -z "$missing" ]; then pass; else fail "not in Makefile.am:$missing"; fi

missing=
for file in $(grep -E '^[a-z]+/[A-Za-z0-9/._-]+\.(c|h|md|1|sh)$' "$folder/listed"); do
    [ -e "$file" ] || missing="$missing $file"
done
if [ -z "$missing" ]; then pass; else fail "in Makefile.am, but not there:$missing"; fi

# The checker is a world of its own.
if grep -nE '#include "(relucert|number|network|arrangement|theory|certificate|cli)/|#include <(flint|jansson|mpfr|arb)' src/check/*.[ch]; then
    fail 'src/check includes nothing of the engine'
else
    pass
fi

# A checker that is to be believed is one that can be read: under 3,850 lines, comments and blank lines not counted. About
# 200 of them check listings (SHA-256, records, bases), without which large enumerations had no short certificate,
# 350 are for claims about all values of parameters, 140 compare networks of any depth, and 520 are for stability.
lines=$(cat src/check/*.[ch] | awk '{
    rest = $0; code = ""
    while (rest != "") {
        if (inside) { at = index(rest, "*/"); if (!at) break; inside = 0; rest = substr(rest, at + 2) }
        else { at = index(rest, "/*"); if (!at) { code = code rest; break }
               code = code substr(rest, 1, at - 1); inside = 1; rest = substr(rest, at + 2) }
    }
    if (code ~ /[^ \t]/) n++
} END { print n }')
if [ "$lines" -lt 3850 ]; then pass; else fail "src/check has $lines lines of code, 3,850 or more"; fi

finish
