# A figure of `relucert stability --csv`: sharpness against step size on logarithmic axes, the border 2/eta, lambda_max, the
# flattest rescaling and 1 + 2 ||f||_{R,g}. Certified intervals are narrower than a line.
BEGIN { FS = ","; W = 640; H = 436; L = 70; R = 20; T = 20; B = 66 }
NR > 1 {
    n++
    eta[n] = $2; y["border", n] = $9; y["sharp", n] = $4; y["flat", n] = $6; y["norm", n] = $8
}
function lg(x) { return log(x) / log(10) }
function px(x) { return L + (lg(x) - x0) / (x1 - x0) * (W - L - R) }
function py(v) { return H - B - (lg(v) - y0) / (y1 - y0) * (H - T - B) }
function curve(key, colour, dash, label, at,    i, d) {
    for (i = 1; i <= n; i++) d = d (i == 1 ? "M" : "L") sprintf("%.1f %.1f", px(eta[i]), py(y[key, i]))
    printf "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>\n", d, colour, dash ? " stroke-dasharray=\"6 4\"" : ""
    for (i = 1; i <= n; i++) printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n", px(eta[i]), py(y[key, i]), colour
    printf "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>\n", W - 250, at, colour, label
}
END {
    x0 = lg(eta[1]) - 0.05; x1 = lg(eta[n]) + 0.05; y0 = 0; y1 = lg(y["border", 1]) + 0.1
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">\n", W, H
    printf "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", W, H
    printf "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"black\"/>\n", L, T, H - B, W - R
    for (v = 1; lg(v) <= y1; v *= 10) printf "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d</text>\n", L - 6, py(v) + 4, v
    for (i = 1; i <= n; i++) printf "<text x=\"%.1f\" y=\"%d\" text-anchor=\"end\" transform=\"rotate(-40 %.1f %d)\">%.3g</text>\n", px(eta[i]) + 4, H - B + 16, px(eta[i]) + 4, H - B + 16, eta[i]
    printf "<text x=\"%d\" y=\"%d\">step size</text>\n", W / 2, H - 6
    curve("border", "#c22", 0, "2/eta", T + 14)
    curve("sharp", "#b80", 1, "lambda_max", T + 32)
    curve("flat", "#36c", 0, "flattest rescaling found", T + 50)
    curve("norm", "#839", 0, "1 + 2 ||f||_{R,g}", T + 68)
    print "</svg>"
}
