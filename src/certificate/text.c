#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *joined(const char *a, const char *b)
{
    size_t n = strlen(a) + strlen(b) + 1;
    char *text = malloc(n);
    if (text == NULL) flint_abort();
    snprintf(text, n, "%s%s", a, b);
    return text;
}

static void forget(rc_text_t t)
{
    free(t->temporary);
    free(t->path);
    t->temporary = t->path = NULL;
    t->file = NULL;
}

rc_status rc_text_open(rc_text_t t, const char *path, rc_error_struct *err)
{
    t->failed = false;
    t->path = joined(path, "");
    t->temporary = joined(path, ".XXXXXX");
    int fd = mkstemp(t->temporary);
    t->file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (t->file) return RC_OK;
    rc_status status = rc_error_set(err, RC_IO, "%.300s: cannot be written: %s", path, strerror(errno));
    if (fd >= 0) {
        close(fd);
        unlink(t->temporary);
    }
    forget(t);
    return status;
}

/* mkstemp makes a private file; the finished one gets the usual permissions. */
static bool make_public(int fd)
{
    mode_t mask = umask(0);
    umask(mask);
    return fchmod(fd, 0666 & ~mask) == 0;
}

rc_status rc_text_close(rc_text_t t, bool keep, rc_error_struct *err)
{
    errno = 0;
    bool good = !t->failed && fflush(t->file) == 0 && make_public(fileno(t->file)) && fsync(fileno(t->file)) == 0;
    int cause = errno;
    if (fclose(t->file) != 0 && good) {
        good = false;
        cause = errno;
    }
    if (keep && good && rename(t->temporary, t->path) != 0) {
        good = false;
        cause = errno;
    }
    rc_status status = RC_OK;
    if (!good && keep) {
        status =
            rc_error_set(err, RC_IO, "%.300s: cannot be written: %s", t->path, cause ? strerror(cause) : "disk full?");
    }
    if (!good || !keep) unlink(t->temporary);
    forget(t);
    return status;
}

void rc_text_put(rc_text_t t, const char *text)
{
    if (fputs(text, t->file) < 0) t->failed = true;
}

void rc_text_put_si(rc_text_t t, slong n)
{
    char digits[24];
    char *p = digits + sizeof digits - 1;
    *p = '\0';
    ulong rest = n < 0 ? -(ulong) n : (ulong) n;
    do *--p = (char) ('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (n < 0) *--p = '-';
    rc_text_put(t, p);
}

void rc_text_put_string(rc_text_t t, const char *text)
{
    rc_text_put(t, "\"");
    for (; *text; text++) {
        unsigned char ch = (unsigned char) *text;
        if (ch == '"' || ch == '\\') {
            if (putc('\\', t->file) == EOF || putc(ch, t->file) == EOF) t->failed = true;
        } else if (ch < 0x20) {
            if (fprintf(t->file, "\\u%04x", ch) < 0) t->failed = true;
        } else if (putc(ch, t->file) == EOF) {
            t->failed = true;
        }
    }
    rc_text_put(t, "\"");
}

static void put_digits(rc_text_t t, const fmpz_t n)
{
    if (fmpz_fits_si(n)) {
        rc_text_put_si(t, fmpz_get_si(n));
        return;
    }
    char *digits = fmpz_get_str(NULL, 10, n);
    rc_text_put(t, digits);
    flint_free(digits);
}

void rc_text_put_fmpz(rc_text_t t, const fmpz_t n)
{
    const char *quote = fmpz_fits_si(n) ? "" : "\"";
    rc_text_put(t, quote);
    put_digits(t, n);
    rc_text_put(t, quote);
}

void rc_text_put_fmpq(rc_text_t t, const fmpq_t x)
{
    if (fmpz_is_one(fmpq_denref(x))) {
        rc_text_put_fmpz(t, fmpq_numref(x));
        return;
    }
    rc_text_put(t, "\"");
    put_digits(t, fmpq_numref(x));
    rc_text_put(t, "/");
    put_digits(t, fmpq_denref(x));
    rc_text_put(t, "\"");
}

void rc_text_put_surd(rc_text_t t, const rc_surd_t s)
{
    fmpq_t x;
    fmpq_init(x);
    if (rc_surd_get_fmpq(x, s) == RC_OK) {
        rc_text_put_fmpq(t, x);
    } else {
        char *text = rc_surd_get_str(s);
        rc_text_put_string(t, text);
        free(text);
    }
    fmpq_clear(x);
}

void rc_text_put_vec(rc_text_t t, const fmpq *x, slong n)
{
    rc_text_put(t, "[");
    for (slong i = 0; i < n; i++) {
        if (i > 0) rc_text_put(t, ", ");
        rc_text_put_fmpq(t, x + i);
    }
    rc_text_put(t, "]");
}
