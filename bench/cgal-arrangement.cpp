// The cells of a central arrangement in R^3 by CGAL. Rows "a b c" of integers up to 2^25 on standard input. The last,
// with c != 0, is the plane at infinity: the others meet the plane <last, (x, y, z)> = 1 in lines, and each face of
// their arrangement stands for two cells of the central one. Prints: cells, median seconds of a run, peak memory in kB.
#include <CGAL/Arr_linear_traits_2.h>
#include <CGAL/Arrangement_2.h>
#include <CGAL/Exact_predicates_exact_constructions_kernel.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <sys/resource.h>
#include <vector>

typedef CGAL::Exact_predicates_exact_constructions_kernel Kernel;
typedef CGAL::Arr_linear_traits_2<Kernel> Traits;
typedef CGAL::Arrangement_2<Traits> Arrangement;

int main()
{
    std::vector<std::array<double, 3>> rows;
    for (double a, b, c; std::cin >> a >> b >> c;) rows.push_back({a, b, c});
    if (rows.empty() || rows.back()[2] == 0) return 2;
    std::vector<double> times;
    std::size_t cells = 0;
    for (double sum = 0; times.empty() || sum < 0.3; sum += times.back()) {
        auto begun = std::chrono::steady_clock::now();
        std::vector<Traits::X_monotone_curve_2> lines;
        const auto &last = rows.back();
        for (std::size_t i = 0; i + 1 < rows.size(); i++) {
            const auto &row = rows[i];
            double a = row[0] * last[2] - row[2] * last[0], b = row[1] * last[2] - row[2] * last[1];
            lines.emplace_back(Kernel::Line_2(a, b, row[2]));
        }
        Arrangement arrangement;
        CGAL::insert(arrangement, lines.begin(), lines.end());
        cells = 2 * arrangement.number_of_faces();
        times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
    }
    std::sort(times.begin(), times.end());
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    std::printf("%zu %.9f %ld\n", cells, times[times.size() / 2], usage.ru_maxrss);
}
