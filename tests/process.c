#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(99);
}

typedef struct {
    char *data;
    size_t length, alloc;
} buffer;

/* False at end of file. */
static int buffer_read(buffer *b, int fd)
{
    if (b->length + 4096 + 1 > b->alloc) {
        b->alloc = 2 * b->alloc + 8192;
        b->data = realloc(b->data, b->alloc);
        if (!b->data) die("realloc");
    }
    ssize_t n = read(fd, b->data + b->length, 4096);
    if (n < 0) return errno == EINTR || errno == EAGAIN;
    b->length += (size_t) n;
    b->data[b->length] = 0;
    return n > 0;
}

process_result process_run(const char *const *argv, const char *input, size_t input_length)
{
    int in[2], out[2], err[2];
    if (pipe(in) || pipe(out) || pipe(err)) die("pipe");
    signal(SIGPIPE, SIG_IGN);
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        dup2(err[1], 2);
        close(in[0]), close(in[1]), close(out[0]), close(out[1]), close(err[0]), close(err[1]);
        signal(SIGPIPE, SIG_DFL);
        execv(argv[0], (char *const *) argv);
        perror(argv[0]);
        _exit(127);
    }
    close(in[0]), close(out[1]), close(err[1]);
    buffer o = {calloc(1, 1), 0, 1}, e = {calloc(1, 1), 0, 1};
    int out_open = 1, err_open = 1, in_open = input != NULL;
    size_t sent = 0;
    if (!in_open) close(in[1]);
    else fcntl(in[1], F_SETFL, O_NONBLOCK);
    while (out_open || err_open) {
        struct pollfd fds[3] = {{out_open ? out[0] : -1, POLLIN, 0}, {err_open ? err[0] : -1, POLLIN, 0},
                                {in_open ? in[1] : -1, POLLOUT, 0}};
        if (poll(fds, 3, -1) < 0 && errno != EINTR) die("poll");
        if (fds[0].revents) out_open = buffer_read(&o, out[0]);
        if (fds[1].revents) err_open = buffer_read(&e, err[0]);
        if (in_open && fds[2].revents) {
            ssize_t n = write(in[1], input + sent, input_length - sent);
            if (n > 0) sent += (size_t) n;
            if (sent == input_length || (n < 0 && errno != EAGAIN && errno != EINTR)) {
                close(in[1]);
                in_open = 0;
            }
        }
    }
    if (in_open) close(in[1]);
    close(out[0]), close(err[0]);
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) die("waitpid");
    process_result r = {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), o.data, o.length, e.data, e.length};
    return r;
}

void process_clear(process_result *r)
{
    free(r->out);
    free(r->err);
}

char *process_read_file(const char *path, size_t *length)
{
    int fd = open(path, O_RDONLY);
    if (fd < 0) return NULL;
    buffer b = {calloc(1, 1), 0, 1};
    while (buffer_read(&b, fd)) continue;
    close(fd);
    if (length) *length = b.length;
    return b.data;
}

static char *join(const char *variable, const char *name)
{
    const char *folder = getenv(variable);
    if (!folder) folder = ".";
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (!path) die("malloc");
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

char *process_program(const char *name)
{
    return join("RELUCERT_BUILDDIR", name);
}

char *process_source(const char *relative)
{
    return join("RELUCERT_SRCDIR", relative);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

char **process_list(const char *folder, const char *ending, size_t *count)
{
    char **names = NULL;
    size_t n = 0, tail = strlen(ending);
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        size_t length = strlen(entry->d_name);
        if (length < tail || strcmp(entry->d_name + length - tail, ending) != 0) continue;
        names = realloc(names, (n + 1) * sizeof *names);
        if (!names) die("realloc");
        names[n++] = strdup(entry->d_name);
    }
    if (dir) closedir(dir);
    if (n) qsort(names, n, sizeof *names, by_name);
    *count = n;
    return names;
}
