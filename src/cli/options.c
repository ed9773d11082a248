#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <flint/flint.h>

#include "mpi.h"

static const char shared_help[] =
    "\n"
    "Shared options:\n"
    "  --json            one JSON document on standard output, numbers as exact strings\n"
    "  -q, --quiet       no progress, no remarks\n"
    "  --set NAME=VALUE  value of a parameter, for networks CASE.json#NAME of a case that has\n"
    "                    parameters; may be repeated\n"
    "  --time-limit S    stop after S seconds\n"
    "  --max-cells N     stop after visiting N cells or nodes of a search\n"
    "  --threads N       threads of cells and of norm, by default as many as cores; the other commands\n"
    "                    compute in one thread\n"
    "  --help            this text\n"
    "  --version         versions of relucert and of its libraries\n"
    "\n"
    "A file argument - is standard input; -- ends the options.\n";

static const char status_help[] =
    "Exit status: 0 answered, 2 bad input or usage, 3 stopped by a limit, 130 interrupted.\n";

static volatile sig_atomic_t interrupted;

/* A second signal has its default effect: SA_RESETHAND. */
static void on_signal(int number)
{
    (void) number;
    interrupted = 1;
}

static void catch_signals(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = (int) SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* Progress: shown on a terminal once the work takes longer than a second, four times a second at most. */
static struct {
    double begun, shown;
    bool visible;
} progress;

static void show_progress(void *arg, const char *what, size_t done)
{
    (void) arg;
    double now = rc_clock();
    if (now - progress.begun < 1 || now - progress.shown < 0.25) return;
    progress.shown = now;
    progress.visible = true;
    fprintf(stderr, "\r\033[K%.0f s: %s: %zu", now - progress.begun, what ? what : "searching", done);
    fflush(stderr);
}

static void erase_progress(void)
{
    if (!progress.visible) return;
    fputs("\r\033[K", stderr);
    progress.visible = false;
}

static void complain(const char *format, va_list args)
{
    if (rc_mpi_launched_rank() > 0) return; /* process 0 says the same */
    erase_progress();
    rc_error_t err;
    char text[sizeof err->message];
    vsnprintf(text, sizeof text, format, args);
    (void) rc_error_set(err, RC_BAD_INPUT, "%s", text); /* drops control characters */
    fflush(stdout);
    fprintf(stderr, "relucert: %s\n", err->message);
}

int rc_cli_error(rc_cli_t cli, const char *format, ...)
{
    (void) cli;
    va_list args;
    va_start(args, format);
    complain(format, args);
    va_end(args);
    return RC_EXIT_BAD_INPUT;
}

int rc_cli_usage(rc_cli_t cli, const char *format, ...)
{
    char text[500];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return rc_cli_error(cli, "%s: %s (relucert %s --help tells more)", cli->command->name, text, cli->command->name);
}

int rc_cli_fail(rc_cli_t cli, rc_status status)
{
    if (status != RC_LIMIT) return rc_cli_error(cli, "%s", cli->err->message);
    if (interrupted) {
        rc_cli_error(cli, "interrupted");
        return RC_EXIT_INTERRUPTED;
    }
    rc_cli_error(cli, "stopped: %s", cli->limits.reason ? cli->limits.reason : "limit reached");
    return RC_EXIT_LIMIT;
}

/* A positive number of at most `digits` digits. */
static bool read_count(long *n, const char *text, size_t digits)
{
    size_t length = strlen(text);
    if (length == 0 || length > digits || strspn(text, "0123456789") != length) return false;
    *n = strtol(text, NULL, 10);
    return *n > 0;
}

/* Seconds: digits with at most one point. */
static bool read_seconds(double *seconds, const char *text)
{
    size_t length = strlen(text), whole = strspn(text, "0123456789");
    size_t rest = text[whole] == '.' ? 1 + strspn(text + whole + 1, "0123456789") : 0;
    if (length == 0 || length > 18 || whole + rest != length) return false;
    double value = 0, unit = 1;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '.') continue;
        value = 10 * value + (text[i] - '0');
        if (i > whole) unit *= 10;
    }
    *seconds = value / unit;
    return *seconds > 0;
}

/* At most as many as --threads takes. */
static long online_cores(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > 9999 ? 9999 : cores;
}

typedef struct {
    const char *threads, *time_limit, *max_cells, *set;
    bool help, version;
} shared_values;

static void add_setting(rc_cli_t cli, const char *text)
{
    const char **set = realloc(cli->set, (size_t) (cli->settings + 1) * sizeof *set);
    if (!set) abort();
    cli->set = set;
    cli->set[cli->settings++] = text;
}

static void add_value(rc_cli_t cli, const char **of, const char *text)
{
    rc_cli_value *list = realloc(cli->value, (size_t) (cli->values + 1) * sizeof *list);
    if (!list) abort();
    cli->value = list;
    cli->value[cli->values++] = (rc_cli_value){of, text};
}

/* "-" and negative numbers are arguments. */
static bool is_option(const char *text)
{
    return text[0] == '-' && text[1] && !(text[1] >= '0' && text[1] <= '9');
}

static const rc_cli_option *find_option(const rc_cli_option *list, const char *name, size_t length, char letter)
{
    for (; list && (list->letter || list->name); list++) {
        if (letter && list->letter == letter) return list;
        if (name && list->name && strlen(list->name) == length && !strncmp(list->name, name, length)) return list;
    }
    return NULL;
}

/* Reads option argv[*i] (which begins with '-'), and its value if that is the next argument. */
static int read_option(rc_cli_t cli, const rc_cli_option *shared, shared_values *values, int *i, int argc, char **argv)
{
    const char *text = argv[*i];
    bool is_long = text[1] == '-';
    const char *name = is_long ? text + 2 : NULL;
    const char *equals = is_long ? strchr(name, '=') : NULL;
    size_t length = equals ? (size_t) (equals - name) : is_long ? strlen(name) : 0;
    char letter = is_long ? 0 : text[1];
    const rc_cli_option *option = find_option(cli->command->options, name, length, letter);
    if (!option) option = find_option(shared, name, length, letter);
    if (!option || (!is_long && !option->value && text[2])) return rc_cli_usage(cli, "no option %s", text);
    if (!option->value) {
        if (equals) return rc_cli_usage(cli, "option --%s takes no value", option->name);
        *option->flag = true;
        return RC_EXIT_OK;
    }
    const char *value = equals ? equals + 1 : !is_long && text[2] ? text + 2 : NULL;
    if (!value && ++*i < argc) value = argv[*i];
    if (!value) return rc_cli_usage(cli, "option %s needs a value", text);
    *option->value = value;
    if (option->value == &values->set) add_setting(cli, value);
    else add_value(cli, option->value, value);
    return RC_EXIT_OK;
}

static int read_shared(rc_cli_t cli, const shared_values *values)
{
    long cells = 0;
    double seconds = 0;
    if (values->threads && !read_count(&cli->threads, values->threads, 4))
        return rc_cli_usage(cli, "--threads %s: a positive number is expected", values->threads);
    if (values->max_cells && !read_count(&cells, values->max_cells, 18))
        return rc_cli_usage(cli, "--max-cells %s: a positive number is expected", values->max_cells);
    if (values->time_limit && !read_seconds(&seconds, values->time_limit))
        return rc_cli_usage(cli, "--time-limit %s: a positive number of seconds is expected", values->time_limit);
    cli->limits.max_cells = (size_t) cells;
    if (values->time_limit) cli->limits.deadline = rc_clock() + seconds;
    return RC_EXIT_OK;
}

static void start(rc_cli_t cli)
{
    catch_signals();
    cli->limits.stop = &interrupted;
    progress.begun = progress.shown = rc_clock();
    if (!cli->quiet && rc_mpi_launched_rank() == 0 && isatty(STDERR_FILENO)) cli->limits.progress = show_progress;
}

static bool begin(rc_cli_t cli, int *status, const rc_cli_command *command, bool shared_out, int argc, char **argv)
{
    memset(cli, 0, sizeof *cli);
    cli->command = command;
    cli->threads = online_cores();
    rc_limits_init(&cli->limits);
    shared_values values = {0};
    const rc_cli_option shared[] = {
        {0, "json", NULL, &cli->json},
        {'q', "quiet", NULL, &cli->quiet},
        {0, "threads", &values.threads, NULL},
        {0, "time-limit", &values.time_limit, NULL},
        {0, "max-cells", &values.max_cells, NULL},
        {0, "set", &values.set, NULL},
        {'h', "help", NULL, &values.help},
        {'V', "version", NULL, &values.version},
        {0, NULL, NULL, NULL}};
    cli->argv = calloc((size_t) argc + 1, sizeof *cli->argv);
    if (!cli->argv) abort();
    bool options = true;
    *status = RC_EXIT_OK;
    for (int i = 1; i < argc && *status == RC_EXIT_OK; i++) {
        if (options && !strcmp(argv[i], "--")) options = false;
        else if (options && is_option(argv[i])) *status = read_option(cli, shared, &values, &i, argc, argv);
        else cli->argv[cli->argc++] = argv[i];
    }
    if (*status != RC_EXIT_OK) return false;
    if (rc_mpi_launched_rank() > 0 && (!shared_out || values.help || values.version)) return false;
    if (values.help || values.version) {
        if (values.help)
            printf("%s%s%s", command->help, shared_help, strstr(command->help, "Exit status:") ? "" : status_help);
        else rc_cli_put_version();
        return false;
    }
    *status = read_shared(cli, &values);
    if (*status != RC_EXIT_OK) return false;
    if (cli->argc < command->min_args)
        *status = rc_cli_usage(cli, "%s is missing", cli->argc == 0 ? "an argument" : "another argument");
    else if (command->max_args >= 0 && cli->argc > command->max_args)
        *status = rc_cli_usage(cli, "%s: one argument too many", cli->argv[command->max_args]);
    if (*status != RC_EXIT_OK) return false;
    start(cli);
    return true;
}

bool rc_cli_begin(rc_cli_t cli, int *status, const rc_cli_command *command, int argc, char **argv)
{
    if (begin(cli, status, command, false, argc, argv)) return true;
    if (rc_mpi_launched_rank() > 0) *status = RC_EXIT_OK;
    return false;
}

bool rc_cli_begin_shared(rc_cli_t cli, int *status, const rc_cli_command *command, int argc, char **argv)
{
    if (begin(cli, status, command, true, argc, argv)) return true;
    if (rc_mpi_launched_rank() > 0) *status = RC_EXIT_OK;
    return false;
}

int rc_cli_end(rc_cli_t cli, int status)
{
    erase_progress();
    errno = 0;
    if (fflush(stdout) || ferror(stdout)) {
        const char *cause = errno ? strerror(errno) : "write error";
        status = rc_cli_error(cli, "standard output: %s", cause);
    }
    free(cli->argv);
    free(cli->set);
    free(cli->value);
    cli->value = NULL;
    cli->values = 0;
    cli->argv = NULL;
    cli->set = NULL;
    cli->settings = 0;
    cli->argc = 0;
    return status;
}
