/* Numbers: JSON integers, reals (the exact value of the double), strings (expressions); lists and matrices of them. */
#include <flint/fmpq.h>
#include <flint/fmpq_vec.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "network/read-private.h"

const char *rc_json_kind(const json_t *value)
{
    if (!value) return "nothing";
    switch (json_typeof(value)) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "a list";
    case JSON_STRING: return "a string";
    case JSON_INTEGER: return "an integer";
    case JSON_REAL: return "a real";
    case JSON_TRUE: return "true";
    case JSON_FALSE: return "false";
    case JSON_NULL: return "null";
    }
    return "nothing";
}

_Static_assert(sizeof(slong) >= sizeof(int64_t) && sizeof(json_int_t) <= sizeof(slong),
               "JSON integers fit FLINT's words");

/* A finite double is an integer of 53 bits times a power of 2. */
static rc_status set_double(fmpq_t x, double value, rc_error_struct *err)
{
    if (!isfinite(value)) return rc_error_set(err, RC_BAD_INPUT, "not a finite number");
    int exponent;
    double mantissa = ldexp(frexp(value, &exponent), 53);
    exponent -= 53;
    fmpz_set_si(fmpq_numref(x), (slong) mantissa);
    fmpz_one(fmpq_denref(x));
    if (exponent >= 0) fmpq_mul_2exp(x, x, (flint_bitcnt_t) exponent);
    else fmpq_div_2exp(x, x, (flint_bitcnt_t) -exponent);
    return RC_OK;
}

static bool is_plain(const json_t *value)
{
    return json_is_integer(value) || json_is_real(value);
}

static rc_status set_plain(fmpq_t x, const json_t *value, rc_error_struct *err)
{
    if (json_is_real(value)) return set_double(x, json_real_value(value), err);
    fmpz_set_si(fmpq_numref(x), (slong) json_integer_value(value));
    fmpz_one(fmpq_denref(x));
    return RC_OK;
}

static rc_status not_a_number(const json_t *value, rc_error_struct *err)
{
    return rc_error_set(err, RC_BAD_INPUT, "expected a number (an integer, a real or a string like \"1/3\"), found %s",
                        rc_json_kind(value));
}

rc_status rc_json_number(rc_surd_t s, const json_t *value, const rc_bindings *bindings, rc_error_struct *err)
{
    if (json_is_string(value))
        return rc_expression_parse(s, json_string_value(value), json_string_length(value), bindings, err);
    if (!is_plain(value)) return not_a_number(value, err);
    fmpq_t x;
    fmpq_init(x);
    rc_status status = set_plain(x, value, err);
    if (status == RC_OK) rc_surd_set_fmpq(s, x);
    fmpq_clear(x);
    return status;
}

rc_status rc_json_rational(fmpq_t x, const json_t *value, const rc_bindings *bindings, rc_error_struct *err)
{
    if (json_is_string(value))
        return rc_expression_parse_fmpq(x, json_string_value(value), json_string_length(value), bindings, err);
    if (!is_plain(value)) return not_a_number(value, err);
    return set_plain(x, value, err);
}

rc_status rc_json_term(fmpq_t r, fmpz_t n, bool *single, const json_t *value, const rc_bindings *bindings,
                       rc_error_struct *err)
{
    *single = true;
    if (is_plain(value)) {
        fmpz_one(n);
        return set_plain(r, value, err);
    }
    rc_surd_t s;
    rc_surd_init(s);
    rc_status status = rc_json_number(s, value, bindings, err);
    if (status == RC_OK) {
        if (s->length == 0) {
            fmpq_zero(r);
            fmpz_one(n);
        } else if (s->length == 1) {
            fmpq_set(r, s->coeffs);
            fmpz_set(n, s->radicands);
        } else {
            *single = false;
        }
    }
    rc_surd_clear(s);
    return status;
}

static bool is_listed(const char *key, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(key, *list) == 0) return true;
    return false;
}

rc_status rc_json_check_keys(const json_t *object, const char *const *required, const char *const *optional,
                             rc_error_struct *err)
{
    if (!json_is_object(object))
        return rc_error_set(err, RC_BAD_INPUT, "expected an object, found %s", rc_json_kind(object));
    for (const char *const *key = required; *key; key++)
        if (!json_object_get(object, *key)) return rc_error_set(err, RC_BAD_INPUT, "missing key \"%s\"", *key);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *) object, key, value)
        if (!is_listed(key, required) && !is_listed(key, optional))
            return rc_error_set(err, RC_BAD_INPUT, "unknown key \"%s\"", key);
    return RC_OK;
}

rc_status rc_json_shape(slong *rows, slong *columns, const json_t *value, const char *name, rc_error_struct *err)
{
    if (!json_is_array(value))
        return rc_error_set(err, RC_BAD_INPUT, "%s: expected a list of rows, found %s", name, rc_json_kind(value));
    size_t r = json_array_size(value), c = 0;
    if (r == 0) return rc_error_set(err, RC_BAD_INPUT, "%s is empty", name);
    for (size_t i = 0; i < r; i++) {
        const json_t *row = json_array_get(value, i);
        if (!json_is_array(row))
            return rc_error_set(err, RC_BAD_INPUT, "row %zu of %s: expected a list, found %s", i + 1, name,
                                rc_json_kind(row));
        size_t length = json_array_size(row);
        if (length == 0) return rc_error_set(err, RC_BAD_INPUT, "row %zu of %s is empty", i + 1, name);
        if (i == 0) c = length;
        if (length != c)
            return rc_error_set(err, RC_BAD_INPUT, "row %zu of %s has length %zu, row 1 has length %zu", i + 1, name,
                                length, c);
    }
    *rows = (slong) r;
    *columns = (slong) c;
    return RC_OK;
}

rc_status rc_json_rational_matrix(fmpq_mat_t M, const json_t *value, const char *name, const rc_bindings *bindings,
                                  rc_error_struct *err)
{
    for (slong i = 0; i < M->r; i++) {
        const json_t *row = json_array_get(value, (size_t) i);
        for (slong j = 0; j < M->c; j++) {
            rc_status status = rc_json_rational(fmpq_mat_entry(M, i, j), json_array_get(row, (size_t) j), bindings,
                                                err);
            if (status != RC_OK)
                return rc_error_prefix(err, status, "row %ld, entry %ld of %s", (long) i + 1, (long) j + 1, name);
        }
    }
    return RC_OK;
}

rc_status rc_read_surd(rc_surd_t s, const json_t *value, const rc_bindings *bindings, const char *where,
                       rc_error_struct *err)
{
    rc_status status = rc_json_number(s, value, bindings, err);
    return status == RC_OK ? RC_OK : rc_error_prefix(err, status, "%s", where);
}

rc_status rc_read_fmpq(fmpq_t x, const json_t *value, const rc_bindings *bindings, const char *where,
                       rc_error_struct *err)
{
    rc_status status = rc_json_rational(x, value, bindings, err);
    return status == RC_OK ? RC_OK : rc_error_prefix(err, status, "%s", where);
}

rc_status rc_read_fmpq_vec(fmpq **x, slong *n, const json_t *value, const rc_bindings *bindings, const char *where,
                           rc_error_struct *err)
{
    if (!json_is_array(value))
        return rc_error_set(err, RC_BAD_INPUT, "%s: expected a list of numbers, found %s", where, rc_json_kind(value));
    slong length = (slong) json_array_size(value);
    slong room = length > 0 ? length : 1;
    fmpq *v = _fmpq_vec_init(room);
    for (slong j = 0; j < length; j++) {
        rc_status status = rc_json_rational(v + j, json_array_get(value, (size_t) j), bindings, err);
        if (status != RC_OK) {
            _fmpq_vec_clear(v, room);
            return rc_error_prefix(err, status, "%s: entry %ld", where, (long) j + 1);
        }
    }
    *x = v;
    *n = length;
    return RC_OK;
}
