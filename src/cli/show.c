/* relucert show: a certificate's argument in words. */
#include "cli.h"

#include <stdlib.h>

#include "relucert/certificate.h"

static const char help[] = "Usage: relucert show [OPTION]... CERTIFICATE...\n"
                           "\n"
                           "Tells the argument of a certificate in words: the statement, the verdict, how the\n"
                           "evidence proves it, with the numbers. It explains; relucert-check verifies.\n"
                           "\n"
                           "With --json: {\"certificates\": [{\"certificate\", \"text\"}]}.\n"
                           "\n"
                           "Example:\n"
                           "  $ relucert show proofs/example-2.2.semi-norm.json\n";

/* Takes no notice of a further argument's failure: all are tried, the worst status counts. */
static rc_status show(rc_cli_t cli, const char *path, json_t *list, bool first)
{
    json_t *doc;
    char *text;
    rc_status status = rc_read_file(&doc, path, cli->err);
    if (status != RC_OK) return status;
    status = rc_certificate_explain(&text, doc, path, cli->err);
    json_decref(doc);
    if (status != RC_OK) return status;
    if (cli->json) {
        json_t *item = json_object();
        rc_cli_set(item, "certificate", json_string(path));
        rc_cli_set(item, "text", json_string(text));
        rc_cli_append(list, item);
    } else {
        printf("%s%s", first ? "" : "\n", text);
    }
    free(text);
    return RC_OK;
}

int rc_cli_show(int argc, char **argv)
{
    const rc_cli_command command = {"show", help, 1, -1, NULL};
    rc_cli_t cli;
    int exit_status;
    if (!rc_cli_begin(cli, &exit_status, &command, argc, argv)) return rc_cli_end(cli, exit_status);
    json_t *list = json_array();
    exit_status = RC_EXIT_OK;
    for (int i = 0; i < cli->argc; i++) {
        rc_status status = show(cli, cli->argv[i], list, i == 0);
        if (status != RC_OK) exit_status = rc_cli_fail(cli, status);
    }
    if (cli->json) {
        json_t *doc = json_object();
        rc_cli_set(doc, "certificates", json_incref(list));
        rc_cli_put_json(doc);
    }
    json_decref(list);
    return rc_cli_end(cli, exit_status);
}
