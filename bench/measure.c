/* Wall time and peak memory of a command.

       measure LIMIT REPEAT OUT COMMAND [ARGUMENT]...

   The command's standard output goes to the file OUT, its standard error to OUT.err. It is killed, with its process
   group, after LIMIT seconds, and repeated until REPEAT seconds have passed. Prints one line: exit status of the last
   run (124 if it was killed for time), median wall seconds, peak memory in kB (of the command and of its children that
   it has waited for). */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage); /* not in POSIX, but everywhere */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static void redirect(const char *path, int target)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0 || dup2(fd, target) < 0) _exit(126);
    close(fd);
}

static void execute(const char *out, char **command)
{
    char err[4096];
    if (snprintf(err, sizeof err, "%s.err", out) >= (int) sizeof err) _exit(126);
    setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    redirect(out, STDOUT_FILENO);
    redirect(err, STDERR_FILENO);
    execvp(command[0], command);
    _exit(127);
}

typedef enum { ENDED, LATE, INTERRUPTED } outcome;

/* Waits for a child to end, until the deadline, or until this process is told to stop; kills it in the last cases. */
static outcome await(pid_t child, const sigset_t *signals, double deadline)
{
    outcome what = LATE;
    for (double left; (left = deadline - now()) > 0;) {
        struct timespec t = {(time_t) left, (long) (1e9 * (left - (double) (time_t) left))};
        int number = sigtimedwait(signals, NULL, &t);
        if (number == SIGCHLD) return ENDED;
        if (number < 0) continue;
        what = INTERRUPTED;
        break;
    }
    kill(-child, SIGKILL);
    return what;
}

static int run(double *seconds, long *memory, double limit, const char *out, char **command)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    double begun = now();
    pid_t child = fork();
    if (child < 0) exit(1);
    if (child == 0) execute(out, command);
    outcome what = await(child, &signals, begun + limit);
    int status;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) != child || what == INTERRUPTED) exit(130);
    *seconds = now() - begun;
    *memory = usage.ru_maxrss > *memory ? usage.ru_maxrss : *memory;
    return what == LATE ? 124 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

enum { MOST_RUNS = 1000 };

int main(int argc, char **argv)
{
    if (argc < 5) {
        fputs("usage: measure LIMIT REPEAT OUT COMMAND [ARGUMENT]...\n", stderr);
        return 2;
    }
    double limit = atof(argv[1]), again = atof(argv[2]), seconds[MOST_RUNS], sum = 0;
    long memory = 0;
    int runs = 0, status = 0;
    do {
        status = run(seconds + runs, &memory, limit, argv[3], argv + 4);
        sum += seconds[runs++];
    } while (status == 0 && sum < again && runs < MOST_RUNS);
    qsort(seconds, (size_t) runs, sizeof *seconds, compare);
    printf("%d %.6f %ld\n", status, seconds[runs / 2], memory);
    return 0;
}
