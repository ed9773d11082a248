/* Maximum bipartite matching (Hopcroft, Karp 1973) on a dense adjacency, and Hall's violators. */
#include <stdlib.h>
#include <string.h>

#include "relucert/phi.h"

typedef struct {
    slong n, k;
    bool (*edge)(void *arg, slong i, slong j);
    void *arg;
    slong *column; /* of row i, or -1 */
    slong *row;    /* of column j, or -1 */
    slong *level;  /* of row i in the layered graph, or -1 */
    slong *next;   /* next column row i tries */
    slong *queue;
    slong *stack;
} graph;

/* Layers of rows by alternating paths from the unmatched rows; true if some layer reaches an unmatched column. */
static bool build_layers(graph *g, bool *column_seen)
{
    slong head = 0, tail = 0, limit = -1;
    memset(column_seen, 0, (size_t) g->k * sizeof(bool));
    for (slong i = 0; i < g->n; i++) {
        g->level[i] = g->column[i] < 0 ? 0 : -1;
        if (g->column[i] < 0) g->queue[tail++] = i;
    }
    while (head < tail) {
        slong i = g->queue[head++];
        if (limit >= 0 && g->level[i] >= limit) break;
        for (slong j = 0; j < g->k; j++) {
            if (column_seen[j] || !g->edge(g->arg, i, j)) continue;
            column_seen[j] = true;
            slong other = g->row[j];
            if (other < 0) {
                if (limit < 0) limit = g->level[i] + 1;
            } else if (g->level[other] < 0) {
                g->level[other] = g->level[i] + 1;
                g->queue[tail++] = other;
            }
        }
    }
    return limit >= 0;
}

/* A path of the layered graph from row `start` to an unmatched column; flips it if there is one. Iterative, so that
   long paths need no call stack. */
static bool augment(graph *g, slong start)
{
    slong depth = 0;
    g->stack[depth++] = start;
    while (depth > 0) {
        slong i = g->stack[depth - 1];
        bool pushed = false;
        for (; g->next[i] < g->k; g->next[i]++) {
            slong j = g->next[i], other = g->row[j];
            if (other >= 0 && g->level[other] != g->level[i] + 1) continue;
            if (!g->edge(g->arg, i, j)) continue;
            if (other < 0) {
                for (slong p = depth - 1; p >= 0; p--) {
                    slong row = g->stack[p], taken = g->next[row];
                    g->column[row] = taken;
                    g->row[taken] = row;
                    g->level[row] = -1;
                }
                return true;
            }
            g->stack[depth++] = other;
            pushed = true;
            break;
        }
        if (pushed) continue;
        g->level[i] = -1;
        depth--;
        if (depth > 0) g->next[g->stack[depth - 1]]++;
    }
    return false;
}

/* Rows reachable by alternating paths from the first unmatched row: their columns are all matched to them, but for
   that row, so |columns| = |rows| - 1. */
static void find_violator(graph *g, bool *rows_out, bool *cols_out)
{
    memset(rows_out, 0, (size_t) g->n * sizeof(bool));
    memset(cols_out, 0, (size_t) g->k * sizeof(bool));
    slong head = 0, tail = 0, start = 0;
    while (g->column[start] >= 0) start++;
    rows_out[start] = true;
    g->queue[tail++] = start;
    while (head < tail) {
        slong i = g->queue[head++];
        for (slong j = 0; j < g->k; j++) {
            if (cols_out[j] || !g->edge(g->arg, i, j)) continue;
            cols_out[j] = true;
            slong other = g->row[j];
            if (other >= 0 && !rows_out[other]) {
                rows_out[other] = true;
                g->queue[tail++] = other;
            }
        }
    }
}

slong rc_matching(slong *column, bool *rows_out, bool *cols_out, slong n, slong k,
                  bool (*edge)(void *arg, slong i, slong j), void *arg)
{
    size_t rows = (size_t) n + 1, cols = (size_t) k + 1;
    graph g = {.n = n, .k = k, .edge = edge, .arg = arg, .column = column};
    g.row = flint_malloc(cols * sizeof(slong));
    g.level = flint_malloc(rows * sizeof(slong));
    g.next = flint_malloc(rows * sizeof(slong));
    g.queue = flint_malloc(rows * sizeof(slong));
    g.stack = flint_malloc(rows * sizeof(slong));
    bool *column_seen = flint_malloc(cols * sizeof(bool));
    for (slong i = 0; i < n; i++) column[i] = -1;
    for (slong j = 0; j < k; j++) g.row[j] = -1;
    slong size = 0;
    while (size < n && build_layers(&g, column_seen)) {
        for (slong i = 0; i < n; i++) g.next[i] = 0;
        for (slong i = 0; i < n; i++)
            if (column[i] < 0 && augment(&g, i)) size++;
    }
    if (rows_out && cols_out && size < n) find_violator(&g, rows_out, cols_out);
    flint_free(g.row);
    flint_free(g.level);
    flint_free(g.next);
    flint_free(g.queue);
    flint_free(g.stack);
    flint_free(column_seen);
    return size;
}
