/* Where cells go: standard output, or a file beside its place until it is whole; sorted on the way if asked. */
#define _XOPEN_SOURCE 700 /* realpath */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cells.h"

static char *joined(const char *a, const char *b)
{
    size_t size = strlen(a) + strlen(b) + 1;
    char *text = malloc(size);
    if (!text) abort();
    snprintf(text, size, "%s%s", a, b);
    return text;
}

static rc_status cannot_write(const char *path, int cause, rc_error_struct *err)
{
    return rc_error_set(err, RC_IO, "%.300s: cannot be written: %s", path, cause ? strerror(cause) : "disk full?");
}

/* A file that only one run at a time writes: the lock ends with the process. */
static int open_locked(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT, 0666);
    if (fd < 0) return fd;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_SETLK, &lock) == 0 && ftruncate(fd, 0) == 0) return fd;
    int cause = errno == EACCES ? EAGAIN : errno;
    close(fd);
    errno = cause;
    return -1;
}

/* A new file beside the path; with `resumed` its name is fixed. */
static int open_beside(rc_cells_sink *sink, bool resumed)
{
    if (resumed) {
        sink->temporary = joined(sink->path, ".part");
        return open_locked(sink->temporary);
    }
    sink->temporary = joined(sink->path, ".XXXXXX");
    int fd = mkstemp(sink->temporary);
    if (fd < 0) return fd;
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(fd, 0666 & ~mask) == 0) return fd;
    int cause = errno;
    close(fd);
    unlink(sink->temporary);
    errno = cause;
    return -1;
}

static void forget(rc_cells_sink *sink)
{
    free(sink->temporary);
    free(sink->path);
    *sink = (rc_cells_sink) {0};
}

rc_status rc_cells_sink_open(rc_cells_sink *sink, const char *path, bool resumed, rc_error_struct *err)
{
    *sink = (rc_cells_sink) {0};
    if (!path) {
        sink->file = stdout;
        return RC_OK;
    }
    struct stat there;
    bool exists = stat(path, &there) == 0;
    if (exists && S_ISDIR(there.st_mode)) return cannot_write(path, EISDIR, err);
    sink->path = exists && S_ISREG(there.st_mode) ? realpath(path, NULL) : joined(path, "");
    if (!sink->path) return cannot_write(path, errno, err);
    if (exists && !S_ISREG(there.st_mode)) { /* a device, a pipe */
        sink->file = fopen(path, "wb");
    } else {
        int fd = open_beside(sink, resumed);
        sink->file = fd < 0 ? NULL : fdopen(fd, "wb");
        if (!sink->file && fd >= 0) close(fd);
    }
    if (sink->file) return RC_OK;
    rc_status status = cannot_write(path, errno, err);
    forget(sink);
    return status;
}

bool rc_cells_sink_put(rc_cells_sink *sink, const void *bytes, size_t length)
{
    return fwrite(bytes, 1, length, sink->file) == length;
}

/* The renaming itself reaches the disk, where the file system lets a folder be synced. */
static void sync_folder(const char *path)
{
    char *folder = joined(path, "");
    char *slash = strrchr(folder, '/');
    if (slash) slash[1] = '\0';
    int fd = open(slash ? folder : ".", O_RDONLY);
    if (fd >= 0) {
        (void) !fsync(fd);
        close(fd);
    }
    free(folder);
}

rc_status rc_cells_sink_close(rc_cells_sink *sink, bool keep, rc_error_struct *err)
{
    if (sink->file == stdout) return RC_OK;
    errno = 0;
    bool good = !ferror(sink->file) && fflush(sink->file) == 0 &&
                (!sink->temporary || !keep || fsync(fileno(sink->file)) == 0) &&
                (!sink->temporary || !keep || rename(sink->temporary, sink->path) == 0);
    int cause = errno;
    if (fclose(sink->file) != 0 && good && !sink->temporary) {
        good = false;
        cause = errno;
    }
    if (sink->temporary && !(keep && good)) unlink(sink->temporary);
    else if (sink->temporary) sync_folder(sink->path);
    rc_status status = keep && !good ? cannot_write(sink->path, cause, err) : RC_OK;
    forget(sink);
    return status;
}

/* ---- sorting ---- */

void rc_cells_store_put(rc_cells_store *store, const void *bytes, size_t length)
{
    if (length == 0) return;
    if (store->alloc - store->length < length) {
        store->alloc = store->length + length > 2 * store->alloc ? store->length + length : 2 * store->alloc;
        store->bytes = realloc(store->bytes, store->alloc);
        if (!store->bytes) abort();
    }
    memcpy(store->bytes + store->length, bytes, length);
    store->length += length;
}

/* Comparing needs a length; qsort knows no argument. One listing is sorted at a time. */
static size_t compared_length;

static int compare_rising(const void *a, const void *b)
{
    return memcmp(*(const unsigned char *const *) a, *(const unsigned char *const *) b, compared_length);
}

/* Of arrangements: the cell where the sign is - comes first, although the character + does. */
static int compare_falling(const void *a, const void *b)
{
    return compare_rising(b, a);
}

static bool write_lines(const rc_cells_store *store, rc_cells_sink *sink, const rc_cells_plan *plan)
{
    const unsigned char **lines = NULL, *p = store->bytes, *end = store->bytes + store->length;
    size_t count = 0, alloc = 0;
    for (; p < end; p = (const unsigned char *) memchr(p, '\n', (size_t) (end - p)) + 1) {
        if (count == alloc) {
            alloc = alloc ? 2 * alloc : 1024;
            lines = realloc(lines, alloc * sizeof *lines);
            if (!lines) abort();
        }
        lines[count++] = p;
    }
    compared_length = plan->head_length;
    if (count > 0) qsort(lines, count, sizeof *lines, plan->in->nets == 0 ? compare_falling : compare_rising);
    bool good = true;
    for (size_t i = 0; i < count && good; i++)
        good = rc_cells_sink_put(sink, lines[i],
                                 (size_t) ((const unsigned char *) memchr(lines[i], '\n', (size_t) (end - lines[i])) -
                                           lines[i] + 1));
    free(lines);
    return good;
}

static int compare_packed(const void *a, const void *b)
{
    return memcmp(a, b, compared_length);
}

/* Bit 0 of a byte becomes bit 7, and so on: then the order by signs is that of the bytes. */
static void reverse_bits(unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned b = bytes[i];
        b = (b & 0xF0u) >> 4 | (b & 0x0Fu) << 4;
        b = (b & 0xCCu) >> 2 | (b & 0x33u) << 2;
        bytes[i] = (unsigned char) ((b & 0xAAu) >> 1 | (b & 0x55u) << 1);
    }
}

static bool write_packed(rc_cells_store *store, rc_cells_sink *sink, slong n, bool halved)
{
    size_t size = ((size_t) n + 7) / 8;
    if (size == 0) return true;
    unsigned char last = (unsigned char) (n % 8 ? (1 << n % 8) - 1 : 0xFF);
    for (unsigned char *cell = store->bytes; halved && cell < store->bytes + store->length; cell += size) {
        if (cell[0] & 1) continue;
        for (size_t k = 0; k < size; k++) cell[k] = (unsigned char) ~cell[k];
        cell[size - 1] &= last;
    }
    reverse_bits(store->bytes, store->length);
    compared_length = size;
    if (store->length > 0) qsort(store->bytes, store->length / size, size, compare_packed);
    reverse_bits(store->bytes, store->length);
    return rc_cells_sink_put(sink, store->bytes, store->length);
}

bool rc_cells_store_write(rc_cells_store *store, rc_cells_sink *sink, const rc_cells_plan *plan, bool halved)
{
    if (plan->format == RC_CELLS_BITS) return write_packed(store, sink, plan->in->arr->n, halved);
    return write_lines(store, sink, plan);
}
