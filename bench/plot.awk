# bench/cells-per-second.csv (panel,series,x,cells,cells_per_second) as a picture: two panels, cells per second on a
# logarithmic axis against n (logarithmic) and r.
function escape(s) {
    gsub(/&/, "\\&amp;", s)
    gsub(/</, "\\&lt;", s)
    return s
}
function log10(x) { return log(x) / log(10) }
function px(panel, x) {
    if (panel == "n") return left["n"] + width * (log10(x) - log10(8)) / (log10(1200) - log10(8))
    return left["r"] + width * (x - 1.5) / (10.5 - 1.5)
}
function py(rate) { return top + height * (high - log10(rate)) / (high - low) }
function text(x, y, anchor, s, more) {
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>\n", x, y, anchor, more, escape(s)
}
function line(x1, y1, x2, y2, color) {
    printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n", x1, y1, x2, y2, color
}
function dot(x, y, color) {
    printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n", x, y, color
}
function label(e) {
    if (e >= 9) return 10 ^ (e - 9) " G"
    if (e >= 6) return 10 ^ (e - 6) " M"
    return e >= 3 ? 10 ^ (e - 3) " k" : 10 ^ e
}
function frame(panel, title, axis, ticks,    e, m, k, count, at) {
    for (e = low; e <= high; e++) {
        line(left[panel], py(10 ^ e), left[panel] + width, py(10 ^ e), "#ccc")
        text(left[panel] - 8, py(10 ^ e) + 4, "end", label(e))
        for (m = 2; m < 10 && e < high; m++) line(left[panel], py(m * 10 ^ e), left[panel] + 5, py(m * 10 ^ e), "#999")
    }
    count = split(ticks, at, " ")
    for (k = 1; k <= count; k++) {
        line(px(panel, at[k]), top + height, px(panel, at[k]), top + height + 5, "#333")
        text(px(panel, at[k]), top + height + 20, "middle", at[k])
    }
    printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" stroke=\"#333\"/>\n",
        left[panel], top, width, height
    text(left[panel] + width / 2, top + height + 42, "middle", axis)
    text(left[panel] + width / 2, top - 14, "middle", title, " font-weight=\"bold\"")
}
BEGIN {
    FS = ","
    width = 400; height = 380; top = 50; left["n"] = 70; left["r"] = 640
    colors = split("#0072b2 #d55e00 #009e73 #cc79a7 #56a0d0 #e69f00 #555555", color, " ")
}
FNR == 1 { next }
{
    key = $1 SUBSEP $2
    if (!(key in points)) { panel[++series] = $1; name[series] = $2; number[key] = series }
    i = number[key]
    k = ++points[key]
    size[i] = k
    X[i, k] = $3
    Y[i, k] = $5
    if (!least || $5 < least) least = $5
    if ($5 > most) most = $5
}
END {
    low = int(log10(least)); high = int(log10(most)); if (10 ^ high < most) high++
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1210\" height=\"500\" viewBox=\"0 0 1210 500\""
    print " font-family=\"sans-serif\" font-size=\"13\">"
    print "<title>Cells found per second by the vertex engine, one thread</title>"
    print "<rect width=\"1210\" height=\"500\" fill=\"white\"/>"
    frame("n", "Random integers in [-100, 100]: cells found per second", "n, number of hyperplanes",
        "10 20 50 100 200 500 1000")
    frame("r", "Cells found per second against the rank", "r, rank", "2 3 4 5 6 7 8 9 10")
    for (i = 1; i <= series; i++) {
        p = panel[i]
        own = ++shown[p]
        stroke = color[(own - 1) % colors + 1]
        printf "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"", stroke
        for (k = 1; k <= size[i]; k++) printf "%.1f,%.1f ", px(p, X[i, k]), py(Y[i, k])
        print "\"/>"
        for (k = 1; k <= size[i]; k++) dot(px(p, X[i, k]), py(Y[i, k]), stroke)
        x = left[p] + width + 12
        y = top + 20 * own
        line(x, y - 4, x + 26, y - 4, stroke)
        dot(x + 13, y - 4, stroke)
        text(x + 33, y, "start", name[i])
    }
    print "</svg>"
}
