/* The grammar of numbers: section 1. */

#include "check.h"

#define BITS MOST_BITS
#define DECIMAL "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

typedef struct { const char *rule, *next, *end; value at; unsigned depth; } scanner;

static noreturn void fail(const scanner *s, const char *what) { expected(s->rule, s->at, "a number (%s)", what); }

/* How many of the next characters are in the set. */
static size_t span(const scanner *s, const char *set) {
    size_t n = 0;
    while (s->next + n < s->end && s->next[n] != '\0' && strchr(set, s->next[n]) != NULL) n++;
    return n;
}

/* Takes the next character if it is in the set. */
static char accept(scanner *s, const char *set) { return span(s, set) > 0 ? *s->next++ : '\0'; }

/* Takes the next token if it is one of the characters. */
static char take(scanner *s, const char *set) {
    s->next += span(s, " \t\r\n");
    return accept(s, set);
}

static number bounded(const scanner *s, number x) {
    if (number_roots(x) > MOST_ROOTS || number_bits(x) > BITS) fail(s, "at most 64 roots and 10^7 bits");
    return x;
}

/* Takes the digits that must follow; their number. */
static size_t digits(scanner *s, const char *set) {
    size_t n = span(s, set);
    if (n == 0) fail(s, "digits are missing");
    s->next += n;
    return n;
}

/* [sign] digits, at most BITS in absolute value. */
static long small(scanner *s, const char *signs) {
    bool below = accept(s, signs) == '-';
    long n = 0;
    for (size_t left = digits(s, DECIMAL); left > 0; left--)
        if ((n = 10 * n + *(s->next - left) - '0') > BITS) fail(s, "an exponent of at most 10^7");
    return below ? -n : n;
}

/* x *= base^e. */
static void scale(mpq_t x, unsigned long base, long e) {
    NEW_Q(power);
    mpz_ui_pow_ui(mpq_numref(power), base, (unsigned long)labs(e));
    (e < 0 ? mpq_div : mpq_mul)(x, x, power);
}

/* x is rounded to q 2^e with 2^52 <= |q| < 2^53, for subnormals |q| smaller and e = -1074, ties to even q.
   A q that rounding makes 2^53 is in the next binade; nothing else changes. False if q 2^e overflows. */
static bool to_double(mpq_t x) {
    long e = (long)mpz_sizeinbase(mpq_numref(x), 2) - (long)mpz_sizeinbase(mpq_denref(x), 2) - 54;
    NEW_Z(q); NEW_Q(y); NEW_Q(half);
    mpq_set_ui(half, 1, 2);
    do {                                 /* q = floor(x/2^e + 1/2), of 53 or 54 bits at first */
        e = e < -1075 ? -1074 : e + 1;
        mpq_set(y, x);
        scale(y, 2, -e);
        mpq_add(y, y, half);
        mpz_fdiv_q(q, mpq_numref(y), mpq_denref(y));
        if (mpz_cmp_ui(mpq_denref(y), 1) == 0 && mpz_odd_p(q)) mpz_sub_ui(q, q, 1);
    } while (mpz_sizeinbase(q, 2) > 53);
    mpq_set_z(x, q);
    scale(x, 2, e);
    return (long)mpz_sizeinbase(q, 2) + e <= 1024;
}

/* digits ["." digits] [exponent], or the same after 0x: x base^e, base 10, or 2 for hexadecimal digits. */
static number literal(scanner *s) {
    bool hex = s->end - s->next > 1 && memcmp(s->next, "0x", 2) == 0;
    const char *set = hex ? DECIMAL "abcdefABCDEF" : DECIMAL, *start = s->next += hex ? 2 : 0;
    size_t before = digits(s, set), after = accept(s, ".") ? digits(s, set) : 0;
    char *text = memcpy(memory_new(before + after + 1, 1), start, before);
    NEW_Q(x);
    if (before + after > 1000000) fail(s, "at most 10^6 digits");
    memcpy(text + before, s->next - after, after);
    mpz_set_str(mpq_numref(x), text, hex ? 16 : 10);
    long e = (accept(s, hex ? "p" : "eE") ? small(s, "+-") : 0) - (long)after * (hex ? 4 : 1);
    if (!hex && labs(e) > BITS / 3) fail(s, "at most 10^7 bits");
    if (mpq_sgn(x) != 0) scale(x, hex ? 2 : 10, e);
    if (json_type(s->at) == JSON_REAL && !to_double(x)) fail(s, "no overflow of IEEE doubles");
    return bounded(s, rational(x));
}

static number expression(scanner *s);

/* A number, a name, or an expression in parentheses, of which "sqrt" before them takes the root. */
static number atom(scanner *s) {
    const environment *names = s->at.doc->names;
    take(s, "");                         /* white space */
    if (span(s, DECIMAL) > 0) return literal(s);
    size_t length = span(s, LETTERS) > 0 ? span(s, LETTERS DECIMAL "_") : 0;
    const char *name = memcpy(memory_new(length + 1, 1), s->next, length);
    bool root = strcmp(name, "sqrt") == 0;
    s->next += length;
    if ((length == 0 || root) && take(s, "(")) {
        number x = expression(s);
        NEW_Q(p);
        if (!take(s, ")")) fail(s, "a closing parenthesis");
        if (root && x->family != NULL) return family_root(x);
        if (root && (!get_rational(p, x) || mpq_sgn(p) < 0)) fail(s, "the root of a rational >= 0");
        return root ? signed_root(p) : x;
    }
    if (length == 0) fail(s, "a digit, a name or a parenthesis");
    for (size_t i = 0; names != NULL && i < names->count; i++)
        if (json_is(names->name[i], name)) return names->number[i];
    fail(s, "no unknown name");
}

static number inverted(const scanner *s, number x) {
    size_t roots = number_roots(x);
    if (x->family == NULL && (roots == 0 || roots > 4)) fail(s, "a divisor that is not 0, of at most four roots");
    return inverse(x);
}

static number power(scanner *s) {
    number x = atom(s), result = integer(1);
    if (!take(s, "^")) return x;
    bool below = take(s, "-");
    take(s, "");                         /* white space */
    for (long n = small(s, ""); n > 0; n /= 2) {
        if (n % 2 == 1) result = bounded(s, times(result, x));
        if (n > 1) x = bounded(s, times(x, x));
    }
    return below ? inverted(s, result) : result;
}

static number factor(scanner *s) {
    char sign_of = take(s, "+-");
    if (++s->depth > NESTING) fail(s, "nesting of at most 1000");
    number x = sign_of ? factor(s) : power(s);
    s->depth--;
    return sign_of == '-' ? times(integer(-1), x) : x;
}

/* From left to right: factors and * and /, or terms and + and -. */
static number chain(scanner *s, number (*part)(scanner *), const char *operators) {
    number x = part(s);
    for (char op; (op = take(s, operators)) != '\0';)
        x = bounded(s, (op == '+' ? plus : op == '-' ? minus : times)(x, op == '/' ? inverted(s, part(s)) : part(s)));
    return x;
}

static number term(scanner *s) { return chain(s, factor, "*/"); }
static number expression(scanner *s) { return chain(s, term, "+-"); }

number number_read(const char *rule, value v) {
    size_t length;
    const char *text = json_text(v, &length);
    json_kind kind = json_type(v);
    scanner s = {.rule = rule, .at = v, .next = text, .end = text + length};
    NEW_Q(p);
    require(kind == JSON_INTEGER || kind == JSON_STRING || (kind == JSON_REAL && v.doc->is_case), rule, v,
            "an integer or a string");
    family_at(v);
    number x = expression(&s);
    if (s.next < s.end) fail(&s, "no further characters");
    if (kind == JSON_INTEGER && get_rational(p, x) && mpq_sgn(p) < 0) mpz_com(mpq_numref(p), mpq_numref(p));
    require(mpz_sizeinbase(mpq_numref(p), 2) < 64, rule, v, "an integer of 64 bits (others as strings)");
    return x;
}

/* The common cases "p" and "p/q", up to 40 characters, take no detour; x is not reduced. */
static bool read_plain(mpq_t x, value v) {
    size_t length;
    const char *text = json_text(v, &length);
    char copy[41] = "";
    if (json_type(v) == JSON_INTEGER ? length > 18 : json_type(v) != JSON_STRING || length > 40) return false;
    memcpy(copy, text, length);
    return strspn(copy, DECIMAL "-/") == length && mpq_set_str(x, copy, 10) == 0 && mpz_sgn(mpq_denref(x)) > 0;
}

void root_read(mpz_t p, mpz_t q, mpz_t n, const char *rule, value v) {
    NEW_Q(r);
    mpz_set_ui(n, 1);
    if (!read_plain(r, v)) {
        number x = number_read(rule, v);
        require(number_roots(x) < 2, rule, v, "one root times a rational");
        if (!get_rational(r, x)) {       /* r = |a/b|, √(a/b) = √(ab)/b */
            mpz_mul(n, mpq_numref(r), mpq_denref(r));
            mpz_set_si(mpq_numref(r), sign(x));
        }
    }
    mpz_swap(p, mpq_numref(r));
    mpz_swap(q, mpq_denref(r));
}

void rational_read(mpq_t x, const char *rule, value v) {
    if (!read_plain(x, v)) require(get_rational(x, number_read(rule, v)), rule, v, "a rational number");
    mpq_canonicalize(x);
}
