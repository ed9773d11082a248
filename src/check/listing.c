/* Listings of cells: an ordered basis for each, in a file beside the certificate. Section 4. */

#include "check.h"

#define RULE "listing"
#define HEAD 16                      /* bytes before the first record */

__extension__ typedef __int128 wide;     /* sums of two products of 62 bits */

/* Forms in the basis y_1, .., y_rank at hand: form h is 1/den Σ_l a[h rank + column[l]] y_l; y_l is form basis[l],
   SIZE_MAX: a coordinate. Form 0 is x_{d+1} (0 without biases); after the hyperplanes 1..K come the auxiliary forms. */
typedef struct { size_t rank, forms, *column, *basis; mpz_t *a, den, z; } dictionary;

static mpz_t *at(const dictionary *D, size_t h, size_t l) { return &D->a[h * D->rank + D->column[l]]; }

/* The value of z, if it has at most 62 bits. */
static bool is_short(long *x, const mpz_t z) {
    if (mpz_size(z) > 1 || (uint64_t)mpz_getlimbn(z, 0) >> 62 != 0) return false;
    *x = mpz_sgn(z) < 0 ? -(long)mpz_getlimbn(z, 0) : (long)mpz_getlimbn(z, 0);
    return true;
}

/* Form h, whose coordinate number l is not 0, takes the place of y_l. What is divided by den has den as a factor: all
   entries are minors of the matrix of the forms and the coordinates. */
static void exchange(dictionary *D, size_t h, size_t l) {
    mpz_t *new = D->a + h * D->rank, *row = D->a;
    size_t k = D->column[l];
    long den, pivot, a, b, c;
    bool common = is_short(&den, D->den) && is_short(&pivot, new[k]);
    for (size_t g = 0; g < D->forms; g++, row += D->rank) {
        bool fast = common && g != h && is_short(&b, row[k]);
        for (size_t q = 0; q < D->rank && g != h; q++) {
            if (q == k) continue;
            if (fast && is_short(&a, row[q]) && is_short(&c, new[q])) {
                wide z = ((wide)a * pivot - (wide)b * c) / den;
                if (z == (long)z) {
                    mpz_set_si(row[q], (long)z);
                    continue;
                }
            }
            mpz_mul(D->z, row[q], new[k]);
            mpz_submul(D->z, row[k], new[q]);
            mpz_divexact(row[q], D->z, D->den);
        }
    }
    for (size_t q = 0; q < D->rank; q++) if (q != k) mpz_set_ui(new[q], 0);
    mpz_set(D->den, new[k]);
    D->basis[l] = h;
}

static void swap(size_t *x, size_t l, size_t m) {
    size_t t = x[l];
    x[l] = x[m];
    x[m] = t;
}

/* The basis becomes h_1, .., h_rank; false if these are dependent. last[h]: the last record that names form h, this one
   being number `record`: an exchange takes none of its forms out. */
static bool set_basis(dictionary *D, const size_t *h, size_t *last, size_t record) {
    for (size_t l = 0; l < D->rank; l++) last[h[l]] = record;
    for (size_t l = 0; l < D->rank; l++) {
        size_t m = l;
        while (m < D->rank && D->basis[m] != h[l]) m++;
        if (m == D->rank) {
            for (m = l; m < D->rank; m++)
                if ((D->basis[m] == SIZE_MAX || last[D->basis[m]] != record) && mpz_sgn(*at(D, h[l], m)) != 0) break;
            if (m == D->rank) return false;
            exchange(D, h[l], m);
        }
        swap(D->basis, l, m);
        swap(D->column, l, m);
    }
    return true;
}

static void dictionary_init(dictionary *D, const form *f, const size_t *column, size_t rank, value auxiliary) {
    NEW_Q(q);
    *D = (dictionary){.rank = rank, .forms = f->K + rank, .column = memory_new(rank, sizeof *D->column),
                      .basis = memory_new(rank, sizeof *D->basis), .a = integers((f->K + rank) * rank)};
    mpz_init_set_ui(D->den, 1);
    mpz_init(D->z);
    for (size_t l = 0; l < rank; l++) {
        D->column[l] = l;
        D->basis[l] = SIZE_MAX;
        for (size_t H = 0; H <= f->K; H++) mpz_set(*at(D, H, l), f->u[H][column[l] - 1]);
    }
    value row = json_list_of(RULE, auxiliary, rank - 1);
    for (size_t h = f->K + 1; h < D->forms; h++, row = json_next(row)) {
        value v = json_list_of(RULE, row, rank);
        for (size_t l = 0; l < rank; l++, v = json_next(v)) {
            rational_read(q, RULE, v);
            require(mpz_cmp_ui(mpq_denref(q), 1) == 0, RULE, v, "an integer");
            mpz_set(*at(D, h, l), mpq_numref(q));
        }
    }
}

/* A record: entries ±h of `bytes` bytes each, those that are not 0 in front; K + 1 stands for form 0. Auxiliary
   forms complete the basis. The number of entries that are not 0; 0 if there is none, or it is no record. */
static size_t read_record(size_t *h, int *side, const unsigned char *b, size_t bytes, size_t rank, size_t K) {
    size_t entries = 0;
    for (size_t l = 0; l < rank; l++, b += bytes) {
        long e = bytes == 1 ? b[0] : b[0] + 256 * b[1];
        if (e >= 128 << 8 * (bytes - 1)) e -= 256 << 8 * (bytes - 1);
        size_t H = (size_t)labs(e);
        if (H > K + 1 || (H > 0 && entries < l)) return 0;
        entries += H > 0;
        side[l] = e < 0 ? -1 : 1;
        h[l] = H == 0 ? K + l : H <= K ? H : 0;
    }
    return entries;
}

/* The bit of hyperplane H is set if it is positive on the cell or, without biases, on that of the cell and its
   opposite where hyperplane 1 is. False if a form is 0 in its first coordinates, or x_{d+1} is not positive. */
static bool read_signs(uint64_t *bits, const dictionary *D, const form *f, const int *side, size_t entries) {
    int first = mpz_sgn(D->den);
    for (size_t H = f->biases ? 0 : 1; H <= f->K; H++) {
        size_t l = 0;
        while (l < entries && mpz_sgn(*at(D, H, l)) == 0) l++;
        int sign = l < entries ? mpz_sgn(*at(D, H, l)) * side[l] * first : 0;
        if (sign == 0 || (H == 0 && sign < 0)) return false;
        if (H == 1 && !f->biases) first *= sign;
        if (H > 0 && (sign > 0 || (H == 1 && !f->biases))) bits[(H - 1) / 64] |= (uint64_t)1 << (H - 1) % 64;
    }
    return true;
}

static size_t sort_size;             /* of the blocks that compare_blocks compares */

static int compare_blocks(const void *a, const void *b) { return memcmp(a, b, sort_size); }

/* The bytes of the file that lies beside the certificate. */
static unsigned char *read_beside(size_t *size, value file) {
    size_t n, folder;
    const char *name = json_text(file, &n), *slash = strrchr(file.doc->name, '/');
    char *path, *bytes;
    require(json_type(file) == JSON_STRING && n > 0 && n < 256 && !memchr(name, '/', n) && !memchr(name, '\\', n), RULE,
            file, "the name of a file beside the certificate");
    folder = slash != NULL ? (size_t)(slash - file.doc->name) : 1;
    gmp_asprintf(&path, "%.*s/%.*s", (int)folder, slash != NULL ? file.doc->name : ".", (int)n, name);
    const char *defect = file_read(path, &bytes, size, SIZE_MAX / 2);
    if (defect != NULL) reject(RULE, file, "expected a file beside the certificate, found: %s", defect);
    return (unsigned char *)bytes;
}

void check_listing(value v, const form *f, number cells) {
    value file = json_get(v, "file"), hash = json_get(v, "sha256");
    size_t rank, size, *column = json_indices(RULE, json_get(v, "columns"), f->w, &rank), K = f->K;
    size_t bytes = K + 1 <= 127 ? 1 : 2, record = rank * bytes, words = K / 64 + 1;
    unsigned char head[HEAD] = "rc-cells", *b = read_beside(&size, file);
    size_t numbers[] = {1, K, rank, bytes}, *h = memory_new(rank, sizeof *h);
    int *side = memory_new(rank, sizeof *side);
    char text[65];
    dictionary D;
    require(rank > 0 && rank <= 1000 && K < 32767, RULE, v, "1 to 1000 columns, and at most 32766 hyperplanes");
    dictionary_init(&D, f, column, rank, json_get(v, "auxiliary"));
    sha256(text, b, size);
    require(json_is(hash, text), RULE, hash, "%s, the SHA-256 of the file", text);
    for (size_t i = 0; i < 8; i++) head[8 + i] = (unsigned char)(numbers[i / 2] >> 8 * (i % 2));
    if (size < HEAD || memcmp(b, head, HEAD) != 0)
        reject(RULE, file, "expected a listing for %zu hyperplanes and %zu columns, found another head", K, rank);
    size_t count = (size - HEAD) / record, *last = memory_new(D.forms, sizeof *last);
    number records = times(cells, inverse(integer(f->biases ? 1 : 2)));
    if (count * record != size - HEAD || compare(integer((long)count), records) != 0)
        reject(RULE, file, "expected %s records of %zu bytes, found %zu bytes", number_text(records), record,
               size - HEAD);
    uint64_t *signs = memory_new(count, words * sizeof *signs);
    for (size_t c = 0; c < count; c++) {
        size_t entries = read_record(h, side, b + HEAD + c * record, bytes, rank, K);
        if (entries == 0 || !set_basis(&D, h, last, c + 1) || !read_signs(signs + c * words, &D, f, side, entries))
            reject(RULE, file, "expected an ordered basis of a cell, found another record number %zu", c + 1);
    }
    qsort(signs, count, sort_size = words * sizeof *signs, compare_blocks);
    for (size_t c = 1; c < count; c++)
        if (compare_blocks(signs + (c - 1) * words, signs + c * words) == 0)
            reject(RULE, file, "expected distinct cells%s, found one twice", f->biases ? "" : " (up to sign)");
}

void listing_print(const statement *s, value v) {
    bool biases = s->X->biases || (s->Y != NULL && s->Y->biases);
    if (!json_is(json_get(v, "kind"), "listing")) return;
    print_string(biases ? "\n  each cell is named by just one record of " :
                 "\n  of each two opposite cells one is named by just one record of ", json_get(v, "file"));
    print_string(" (SHA-256 ", json_get(v, "sha256"));
    printf(")");
}
