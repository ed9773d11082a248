/* Trees in preorder: section 4. No recursion: a path is as long as there are hyperplanes. */

#include "check.h"

static void step(walk *w, size_t H, int side, int direction) {
    if (direction > 0) w->side[H] = (signed char)side;
    if (w->decide != NULL) w->decide(w, H, direction);
    if (direction < 0) w->side[H] = 0;
}

bool is_stop(value v) {
    size_t length;
    return json_type(v) == JSON_INTEGER && *json_text(v, &length) == '0';
}

void walk_tree(walk *w, value tree) {
    size_t *path = memory_new(w->f->K + 1, sizeof *path), depth = 0, left = json_count(tree);
    value v = json_list(w->rule, tree);
    bool complete = false;
    w->side = memory_new(w->f->K + 1, 1);
    w->used = memory_new(w->f->K + 1, sizeof *w->used);
    w->uses = 0;
    for (; left > 0 && !complete; left--, v = json_next(v)) {
        if (json_type(v) == JSON_INTEGER && !is_stop(v)) {
            size_t H = path[depth++] = json_index(w->rule, v, 1, w->f->K);
            require(w->side[H] == 0, w->rule, v, "a hyperplane not yet decided on the path");
            require(w->c == NULL || w->c->of[H] == w->part, w->rule, v, "a hyperplane of the part");
            step(w, H, 1, 1);
            continue;
        }
        w->uses++;
        w->leaf(w, v);
        while (depth > 0 && w->side[path[depth - 1]] < 0) step(w, path[--depth], 0, -1);
        complete = depth == 0;
        if (complete) continue;
        step(w, path[depth - 1], 0, -1);
        step(w, path[depth - 1], -1, 1);
    }
    if (!complete) reject(w->rule, tree, "expected a further node, found the end of the list");
    if (left > 0) expected(w->rule, v, "the end of the list after the last leaf");
}

/* A hyperplane decided on the path (or number 0, where that is allowed), for the first time here. */
size_t decided_number(walk *w, value v, bool zero) {
    size_t H = json_index(w->rule, v, zero ? 0 : 1, w->f->K);
    require(H == 0 || w->side[H] != 0, w->rule, v, "a hyperplane decided on the path");
    require(w->used[H] != w->uses, w->rule, v, "distinct hyperplanes");
    w->used[H] = w->uses;
    return H;
}

/* Σ l s_j u_j = 0 with all l > 0, so that all <s_j u_j, x> > 0 is impossible. */
void check_empty(walk *w, value v) {
    const form *f = w->f;
    bool zero = f->biases && (w->c == NULL || w->c->of[0] == w->part);
    void *mark = memory_mark();
    mpq_t *total = rationals(f->w);
    value at = json_list(w->rule, v);
    NEW_Q(l);
    NEW_Q(x);
    require(json_count(v) > 0 && json_count(v) % 2 == 0, w->rule, v, "pairs j, l");
    for (size_t n = json_count(v); n > 0; n -= 2, at = json_next(at)) {
        size_t H = decided_number(w, at, zero);
        rational_read(l, w->rule, at = json_next(at));
        require(mpq_sgn(l) > 0, w->rule, at, "a multiplier > 0");
        if (w->side[H] < 0) mpq_neg(l, l);
        for (size_t k = 0; k < f->w; k++) {
            mpq_set_z(x, f->u[H][k]);
            mpq_mul(x, x, l);
            mpq_add(total[k], total[k], x);
        }
    }
    for (size_t k = 0; k < f->w; k++)
        if (mpq_sgn(total[k]) != 0)
            reject(w->rule, v, "expected a sum of 0, found %Qd in coordinate %zu", total[k], k + 1);
    memory_release(mark);
}
