# Rows and numbers of the benchmarks' tables: with bench/short.awk, and the variable `kind`. OWN stands for a line of
# bench/enumerate: CELLS MEDIAN BEST RATE KB RUNS.
function title_from(k,    title) {
    for (title = $0; k > 1; k--) sub(/^[^ ]* /, "", title)
    return title
}
# CELLS SECONDS ...
kind == "rate" { print short($1 / $2) }
kind == "commas" { print with_commas($1) }
# THREADS OWN TITLE
kind == "long" {
    printf "| %s | %s | %s | %.2f s | %s | %.0f MB |\n", title_from(8), with_commas($2), $1, $3, short($5), $6 / 1024
}
# OWN OWN TITLE
kind == "threads" {
    printf "| %s | %s | %.3g s | %.3g s | %.2f |\n", title_from(13), with_commas($1), $3, $9, $3 / $9
}
# LABEL RADA ISF OWN
kind == "published" {
    printf "| %s | %s | %s | %s | %.3g | %s | %s |\n", $1, with_commas($4), with_commas($2), $3, $5, short($4 / $5),
        ratio($3, $5)
}
