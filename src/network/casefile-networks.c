/* The networks of a case: names, aliases, instances at settings of the parameters. */
#include "casefile-impl.h"

#include <flint/fmpq_vec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_name_byte(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_';
}

/* Does one of the case's parameters occur as a word in the text? "1e5" may look like one; that costs only a copy. */
static bool mentions_parameter(const rc_case_struct *c, const char *text)
{
    for (slong i = 0; i < c->parameters; i++) {
        const char *name = c->parameter[i].name;
        for (const char *at = strstr(text, name); at; at = strstr(at + 1, name)) {
            if (!is_name_byte(at[strlen(name)])) return true;
        }
    }
    return false;
}

static bool depends_on_parameters(const rc_case_struct *c, const json_t *value)
{
    if (c->parameters == 0) return false;
    if (json_is_string(value)) return mentions_parameter(c, json_string_value(value));
    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++) {
            if (depends_on_parameters(c, json_array_get(value, i))) return true;
        }
    }
    if (json_is_object(value)) {
        const char *key;
        json_t *entry;
        json_object_foreach((json_t *) value, key, entry)
        {
            if (depends_on_parameters(c, entry)) return true;
        }
    }
    return false;
}

slong rc_case_network_find(const rc_case_struct *c, const char *name)
{
    for (slong i = 0; c->networks && i < c->networks->count; i++) {
        if (strcmp(c->networks->name[i], name) == 0) return i;
    }
    return -1;
}

/* Follows aliases from each name; more steps than names mean a cycle. */
static rc_status resolve_aliases(const rc_case_struct *c, rc_error_struct *err)
{
    rc_case_networks *nets = c->networks;
    for (slong i = 0; i < nets->count; i++) {
        slong at = i;
        for (slong steps = 0; json_is_string(nets->value[at]); steps++) {
            const char *other = json_string_value(nets->value[at]);
            slong next = rc_case_network_find(c, other);
            if (next < 0) {
                return rc_error_set(err, RC_BAD_INPUT, "%.200s: network %.60s: no network \"%.60s\" to stand for",
                                    c->path, nets->name[at], other);
            }
            if (steps == nets->count) {
                return rc_error_set(err, RC_BAD_INPUT, "%.200s: network %.60s: its names form a circle", c->path,
                                    nets->name[i]);
            }
            at = next;
        }
        nets->target[i] = at;
    }
    return RC_OK;
}

rc_status rc_case_read_networks(rc_case_struct *c, rc_error_struct *err)
{
    rc_case_networks *nets = c->networks = rc_case_alloc(1, sizeof *nets);
    nets->parameter = rc_case_alloc((size_t) c->parameters, sizeof *nets->parameter);
    for (slong i = 0; i < c->parameters; i++) nets->parameter[i] = c->parameter[i].name;
    const json_t *object = json_object_get(c->doc, "networks");
    if (object == NULL) return RC_OK;
    if (!json_is_object(object)) {
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: networks: expected an object of networks by name", c->path);
    }
    size_t count = json_object_size(object);
    nets->name = rc_case_alloc(count, sizeof *nets->name);
    nets->target = rc_case_alloc(count, sizeof *nets->target);
    nets->value = rc_case_alloc(count, sizeof *nets->value);
    nets->constant = rc_case_alloc(count, sizeof *nets->constant);
    nets->fixed = rc_case_alloc(count, sizeof *nets->fixed);
    const char *name;
    json_t *value;
    json_object_foreach((json_t *) object, name, value)
    {
        if (*name == '\0') return rc_error_set(err, RC_BAD_INPUT, "%.200s: networks: an empty name", c->path);
        nets->name[nets->count] = name;
        nets->value[nets->count] = value;
        nets->constant[nets->count] = !depends_on_parameters(c, value);
        nets->count++;
    }
    return resolve_aliases(c, err);
}

static void network_free(rc_network_struct *net)
{
    if (net == NULL) return;
    rc_network_clear(net);
    free(net);
}

static void setting_free(rc_case_setting *s, slong parameters, slong networks)
{
    for (slong i = 0; i < networks; i++) network_free(s->network[i]);
    free(s->network);
    for (slong i = 0; i < parameters; i++) rc_surd_clear(s->surds + i);
    free(s->surds);
    _fmpq_vec_clear(s->values, parameters);
}

void rc_case_networks_free(rc_case_struct *c)
{
    rc_case_networks *nets = c->networks;
    if (nets == NULL) return;
    for (slong s = 0; s < nets->settings; s++) setting_free(nets->setting + s, c->parameters, nets->count);
    free(nets->setting);
    for (slong i = 0; i < nets->count; i++) network_free(nets->fixed[i]);
    free(nets->fixed);
    free(nets->constant);
    free(nets->value);
    free(nets->target);
    free(nets->name);
    free(nets->parameter);
    free(nets);
}

static bool same_values(const fmpq *x, const fmpq *y, slong n)
{
    for (slong i = 0; i < n; i++) {
        if (!fmpq_equal(x + i, y + i)) return false;
    }
    return true;
}

/* Claims of a case mostly run through the same settings in the same order, so the search begins where the last one
   ended. */
slong rc_case_setting_find(const rc_case_struct *c, const fmpq *values)
{
    rc_case_networks *nets = c->networks;
    for (slong step = 0; step < nets->settings; step++) {
        slong s = (nets->hint + step) % nets->settings;
        if (same_values(nets->setting[s].values, values, c->parameters)) {
            nets->hint = s + 1;
            return s;
        }
    }
    if (nets->settings == nets->alloc) {
        nets->alloc = 2 * nets->alloc + 4;
        nets->setting = realloc(nets->setting, (size_t) nets->alloc * sizeof *nets->setting);
        if (nets->setting == NULL) flint_abort();
    }
    rc_case_setting *s = nets->setting + nets->settings;
    s->values = _fmpq_vec_init(c->parameters);
    s->surds = rc_case_alloc((size_t) c->parameters, sizeof *s->surds);
    s->network = rc_case_alloc((size_t) nets->count, sizeof *s->network);
    for (slong i = 0; i < c->parameters; i++) {
        fmpq_set(s->values + i, values + i);
        rc_surd_init(s->surds + i);
        rc_surd_set_fmpq(s->surds + i, values + i);
    }
    return nets->settings++;
}

rc_bindings rc_case_bindings(const rc_case_struct *c, slong setting)
{
    rc_bindings bindings = {c->parameters, c->networks->parameter, c->networks->setting[setting].surds};
    return bindings;
}

void rc_case_setting_text(char *text, size_t size, const rc_case_struct *c, const fmpq *values)
{
    text[0] = '\0';
    if (c->parameters == 0) return;
    rc_instance_struct instance;
    instance.parameters = values;
    char *all = rc_instance_get_str(c, &instance);
    snprintf(text, size, " (%.120s)", all);
    free(all);
}

rc_status rc_case_network_at(const rc_network_struct **net, const rc_case_struct *c, slong network, slong setting,
                             rc_error_struct *err)
{
    rc_case_networks *nets = c->networks;
    slong target = nets->target[network];
    rc_network_struct **place = nets->constant[target] ? nets->fixed + target : nets->setting[setting].network + target;
    if (*place == NULL) {
        char where[RC_PLACE], at[RC_PLACE / 2];
        rc_case_setting_text(at, sizeof at, c, nets->setting[setting].values);
        snprintf(where, sizeof where, "%.160s: network %.60s%.130s", c->path, nets->name[target],
                 nets->constant[target] ? "" : at);
        rc_network_struct *fresh = rc_case_alloc(1, sizeof *fresh);
        rc_network_init(fresh, RC_SHALLOW, 1, 1, 1);
        rc_bindings bindings = rc_case_bindings(c, setting);
        rc_status status = rc_read_network(fresh, nets->value[target], &bindings, where, err);
        if (status != RC_OK) {
            network_free(fresh);
            return status;
        }
        *place = fresh;
    }
    *net = *place;
    return RC_OK;
}
