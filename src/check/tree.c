/* Trees in preorder: section 4. No recursion: a path is as long as there are hyperplanes. */

#include "check.h"

/* Takes back the side that hyperplane H is on, if any, and decides `side`, unless that is 0. */
static void turn(walk *w, size_t H, int side) {
    if (w->decide != NULL && w->side[H] != 0) w->decide(w, H, -1);
    w->side[H] = (signed char)side;
    if (w->decide != NULL && side != 0) w->decide(w, H, 1);
}

bool is_stop(value v) { return json_type(v) == JSON_INTEGER && *json_text(v, &(size_t){0}) == '0'; }

void walk_tree(walk *w, value tree) {
    size_t *path = memory_new(w->f->K + 1, sizeof *path), depth = 0, left = json_count(tree);
    value v = json_list(w->rule, tree);
    w->side = memory_new(w->f->K + 1, 1);
    w->used = memory_new(w->f->K + 1, sizeof *w->used);
    /* With biases number 0 is decided from the start in a tree over it. */
    w->side[0] = w->f->biases && (w->c == NULL || w->c->of[0] == w->part);
    do {
        if (left-- == 0) reject(w->rule, tree, "expected a further node, found the end of the list");
        if (json_type(v) == JSON_INTEGER && !is_stop(v)) {
            size_t H = path[depth++] = json_index(w->rule, v, 1, w->f->K);
            require(w->side[H] == 0, w->rule, v, "a hyperplane not yet decided on the path");
            require(w->c == NULL || w->c->of[H] == w->part, w->rule, v, "a hyperplane of the part");
            turn(w, H, 1);
        } else {
            w->leaf(w, v);
            while (depth > 0 && w->side[path[depth - 1]] < 0) turn(w, path[--depth], 0);
            if (depth > 0) turn(w, path[depth - 1], -1);
        }
        v = json_next(v);
    } while (depth > 0);
    if (left > 0) expected(w->rule, v, "the end of the list after the last leaf");
}
