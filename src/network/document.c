/* JSON documents: a file in, checked; a file out, whole or not at all. */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif

#include <errno.h>
#include <fcntl.h>
#include <flint/flint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "network/read-private.h"

typedef struct {
    char *data;
    size_t length, room;
} buffer;

/* All of the stream; false if reading failed (errno says why). */
static bool read_all(buffer *b, FILE *file)
{
    for (;;) {
        if (b->room - b->length < 65536) {
            b->room = b->room < 131072 ? 262144 : 2 * b->room;
            b->data = flint_realloc(b->data, b->room);
        }
        size_t got = fread(b->data + b->length, 1, b->room - b->length, file);
        b->length += got;
        if (got == 0) return !ferror(file);
    }
}

static rc_status read_bytes(buffer *b, const char *path, rc_error_struct *err)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    if (!file) return rc_error_set(err, RC_IO, "%s: cannot open: %s", path, strerror(errno));
    errno = 0;
    bool read = read_all(b, file);
    int reason = errno;
    if (!standard) fclose(file);
    if (read) return RC_OK;
    return rc_error_set(err, RC_IO, "%s: cannot read: %s", standard ? "standard input" : path, strerror(reason));
}

/* jansson says "duplicate object key near '\"A\"'": the part after "near". */
static const char *near_what(const json_error_t *problem)
{
    const char *near = strstr(problem->text, " near ");
    return near ? near + 6 : "";
}

static rc_status explain(const json_error_t *problem, const char *name, rc_error_struct *err)
{
    const char *text;
    switch (json_error_code(problem)) {
    case json_error_premature_end_of_input: text = "the document ends too early (truncated?)"; break;
    case json_error_end_of_input_expected: text = "something follows the end of the document"; break;
    case json_error_invalid_utf8: text = "not UTF-8 text"; break;
    case json_error_null_character: text = "a NUL character in a string"; break;
    case json_error_null_byte_in_key: text = "a NUL character in a key"; break;
    case json_error_stack_overflow: text = "lists and objects nested too deeply"; break;
    case json_error_numeric_overflow:
        text = strstr(problem->text, "integer") ? "an integer beyond 64 bits; write it as a string"
                                                : "a real beyond the range of a double; write it as a string";
        break;
    case json_error_duplicate_key:
        return rc_error_set(err, RC_BAD_INPUT, "%s: line %d, column %d: duplicate key %s", name, problem->line,
                            problem->column, near_what(problem));
    default:
        return rc_error_set(err, RC_BAD_INPUT, "%s: line %d, column %d: not JSON: %s", name, problem->line,
                            problem->column,
                            problem->text);
    }
    return rc_error_set(err, RC_BAD_INPUT, "%s: line %d, column %d: %s", name, problem->line, problem->column, text);
}

static rc_status parse(json_t **doc, const buffer *b, const char *name, rc_error_struct *err)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (b->length == 0) return rc_error_set(err, RC_BAD_INPUT, "%s: empty file", name);
    if (b->length >= 3 && memcmp(b->data, mark, 3) == 0)
        return rc_error_set(err, RC_BAD_INPUT, "%s: starts with a byte order mark; JSON has none", name);
    json_error_t problem;
    json_t *read = json_loadb(b->data, b->length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    if (!read) return explain(&problem, name, err);
    *doc = read;
    return RC_OK;
}

rc_status rc_read_file(json_t **doc, const char *path, rc_error_struct *err)
{
    buffer b = {NULL, 0, 0};
    rc_status status = read_bytes(&b, path, err);
    if (status == RC_OK) status = parse(doc, &b, strcmp(path, "-") == 0 ? "standard input" : path, err);
    flint_free(b.data);
    return status;
}

static int put(const char *text, size_t size, void *file)
{
    return fwrite(text, 1, size, file) == size ? 0 : -1;
}

static bool dump(FILE *file, const json_t *value)
{
    return json_dump_callback(value, put, file, JSON_COMPACT | JSON_ENCODE_ANY) == 0;
}

static bool dump_members(FILE *file, json_t *object)
{
    const char *key, *separator = "\n";
    json_t *value;
    json_object_foreach(object, key, value) {
        json_t *name = json_string(key);
        bool written = fputs(separator, file) >= 0 && dump(file, name) && putc(':', file) != EOF && dump(file, value);
        json_decref(name);
        if (!written) return false;
        separator = ",\n";
    }
    return true;
}

static bool dump_elements(FILE *file, const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (fputs(i ? ",\n" : "\n", file) < 0 || !dump(file, json_array_get(array, i))) return false;
    return true;
}

/* One top-level element a line. */
static bool dump_document(FILE *file, const json_t *doc)
{
    if (json_is_object(doc))
        return putc('{', file) != EOF && dump_members(file, (json_t *) doc) && fputs("\n}\n", file) >= 0;
    if (json_is_array(doc))
        return putc('[', file) != EOF && dump_elements(file, doc) && fputs("\n]\n", file) >= 0;
    return dump(file, doc) && putc('\n', file) != EOF;
}

/* Writes and closes the file; errno says what went wrong. Devices and pipes have nothing to sync. */
static bool finish(FILE *file, const json_t *doc, bool sync)
{
    errno = 0;
    bool written = dump_document(file, doc) && fflush(file) == 0 && (!sync || fsync(fileno(file)) == 0);
    int reason = errno;
    if (fclose(file) != 0 && written) return false;
    if (!written) errno = reason ? reason : EIO;
    return written;
}

/* A new file beside path; its name is allocated, NULL if none could be made. */
static FILE *open_beside(char **name, const char *path)
{
    size_t size = strlen(path) + 64;
    *name = flint_malloc(size);
    int fd = -1;
    for (int attempt = 0; fd < 0 && attempt < 100; attempt++) {
        snprintf(*name, size, "%s.%ld.%d.tmp", path, (long) getpid(), attempt);
        fd = open(*name, O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (fd < 0 && errno != EEXIST) break;
    }
    FILE *file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!file) {
        int reason = errno;
        if (fd >= 0) {
            close(fd);
            unlink(*name);
        }
        flint_free(*name);
        errno = reason;
    }
    return file;
}

/* The renaming itself reaches the disk, where the file system lets a folder be synced. */
static void sync_folder(const char *path)
{
    size_t length = strlen(path) + 3;
    char *folder = flint_malloc(length);
    const char *slash = strrchr(path, '/');
    if (slash) snprintf(folder, length, "%.*s/", (int) (slash - path), path);
    else snprintf(folder, length, ".");
    int fd = open(folder, O_RDONLY);
    if (fd >= 0) {
        (void) !fsync(fd);
        close(fd);
    }
    flint_free(folder);
}

static rc_status cannot_write(const char *path, int reason, rc_error_struct *err)
{
    return rc_error_set(err, RC_IO, "%s: cannot write: %s", path, strerror(reason));
}

static rc_status replace_file(const char *path, const json_t *doc, rc_error_struct *err)
{
    char *name;
    FILE *file = open_beside(&name, path);
    if (!file) return cannot_write(path, errno, err);
    bool done = finish(file, doc, true) && rename(name, path) == 0;
    int reason = errno;
    if (!done) unlink(name);
    flint_free(name);
    if (!done) return cannot_write(path, reason, err);
    sync_folder(path);
    return RC_OK;
}

rc_status rc_write_file(const char *path, const json_t *doc, rc_error_struct *err)
{
    struct stat there;
    bool exists = stat(path, &there) == 0;
    if (exists && S_ISDIR(there.st_mode)) return cannot_write(path, EISDIR, err);
    if (exists && !S_ISREG(there.st_mode)) {
        FILE *file = fopen(path, "wb");
        return file && finish(file, doc, false) ? RC_OK : cannot_write(path, errno, err);
    }
    char *target = exists ? realpath(path, NULL) : NULL;
    rc_status status = replace_file(target ? target : path, doc, err);
    free(target);
    return status;
}
