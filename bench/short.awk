# Numbers for people: 12.3 M, 456 k; 12,345.
function short(x) {
    if (x >= 999500) return three(x / 1e6) " M"
    if (x >= 999.5) return three(x / 1e3) " k"
    return three(x)
}
function three(x) {
    return sprintf(x >= 99.95 ? "%.0f" : x >= 9.995 ? "%.1f" : "%.2f", x)
}
function with_commas(x) {
    x = x ""
    while (match(x, /[0-9][0-9][0-9][0-9](,|$)/)) x = substr(x, 1, RSTART) "," substr(x, RSTART + 1)
    return x
}
function ratio(x, y) {
    if (!x || !y) return "–"
    return x / y < 9.95 ? sprintf("%.1f", x / y) : with_commas(sprintf("%.0f", x / y))
}
