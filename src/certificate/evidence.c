/* The evidence of each kind as JSON text (docs/certificate-format.md, sections 4 and 5). */
#include "write.h"

static void put_numbers(rc_text_t t, const bool *set, slong n)
{
    bool first = true;
    rc_text_put(t, "[");
    for (slong i = 0; i < n; i++) {
        if (!set[i]) continue;
        if (!first) rc_text_put(t, ", ");
        rc_text_put_si(t, i + 1);
        first = false;
    }
    rc_text_put(t, "]");
}

/* A permutation or an assignment, from 0-based to 1-based. */
static void put_indices(rc_text_t t, const slong *index, slong n)
{
    rc_text_put(t, "[");
    for (slong i = 0; i < n; i++) {
        if (i > 0) rc_text_put(t, ", ");
        rc_text_put_si(t, index[i] + 1);
    }
    rc_text_put(t, "]");
}

static void put_tree_entries(rc_text_t t, const rc_tree_struct *tree, slong node)
{
    rc_text_put(t, "[");
    for (slong i = tree->first[node]; i < tree->first[node] + tree->count[node]; i++) {
        if (i > tree->first[node]) rc_text_put(t, ",");
        rc_text_put_si(t, tree->index[i] + 1);
        rc_text_put(t, ",");
        rc_text_put_fmpq(t, tree->lambda + i);
    }
    rc_text_put(t, "]");
}

static void put_leaf(rc_text_t t, const rc_tree_struct *tree, slong node, slong D)
{
    rc_text_put(t, "{\"leaf\": [");
    for (slong group = 0; group < 2 * D; group++) {
        if (group > 0) rc_text_put(t, ",");
        rc_text_put(t, "[");
        bool first = true;
        for (slong i = tree->first[node]; i < tree->first[node] + tree->count[node]; i++) {
            if (tree->group[i] != group) continue;
            if (!first) rc_text_put(t, ",");
            rc_text_put_si(t, tree->index[i] + 1);
            rc_text_put(t, ",");
            rc_text_put_fmpq(t, tree->lambda + i);
            first = false;
        }
        rc_text_put(t, "]");
    }
    rc_text_put(t, "]}");
}

void rc_text_put_tree(rc_text_t t, const rc_tree_struct *tree, slong D)
{
    rc_text_put(t, "[");
    for (slong node = 0; node < tree->length; node++) {
        if (node > 0) rc_text_put(t, ",");
        switch (tree->kind[node]) {
        case RC_TREE_BRANCH: rc_text_put_si(t, tree->form[node] + 1); break;
        case RC_TREE_EMPTY: put_tree_entries(t, tree, node); break;
        case RC_TREE_LEAF: put_leaf(t, tree, node, D); break;
        default: rc_text_put(t, "0");
        }
    }
    rc_text_put(t, "]");
}

void rc_text_put_fliptree(rc_text_t t, const rc_fliptree_struct *tree)
{
    rc_text_put(t, "[");
    for (slong node = 0; node < tree->length; node++) {
        if (node > 0) rc_text_put(t, ",");
        if (tree->kind[node] == RC_TREE_BRANCH) {
            rc_text_put_si(t, tree->form[node] + 1);
        } else if (tree->kind[node] == RC_TREE_STOP) {
            rc_text_put(t, "0");
        } else {
            rc_text_put(t, "[");
            for (slong i = tree->first[node]; i < tree->first[node] + tree->count[node]; i++) {
                if (i > tree->first[node]) rc_text_put(t, ",");
                rc_text_put_si(t, tree->p[i] + 1);
                rc_text_put(t, ",");
                rc_text_put_si(t, tree->q[i] + 1);
                rc_text_put(t, ",");
                rc_text_put_fmpq(t, tree->y + i);
            }
            rc_text_put(t, "]");
        }
    }
    rc_text_put(t, "]");
}

/* part[j] for hyperplanes j < K; part[K] is x_{d+1}'s when affine, written as number 0. */
static void put_components(rc_text_t t, const slong *part, slong parts, slong K, bool affine)
{
    rc_text_put(t, "[");
    for (slong c = 0; c < parts; c++) {
        bool first = true;
        rc_text_put(t, c > 0 ? ", [" : "[");
        if (affine && part[K] == c) {
            rc_text_put(t, "0");
            first = false;
        }
        for (slong j = 0; j < K; j++) {
            if (part[j] != c) continue;
            if (!first) rc_text_put(t, ", ");
            rc_text_put_si(t, j + 1);
            first = false;
        }
        rc_text_put(t, "]");
    }
    rc_text_put(t, "]");
}

static void put_lower(rc_text_t t, const rc_evidence_struct *e)
{
    if (!e->norm_lower) return;
    rc_text_put(t, ",\n  \"lower\": {\"x\": ");
    rc_text_put_vec(t, e->norm->x, e->norm->d);
    rc_text_put(t, "}");
}

static void put_upper(rc_text_t t, const rc_evidence_struct *e)
{
    if (!e->norm_upper) return;
    rc_text_put(t, ",\n  \"upper\": {\"components\": ");
    put_components(t, e->norm->part, e->norm->parts, e->norm_K, e->norm_affine);
    rc_text_put(t, ",\n   \"trees\": [");
    for (slong c = 0; c < e->norm->parts; c++) {
        rc_text_put(t, c > 0 ? ",\n    " : "\n    ");
        rc_text_put_tree(t, e->norm->trees + c, e->norm_D);
    }
    rc_text_put(t, "]}");
}

static void put_box_upper(rc_text_t t, const rc_evidence_struct *e)
{
    if (!e->norm_upper) return;
    rc_text_put(t, ",\n  \"upper\": {\"bound\": ");
    rc_text_put_fmpq(t, e->norm->upper);
    rc_text_put(t, ",\n   \"tree\": ");
    rc_text_put_tree(t, e->norm->trees, e->norm_D);
    rc_text_put(t, "}");
}

static void put_neurons(rc_text_t t, const rc_offender *o)
{
    rc_text_put(t, ", \"neurons\": [");
    rc_text_put_si(t, o->neuron + 1);
    if (o->with >= 0) {
        rc_text_put(t, ", ");
        rc_text_put_si(t, o->with + 1);
    }
    rc_text_put(t, "]");
}

static void put_offender(rc_text_t t, const rc_evidence_struct *e)
{
    rc_text_put(t, ", \"offender\": {\"condition\": ");
    rc_text_put_string(t, rc_offence_name(e->offence));
    rc_offender o = e->offender;
    if (e->offence != RC_OFFENCE_C2) o.with = -1;
    put_neurons(t, &o);
    rc_text_put(t, "}");
}

static void put_network_word(rc_text_t t, const rc_evidence_struct *e)
{
    rc_text_put(t, e->offender.network ? ", \"network\": \"theta\"" : ", \"network\": \"gamma\"");
}

static void put_matching(rc_text_t t, const rc_evidence_struct *e)
{
    rc_text_put(t, ",\n  \"matching\": ");
    put_indices(t, e->matching, e->m);
}

static void put_cases(rc_text_t t, const rc_evidence_struct *e)
{
    rc_text_put(t, ",\n  \"cases\": [");
    for (slong i = 0; i < e->m; i++) {
        if (i > 0) rc_text_put(t, ", ");
        rc_text_put_string(t, rc_phi_case_name(e->cases[i]));
    }
    rc_text_put(t, "]");
}

static void put_phi(rc_text_t t, const char *key, const rc_network_struct *phi, const char *margin)
{
    rc_text_put(t, ",\n");
    rc_text_put(t, margin);
    rc_text_put(t, "\"");
    rc_text_put(t, key);
    rc_text_put(t, "\": ");
    rc_text_put_network(t, phi, margin);
}

/* DISTUPPER */
static void put_distance_upper(rc_text_t t, const rc_fiber_struct *f)
{
    rc_text_put(t, "{\"bound\": ");
    rc_text_put_surd(t, f->upper);
    if (f->has_phi) {
        put_phi(t, "phi", f->phi, "   ");
    } else {
        rc_text_put(t, ", \"flip\": ");
        put_numbers(t, f->flip[f->best_flip], f->K);
        rc_text_put(t, ", \"assignment\": ");
        put_indices(t, f->assignment, f->m);
    }
    rc_text_put(t, "}");
}

static void put_hall(rc_text_t t, const rc_fiber_struct *f, slong h)
{
    rc_text_put(t, "{\"hyperplanes\": ");
    put_numbers(t, f->hall_hyperplanes[h], f->K);
    rc_text_put(t, ", \"neurons\": ");
    put_numbers(t, f->hall_neurons[h], f->m);
    rc_text_put(t, "}");
}

static void put_bounded_below(rc_text_t t, const rc_fiber_struct *f)
{
    rc_text_put(t, "{\"bound\": ");
    if (!f->has_lower || rc_surd_sgn(f->lower) <= 0) {
        rc_text_put(t, "0}");
        return;
    }
    rc_text_put_surd(t, f->lower);
    if (f->K < f->m) {
        rc_text_put(t, ", \"hall\": ");
        put_hall(t, f, 0);
    } else {
        rc_text_put(t, ",\n   \"flip-tree\": ");
        rc_text_put_fliptree(t, f->tree);
        rc_text_put(t, ",\n   \"halls\": [");
        for (slong h = 0; h < f->halls; h++) {
            if (h > 0) rc_text_put(t, ",\n    ");
            put_hall(t, f, h);
        }
        rc_text_put(t, "]");
    }
    rc_text_put(t, "}");
}

/* DISTLOWER */
static void put_distance_lower(rc_text_t t, const rc_fiber_struct *f)
{
    switch (f->realizable) {
    case RC_MORE_HYPERPLANES: rc_text_put(t, "{\"unrealizable\": \"more-hyperplanes\"}"); break;
    case RC_SPARE_NEURONS: rc_text_put(t, "{\"unrealizable\": \"spare-neurons\"}"); break;
    case RC_NO_FLIP_SET:
        rc_text_put(t, "{\"unrealizable\": \"flip-sets\",\n   \"flip-tree\": ");
        rc_text_put_fliptree(t, f->tree);
        rc_text_put(t, "}");
        break;
    default: put_bounded_below(t, f);
    }
}

static void put_kind(rc_text_t t, const char *kind)
{
    rc_text_put(t, "{\"kind\": ");
    rc_text_put_string(t, kind);
}

static void put_hypothesis(rc_text_t t, const rc_evidence_struct *e)
{
    put_kind(t, "hypothesis");
    if (e->kind == RC_EVIDENCE_HYPOTHESIS_SPACE) {
        put_network_word(t, e);
        put_offender(t, e);
        return;
    }
    rc_text_put(t, ", \"condition\": ");
    rc_text_put_string(t, e->condition);
    if (e->condition[2] == '3' && e->condition[3] == 'a') put_network_word(t, e);
    put_neurons(t, &e->offender);
    if (e->condition[2] == '1') put_lower(t, e);
}

static void put_stable(rc_text_t t, const rc_evidence_struct *e)
{
    put_kind(t, "inverse-stable");
    if (e->kind == RC_EVIDENCE_STABLE_MATCHING) {
        put_matching(t, e);
    } else if (e->kind == RC_EVIDENCE_STABLE_HALL) {
        rc_text_put(t, ",\n  \"hall\": {\"bound\": ");
        rc_text_put_surd(t, e->bound);
        rc_text_put(t, ", \"theta\": ");
        put_numbers(t, e->hall_theta, e->m);
        rc_text_put(t, ", \"gamma\": ");
        put_numbers(t, e->hall_gamma, e->m);
        rc_text_put(t, "}");
    } else {
        rc_text_put(t, ",\n  \"distance\": ");
        if (e->distance_upper) put_distance_upper(t, e->fiber);
        else put_distance_lower(t, e->fiber);
    }
    put_lower(t, e);
    put_upper(t, e);
}

static void put_listing(rc_text_t t, const rc_listing_struct *listing)
{
    slong rank = fmpz_mat_nrows(listing->auxiliary);
    rc_text_put(t, ",\n  \"file\": ");
    rc_text_put_string(t, listing->file);
    rc_text_put(t, ",\n  \"sha256\": ");
    rc_text_put_string(t, listing->sha256);
    rc_text_put(t, ",\n  \"columns\": ");
    put_indices(t, listing->columns, rank);
    rc_text_put(t, ",\n  \"auxiliary\": [");
    for (slong i = 1; i < rank; i++) {
        rc_text_put(t, i > 1 ? ",\n    [" : "\n    [");
        for (slong j = 0; j < rank; j++) {
            if (j > 0) rc_text_put(t, ", ");
            rc_text_put_fmpz(t, fmpz_mat_entry(listing->auxiliary, i, j));
        }
        rc_text_put(t, "]");
    }
    rc_text_put(t, "]");
}

void rc_text_put_evidence(rc_text_t t, const rc_evidence_struct *e)
{
    switch (e->kind) {
    case RC_EVIDENCE_NONE: put_kind(t, "none"); break;
    case RC_EVIDENCE_CANONICAL_FORM: put_kind(t, "canonical-form"); break;
    case RC_EVIDENCE_POINT:
        put_kind(t, "point");
        rc_text_put(t, ", \"x\": ");
        rc_text_put_vec(t, e->x, e->d);
        break;
    case RC_EVIDENCE_REGIONS:
        put_kind(t, "regions");
        rc_text_put(t, ",\n  \"tree\": ");
        rc_text_put_tree(t, e->regions, 0);
        break;
    case RC_EVIDENCE_SEMI_NORM:
        put_kind(t, "semi-norm");
        put_lower(t, e);
        put_upper(t, e);
        break;
    case RC_EVIDENCE_SUP_NORM:
        put_kind(t, "sup-norm");
        put_lower(t, e);
        put_box_upper(t, e);
        break;
    case RC_EVIDENCE_RECOUNT:
        put_kind(t, "recount");
        rc_text_put(t, ", \"components\": ");
        put_components(t, e->part, e->parts, e->hyperplanes, e->affine);
        break;
    case RC_EVIDENCE_LISTING:
        put_kind(t, "listing");
        rc_text_put(t, ", \"components\": ");
        put_components(t, e->part, e->parts, e->hyperplanes, e->affine);
        put_listing(t, e->listing);
        break;
    case RC_EVIDENCE_MEMBERSHIP:
        put_kind(t, "membership");
        if (e->offence != RC_OFFENCE_NONE) put_offender(t, e);
        break;
    case RC_EVIDENCE_HYPOTHESIS_SPACE:
    case RC_EVIDENCE_HYPOTHESIS_C: put_hypothesis(t, e); break;
    case RC_EVIDENCE_THEOREM_33:
        put_kind(t, "theorem-3.3");
        put_matching(t, e);
        put_lower(t, e);
        break;
    case RC_EVIDENCE_THEOREM_31:
        put_kind(t, "theorem-3.1");
        put_phi(t, "phi", e->phi, "  ");
        put_cases(t, e);
        put_lower(t, e);
        put_upper(t, e);
        break;
    case RC_EVIDENCE_STABLE_MATCHING:
    case RC_EVIDENCE_STABLE_HALL:
    case RC_EVIDENCE_STABLE_DISTANCE: put_stable(t, e); break;
    case RC_EVIDENCE_DISTANCE:
        put_kind(t, "distance");
        if (e->distance_lower) {
            rc_text_put(t, ",\n  \"lower\": ");
            put_distance_lower(t, e->fiber);
        }
        if (e->distance_upper) {
            rc_text_put(t, ",\n  \"upper\": ");
            put_distance_upper(t, e->fiber);
        }
        break;
    case RC_EVIDENCE_UNIQUE_TREE:
        put_kind(t, "unique");
        rc_text_put(t, ", \"flip-tree\": ");
        rc_text_put_fliptree(t, e->tree);
        break;
    case RC_EVIDENCE_UNIQUE_CHOICE:
        put_kind(t, "unique");
        rc_text_put(t, ", \"twice\": ");
        put_numbers(t, e->choice->twice, e->choice->K);
        rc_text_put(t, ", \"flip\": ");
        put_numbers(t, e->choice->flip, e->choice->K);
        break;
    case RC_EVIDENCE_UNIQUE_PHI:
        put_kind(t, "unique");
        put_phi(t, "phi", e->phi, "  ");
        break;
    case RC_EVIDENCE_EMBEDDING:
        put_kind(t, "embedding");
        put_phi(t, "gamma", e->phi, "  ");
        break;
    case RC_EVIDENCE_LOSS_BOX: put_kind(t, "loss-box"); break;
    case RC_EVIDENCE_LOSS_POINT:
        put_kind(t, "loss-point");
        put_phi(t, "network", e->phi, "  ");
        break;
    case RC_EVIDENCE_STABILITY:
        put_kind(t, "stability");
        rc_text_put_stability(t, e);
        break;
    }
    rc_text_put(t, "}");
}
