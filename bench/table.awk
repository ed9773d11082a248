# The table of bench/table from the files "INPUT TITLE" and "INPUT PROGRAM EXPECTED CELLS SECONDS KB".
function entry(name, program) {
    if (!((name, program) in cells)) return "–"
    if (cells[name, program] == "timeout") return "> " limit " s"
    if (cells[name, program] == "failed") return "failed"
    if (!good[name, program]) return "**wrong: " cells[name, program] "**"
    return sprintf("%s (%.0f)", short(rate[name, program]), memory[name, program] / 1024)
}
# The rate if the count is right; of a program that was stopped, one that it does not reach.
function correct(name, program) {
    if (cells[name, program] == "timeout") return expected[name] / limit
    return good[name, program] ? rate[name, program] : 0
}
# The vertex engine over the best of some programs; "> " if that one was stopped.
function over(name, list,    k, count, program, best, bound) {
    count = split(list, program, " ")
    for (k = 1; k <= count; k++)
        if (correct(name, program[k]) > best) {
            best = correct(name, program[k])
            bound = cells[name, program[k]] == "timeout"
        }
    if (!good[name, "vertex"] || !best) return "–"
    return (bound ? "> " : "") ratio(rate[name, "vertex"], best)
}
NR == FNR { title[$1] = substr($0, length($1) + 2); next }
{
    if (!($1 in expected)) order[++inputs] = $1
    expected[$1] = $3
    cells[$1, $2] = $4
    if ($4 + 0 > 0) rate[$1, $2] = $4 / $5
    memory[$1, $2] = $6
    good[$1, $2] = $4 == $3
}
END {
    head = "| input | cells"
    line = "|---|--:"
    programs = split("vertex tree sage polymake normaliz lrs cgal", program, " ")
    split("vertex tree Sage polymake normaliz† lrs† CGAL", label, " ")
    for (k = 1; k <= programs; k++) {
        head = head " | " label[k]
        line = line "|--:"
    }
    print head " | ÷ Sage, polymake | ÷ normaliz†, lrs† | ÷ CGAL |"
    print line "|--:|--:|--:|"
    for (i = 1; i <= inputs; i++) {
        x = order[i]
        row = "| " title[x] " | " with_commas(expected[x])
        for (k = 1; k <= programs; k++) row = row " | " entry(x, program[k])
        print row " | " over(x, "sage polymake") " | " over(x, "normaliz lrs") " | " over(x, "cgal") " |"
    }
}
