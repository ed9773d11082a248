#include "relucert/listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "relucert/certificate.h"
#include "sha256.h"
#include "text.h"

#define MAGIC "rc-cells"
#define VERSION 1
#define MOST_HYPERPLANES 32766
#define MOST_RANK 1000
#define BUFFER 65536

/* The side file as it grows. */
typedef struct {
    rc_text_t file;
    rc_sha256_t hash;
    slong n, rank; /* rank: 0 before the first batch */
    size_t bytes;  /* of an entry */
    size_t records;
    unsigned char buffer[BUFFER];
    size_t used;
} side_file;

static void flush(side_file *side)
{
    rc_sha256_add(side->hash, side->buffer, side->used);
    if (fwrite(side->buffer, 1, side->used, side->file->file) != side->used) side->file->failed = true;
    side->used = 0;
}

static void put_head(side_file *side)
{
    const slong field[] = {VERSION, side->n, side->rank, (slong) side->bytes};
    memcpy(side->buffer, MAGIC, 8);
    for (size_t i = 0; i < 8; i++) side->buffer[8 + i] = (unsigned char) ((ulong) field[i / 2] >> 8 * (i % 2));
    side->used = 16;
}

static bool put_batch(void *arg, const rc_batch_struct *batch)
{
    side_file *side = arg;
    if (batch->cells == 0) return true;
    if (side->rank == 0) {
        side->rank = batch->rank;
        if (side->rank == 0 || side->rank > MOST_RANK) return false;
        put_head(side);
    }
    size_t rank = (size_t) side->rank, record = rank * side->bytes;
    const int32_t *entry = batch->bases;
    for (size_t c = 0; c < batch->cells; c++, entry += rank) {
        if (side->used + record > BUFFER) flush(side);
        unsigned char *to = side->buffer + side->used;
        if (side->bytes == 1) {
            for (size_t l = 0; l < rank; l++) to[l] = (unsigned char) entry[l];
        } else {
            for (size_t l = 0; l < rank; l++) {
                to[2 * l] = (unsigned char) entry[l];
                to[2 * l + 1] = (unsigned char) ((uint32_t) entry[l] >> 8);
            }
        }
        side->used += record;
    }
    side->records += batch->cells;
    return !side->file->failed;
}

/* What the name in the certificate is: that of the side file without its folder. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The path without ".json", and with `ending`. */
static char *renamed(const char *path, const char *ending)
{
    size_t n = strlen(path);
    if (n > 5 && strcmp(path + n - 5, ".json") == 0) n -= 5;
    char *text = malloc(n + strlen(ending) + 1);
    if (text == NULL) flint_abort();
    memcpy(text, path, n);
    strcpy(text + n, ending);
    return text;
}

/* Plain enough to be quoted without escapes? */
static bool is_plain(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char) name[i] < 0x20 || name[i] == '"' || name[i] == '\\') return false;
    json_t *text = json_string(name);
    bool is_utf8 = text != NULL;
    json_decref(text);
    return is_utf8 && n > strlen(".cells") && n < 256;
}

/* Both of each pair are cells. A count by deletion-restriction that takes no more steps than there are cells must
   agree. */
static rc_status set_cells(fmpz_t cells, size_t records, bool halved, const rc_arrangement_t arr, const char *path,
                           const rc_limits *limits, rc_error_struct *err)
{
    rc_limits own;
    fmpz_t counted;
    rc_limits_init(&own);
    if (limits) {
        own.deadline = limits->deadline;
        own.stop = limits->stop;
    }
    own.max_cells = records + 1000;
    fmpz_init(counted);
    fmpz_set_ui(cells, records);
    if (halved) fmpz_mul_2exp(cells, cells, 1);
    rc_status status = RC_OK;
    if (rc_arrangement_count(counted, arr, &own) == RC_OK && !fmpz_equal(counted, cells)) {
        char *listed = fmpz_get_str(NULL, 10, cells), *text = fmpz_get_str(NULL, 10, counted);
        status = rc_error_set(err, RC_UNDEFINED, "%.300s: not written: %s cells listed, %s counted; please report this",
                              path, listed, text);
        flint_free(listed);
        flint_free(text);
    }
    fmpz_clear(counted);
    return status;
}

/* The certificate that names the side file. */
static rc_status write_certificate(const char *path, const rc_listing_subject *subject, const rc_arrangement_t arr,
                                   const rc_listing_struct *listing, const fmpz_t cells, rc_error_struct *err)
{
    char *stem = renamed(base_name(path), "");
    fmpq_t value;
    rc_decision_t decision;
    rc_instance_struct in = {.network = {subject->network[0], subject->network[1]}};
    rc_claim_struct claim = {.id = subject->id ? subject->id : "cells",
                             .kind = RC_CLAIM_CELLS,
                             .comparison = RC_COMPARE_EQUALS,
                             .networks = subject->networks,
                             .name = {subject->name[0], subject->name[1]},
                             .instances = 1,
                             .instance = &in};
    rc_case_struct c = {.path = stem, .stem = stem};
    if (subject->stem) c.stem = (char *) (uintptr_t) subject->stem;
    in.arrangement = (rc_arrangement_struct *) (uintptr_t) arr;
    fmpq_init(value);
    fmpq_set_fmpz(value, cells);
    rc_surd_init(in.value);
    rc_surd_set_fmpq(in.value, value);
    rc_decision_init(decision);
    rc_evidence_struct *e = decision->evidence;
    decision->verdict = RC_PROVED;
    e->kind = RC_EVIDENCE_LISTING;
    e->listing = listing;
    e->hyperplanes = arr->n;
    e->affine = arr->affine;
    e->part = calloc((size_t) (arr->n + arr->affine + 1), sizeof *e->part);
    if (e->part == NULL) flint_abort();
    rc_arrangement_components(e->part, &e->parts, arr);
    rc_status status = rc_certificate_write(path, &c, &claim, decision, subject->producer, err);
    rc_decision_clear(decision);
    rc_surd_clear(in.value);
    fmpq_clear(value);
    free(stem);
    return status;
}

/* Streams the cells into the side file, which stays a temporary one. */
static rc_status list_cells(side_file *side, rc_enumeration_struct *E, const char *path, int threads, rc_limits *limits,
                            rc_error_struct *err)
{
    errno = 0;
    rc_status status = rc_enumeration_run(E, threads, put_batch, side, limits);
    if (status != RC_OK) {
        return rc_error_set(err, status, "%.300s: not written: %s", path,
                            limits && limits->reason ? limits->reason : "the cells cannot be listed");
    }
    if (side->rank == 0 || side->rank > MOST_RANK) {
        return rc_error_set(err, RC_UNDEFINED, "%.300s: not written: rank %ld, a listing takes 1 to %d", path,
                            (long) side->rank, MOST_RANK);
    }
    flush(side);
    if (!side->file->failed) return RC_OK;
    return rc_error_set(err, RC_IO, "%.300s: cannot be written: %s", path, errno ? strerror(errno) : "disk full?");
}

/* Refuses what has no listing. */
static rc_status check_arrangement(const char *path, const char *name, const rc_arrangement_t arr, rc_error_struct *err)
{
    if (!is_plain(base_name(name))) {
        return rc_error_set(err, RC_BAD_INPUT,
                            "%.300s: no name for a listing: expected at most 255 bytes of UTF-8, without quotes, "
                            "backslashes and control characters",
                            path);
    }
    if (arr->n > MOST_HYPERPLANES) {
        return rc_error_set(err, RC_UNDEFINED, "%.300s: not written: %ld hyperplanes, a listing takes at most %d", path,
                            (long) arr->n, MOST_HYPERPLANES);
    }
    if (arr->n == 0)
        return rc_error_set(err, RC_UNDEFINED, "%.300s: not written: there is no hyperplane", path);
    return RC_OK;
}

/* The finished side file gets its name, and the certificate is written. */
static rc_status finish(side_file *side, const rc_enumeration_struct *E, const char *path, const char *name,
                        const rc_listing_subject *subject, const rc_arrangement_t arr, const fmpz_t cells,
                        rc_error_struct *err)
{
    rc_listing_struct listing = {.file = base_name(name)};
    fmpz_mat_init(listing.auxiliary, side->rank, side->rank);
    listing.columns = malloc((size_t) side->rank * sizeof *listing.columns);
    if (listing.columns == NULL) flint_abort();
    rc_enumeration_auxiliary(listing.auxiliary, listing.columns, E);
    rc_sha256_finish(listing.sha256, side->hash);
    rc_status status = rc_text_close(side->file, true, err);
    if (status == RC_OK) {
        status = write_certificate(path, subject, arr, &listing, cells, err);
        if (status != RC_OK) unlink(name);
    }
    free(listing.columns);
    fmpz_mat_clear(listing.auxiliary);
    return status;
}

static rc_status write_both(side_file *side, const char *path, const char *name, const rc_listing_subject *subject,
                            const rc_arrangement_t arr, int threads, fmpz *cells, rc_limits *limits,
                            rc_error_struct *err)
{
    fmpz_t number;
    rc_status status = rc_text_open(side->file, name, err);
    if (status != RC_OK) return status;
    fmpz_init(number);
    rc_enumeration_struct *E = rc_enumeration_new(arr, RC_ENGINE_VERTEX, true);
    status = list_cells(side, E, path, threads, limits, err);
    if (status == RC_OK)
        status = set_cells(number, side->records, rc_enumeration_is_halved(E), arr, path, limits, err);
    if (status == RC_OK) {
        status = finish(side, E, path, name, subject, arr, number, err);
    } else {
        rc_status ignored = rc_text_close(side->file, false, NULL);
        (void) ignored;
    }
    if (status == RC_OK && cells) fmpz_set(cells, number);
    rc_enumeration_free(E);
    fmpz_clear(number);
    return status;
}

rc_status rc_listing_write(const char *path, const rc_listing_subject *subject, const rc_arrangement_t arr, int threads,
                           fmpz *cells, rc_limits *limits, rc_error_struct *err)
{
    char *name = renamed(path, ".cells");
    rc_status status = check_arrangement(path, name, arr, err);
    if (status == RC_OK) {
        side_file *side = calloc(1, sizeof *side);
        if (side == NULL) flint_abort();
        rc_sha256_init(side->hash);
        side->n = arr->n;
        side->bytes = arr->n + 1 <= 127 ? 1 : 2;
        status = write_both(side, path, name, subject, arr, threads, cells, limits, err);
        free(side);
    }
    free(name);
    return status;
}
