/* A folder of finished units, so that a killed run can be taken up.

   header       which units these are: the run's description, byte for byte
   unit-S-U     unit U of stage S: what it wrote, written whole (under another name, then renamed)
   lock         locked by the run that uses the folder

   A unit's file: 8 bytes "RLCTUNIT"; then, each as 8 bytes, least significant first: the fingerprint of the header,
   stage, unit, cells, ties, length; the bytes; the fingerprint of all before. A file that is not so - the machine lost
   power before it reached the disk - counts as absent. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cells.h"

enum { UNIT_HEADER = 56 };
static const char magic[] = "RLCTUNIT";

/* ---- what the run is ---- */

uint64_t rc_cells_fingerprint_start(void)
{
    return UINT64_C(0xcbf29ce484222325);
}

uint64_t rc_cells_fingerprint(uint64_t h, const void *bytes, size_t length)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < length; i++) h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h;
}

static void describe_mat(FILE *text, const char *what, const fmpq_mat_t M)
{
    for (slong i = 0; i < fmpq_mat_nrows(M) && fmpq_mat_ncols(M) > 0; i++) {
        fputs(what, text);
        for (slong j = 0; j < fmpq_mat_ncols(M); j++) {
            char *entry = rc_fmpq_get_str(fmpq_mat_entry(M, i, j));
            fprintf(text, " %s", entry);
            free(entry);
        }
        fputc('\n', text);
    }
}

char *rc_cells_describe(const rc_cells_input *in, const rc_cells_options *options, const rc_enumeration_struct *E)
{
    static const char *const engines[] = {"auto", "tree", "vertex"}, *const formats[] = {"text", "json", "bits"};
    char *bytes;
    size_t length;
    FILE *text = open_memstream(&bytes, &length);
    if (!text) abort();
    fprintf(text, "checkpoint 1\nversion %s\nengine %s\nformat %s\n", PACKAGE_VERSION, engines[options->engine],
            formats[options->format]);
    fprintf(text, "witness %s\n", options->witness ? "yes" : "no");
    fprintf(text, "stages %ld, units %ld\n", (long) rc_enumeration_stages(E), (long) rc_enumeration_units(E, 0));
    fprintf(text, "input of dimension %ld, %ld network%s%s\n", (long) in->d, (long) in->nets, in->nets == 1 ? "" : "s",
            in->arr->affine ? ", affine" : "");
    describe_mat(text, "input", in->arr->input);
    for (slong k = 0; k < in->nets; k++) describe_mat(text, k == 0 ? "input X" : "input Y", in->net[k]->gamma);
    for (slong k = 0; k < in->nets; k++) describe_mat(text, k == 0 ? "input X" : "input Y", in->net[k]->u);
    if (fclose(text)) abort();
    return bytes;
}

/* ---- files ---- */

static char *name_in(const rc_cells_checkpoint *C, const char *name)
{
    size_t size = strlen(C->path) + strlen(name) + 2;
    char *path = malloc(size);
    if (!path) abort();
    snprintf(path, size, "%s/%s", C->path, name);
    return path;
}

static char *unit_name(const rc_cells_checkpoint *C, slong stage, slong unit, const char *suffix)
{
    char name[80];
    snprintf(name, sizeof name, "unit-%ld-%ld%s", (long) stage, (long) unit, suffix);
    return name_in(C, name);
}

/* A whole file: parts one after another, then the new name. */
static bool write_whole(const char *temporary, const char *path, const void *const parts[], const size_t lengths[],
                        int count)
{
    errno = 0;
    FILE *file = fopen(temporary, "wb");
    if (!file) return false;
    bool good = true;
    for (int i = 0; i < count && good; i++) good = fwrite(parts[i], 1, lengths[i], file) == lengths[i];
    good = fclose(file) == 0 && good;
    if (good) good = rename(temporary, path) == 0;
    if (good) return true;
    int cause = errno;
    unlink(temporary);
    errno = cause ? cause : EIO;
    return false;
}

/* The whole file with a NUL behind it, malloc; NULL if it cannot be read. */
static unsigned char *read_whole(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    if (!file) return NULL;
    unsigned char *bytes = NULL;
    if (fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode)) {
        *length = (size_t) status.st_size;
        bytes = malloc(*length + 1);
        if (!bytes) abort();
        if (fread(bytes, 1, *length, file) == *length) bytes[*length] = '\0';
        else {
            free(bytes);
            bytes = NULL;
        }
    }
    fclose(file);
    return bytes;
}

/* ---- the folder ---- */

/* Is there anything but what a run leaves before its header is there? */
static bool holds_others(const char *path)
{
    bool others = false;
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        const char *name = entry->d_name;
        bool early = !strcmp(name, "lock") || !strcmp(name, "header.part");
        if (!early && strcmp(name, ".") && strcmp(name, "..")) others = true;
    }
    if (folder) closedir(folder);
    return others;
}

static rc_status take_lock(rc_cells_checkpoint *C, rc_error_struct *err)
{
    char *path = name_in(C, "lock");
    C->lock = open(path, O_RDWR | O_CREAT, 0666);
    int cause = errno;
    free(path);
    if (C->lock < 0) return rc_error_set(err, RC_IO, "checkpoint %.300s: %s", C->path, strerror(cause));
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(C->lock, F_SETLK, &lock) == 0) return RC_OK;
    return rc_error_set(err, RC_IO, "checkpoint %.300s: another run uses it", C->path);
}

/* Names the first line that differs. */
static rc_status refuse(const rc_cells_checkpoint *C, const char *there, const char *here, rc_error_struct *err)
{
    const char *a = there, *b = here;
    for (size_t n; (n = strcspn(a, "\n")) == strcspn(b, "\n") && !memcmp(a, b, n) && a[n] && b[n];) {
        a += n + 1;
        b += n + 1;
    }
    int length_a = (int) strcspn(a, "\n"), length_b = (int) strcspn(b, "\n");
    return rc_error_set(err, RC_BAD_INPUT,
                        "checkpoint %.200s belongs to another run: it has \"%.*s\", this one \"%.*s\" (remove the "
                        "folder, or name another)",
                        C->path, length_a > 60 ? 60 : length_a, a, length_b > 60 ? 60 : length_b, b);
}

static rc_status match_header(rc_cells_checkpoint *C, const char *description, rc_error_struct *err)
{
    size_t length, wanted = strlen(description);
    char *path = name_in(C, "header"), *temporary = name_in(C, "header.part");
    errno = 0;
    char *there = (char *) read_whole(path, &length);
    rc_status status = RC_OK;
    if (there) {
        if (length != wanted || memcmp(there, description, wanted)) status = refuse(C, there, description, err);
    } else if (errno != ENOENT || !write_whole(temporary, path, (const void *[]) {description}, &wanted, 1)) {
        status = rc_error_set(err, RC_IO, "checkpoint %.300s: %s", C->path, errno ? strerror(errno) : "not readable");
    }
    free(there);
    free(temporary);
    free(path);
    return status;
}

rc_status rc_cells_checkpoint_open(rc_cells_checkpoint *C, const char *path, const char *description,
                                   rc_error_struct *err)
{
    size_t size = strlen(path) + 1;
    *C = (rc_cells_checkpoint) {malloc(size), 0, -1};
    if (!C->path) abort();
    memcpy(C->path, path, size);
    C->fingerprint = rc_cells_fingerprint(rc_cells_fingerprint_start(), description, strlen(description));
    rc_status status = RC_OK;
    char *header = name_in(C, "header");
    if (mkdir(path, 0777) && errno != EEXIST)
        status = rc_error_set(err, RC_IO, "checkpoint %.300s: %s", path, strerror(errno));
    else if (access(header, F_OK) && holds_others(path))
        status = rc_error_set(err, RC_BAD_INPUT, "checkpoint %.300s: not the folder of a run, and not empty", path);
    free(header);
    if (status == RC_OK) status = take_lock(C, err);
    if (status == RC_OK) status = match_header(C, description, err);
    if (status != RC_OK) rc_cells_checkpoint_close(C, false);
    return status;
}

/* Removes a file of the folder. */
static void drop(const rc_cells_checkpoint *C, const char *name)
{
    char *path = name_in(C, name);
    unlink(path);
    free(path);
}

/* The header goes last but the lock: a run killed in here leaves a folder that the same command takes up. */
void rc_cells_checkpoint_close(rc_cells_checkpoint *C, bool done)
{
    if (!C->path) return;
    DIR *folder = done ? opendir(C->path) : NULL;
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (!strncmp(entry->d_name, "unit-", 5)) drop(C, entry->d_name);
    if (folder) {
        closedir(folder);
        drop(C, "header");
        drop(C, "header.part");
        drop(C, "lock");
        rmdir(C->path);
    }
    if (C->lock >= 0) close(C->lock);
    free(C->path);
    C->path = NULL;
}

/* ---- units ---- */

static void put_unit_header(unsigned char *bytes, const rc_piece *piece, const rc_cells_checkpoint *C)
{
    memcpy(bytes, magic, 8);
    rc_cells_put_le(bytes + 8, C->fingerprint, 8);
    rc_cells_put_le(bytes + 16, (uint64_t) piece->stage, 8);
    rc_cells_put_le(bytes + 24, (uint64_t) piece->unit, 8);
    rc_cells_put_le(bytes + 32, piece->cells, 8);
    rc_cells_put_le(bytes + 40, piece->ties, 8);
    rc_cells_put_le(bytes + 48, piece->length, 8);
}

bool rc_cells_checkpoint_recall(rc_piece *piece, const rc_cells_checkpoint *C)
{
    char *path = unit_name(C, piece->stage, piece->unit, "");
    size_t length = 0;
    unsigned char *bytes = read_whole(path, &length), expected[UNIT_HEADER];
    free(path);
    bool good = bytes && length >= UNIT_HEADER + 8;
    if (good) {
        piece->cells = rc_cells_get_le(bytes + 32, 8);
        piece->ties = rc_cells_get_le(bytes + 40, 8);
        piece->length = length - UNIT_HEADER - 8;
        put_unit_header(expected, piece, C);
        good = !memcmp(bytes, expected, UNIT_HEADER) &&
               rc_cells_get_le(bytes + length - 8, 8) ==
                   rc_cells_fingerprint(rc_cells_fingerprint_start(), bytes, length - 8);
    }
    if (good) {
        rc_piece_reserve(piece, piece->length + 1);
        memcpy(piece->bytes, bytes + UNIT_HEADER, piece->length);
    }
    free(bytes);
    return good;
}

rc_status rc_cells_checkpoint_keep(const rc_piece *piece, const rc_cells_checkpoint *C, rc_error_struct *err)
{
    unsigned char header[UNIT_HEADER], trailer[8];
    put_unit_header(header, piece, C);
    uint64_t h = rc_cells_fingerprint(rc_cells_fingerprint_start(), header, UNIT_HEADER);
    rc_cells_put_le(trailer, rc_cells_fingerprint(h, piece->bytes, piece->length), 8);
    char *path = unit_name(C, piece->stage, piece->unit, "");
    char *temporary = unit_name(C, piece->stage, piece->unit, ".part");
    const void *const parts[] = {header, piece->bytes, trailer};
    const size_t lengths[] = {UNIT_HEADER, piece->length, 8};
    rc_status status = RC_OK;
    if (!write_whole(temporary, path, parts, lengths, 3))
        status = rc_error_set(err, RC_IO, "%.300s: cannot be written: %s", path, strerror(errno));
    free(temporary);
    free(path);
    return status;
}
