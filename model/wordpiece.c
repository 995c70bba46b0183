/* The rules, in their order:
 *
 *  1. Cleaning: U+0000, U+FFFD, bytes that are no UTF-8, and every character of a category C* are dropped, except that
 *     tab, line feed and carriage return count as spaces, like everything of a category Z*.
 *  2. A CJK ideograph stands alone, as if spaces were around it.
 *  3. For a lower-case vocabulary: each code point is lower-cased by itself, then decomposed canonically (NFD) and its
 *     marks (category Mn only) are dropped.
 *  4. Punctuation (categories P*, and every ASCII symbol) stands alone.
 *  5. What lies between is a word. A word of more than 100 characters is [UNK]; else the longest piece of the vocabulary
 *     that it starts with is taken, then the longest "##" piece that goes on from there, to its end; where nothing fits,
 *     the whole word is [UNK].
 *
 * One pass over the token: no memory is allocated, whatever its length.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/wordpiece.h"

#include "corpora/hash.h"
#include "model/file.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum {
    WORDPIECE_MAX_FILE_BYTES = 1 << 28,
    WORDPIECE_MAX_CHARACTERS = 100,
    WORDPIECE_MAX_CHARACTER_BYTES = 4,
    WORDPIECE_MAX_DECOMPOSED = 32, /* code points; no character makes more than 4 under NFD */
};

struct wordpiece {
    char *text;    /* the file, a NUL in the place of every line end */
    char **pieces; /* [n], into text */
    size_t n;
    int32_t *table; /* [n_table] ids by hash, -1 = free; open addressing */
    size_t n_table; /* a power of two */
    size_t longest_bytes;
    bool lowercase;
    int32_t unk, cls, sep;
};

/* The slot of the piece made of prefix and bytes, or the free one where it would stand. */
static size_t wordpiece_slot(const struct wordpiece *wordpiece, uint64_t hash, const char *prefix, const char *bytes,
                             size_t n)
{
    size_t n_prefix = strlen(prefix), slot = (size_t)(hash ^ hash >> 32) & (wordpiece->n_table - 1);
    for (;; slot = (slot + 1) & (wordpiece->n_table - 1)) {
        int32_t id = wordpiece->table[slot];
        if (id < 0)
            return slot;
        const char *piece = wordpiece->pieces[id];
        if (!strncmp(piece, prefix, n_prefix) && !strncmp(piece + n_prefix, bytes, n) && !piece[n_prefix + n])
            return slot;
    }
}

static int32_t wordpiece_find(const struct wordpiece *wordpiece, const char *piece)
{
    size_t n = strlen(piece);
    return wordpiece->table[wordpiece_slot(wordpiece, hash_bytes(HASH_START, piece, n), "", piece, n)];
}

static int wordpiece_split_lines(struct wordpiece *wordpiece, size_t n_bytes, const char *path, size_t vocab_size,
                                 struct error *err)
{
    char *at = wordpiece->text, *end = at + n_bytes;
    while (at < end) {
        char *line_end = memchr(at, '\n', (size_t)(end - at));
        char *next = line_end ? line_end + 1 : end;
        line_end = line_end ? line_end : end;
        if (line_end > at && line_end[-1] == '\r')
            line_end--;
        *line_end = 0;
        size_t n = (size_t)(line_end - at);
        if (wordpiece->n == vocab_size)
            return error_set(err, ERROR_INPUT, "%s: has more than the %zu lines that the config asks for", path,
                             vocab_size);
        if (n == 0)
            return error_set(err, ERROR_INPUT, "%s:%zu: an empty line", path, wordpiece->n + 1);
        if (strlen(at) != n)
            return error_set(err, ERROR_INPUT, "%s:%zu: a NUL byte", path, wordpiece->n + 1);
        utf8proc_int32_t code_point;
        for (size_t i = 0; i < n;) {
            utf8proc_ssize_t k = utf8proc_iterate((const utf8proc_uint8_t *)at + i, (utf8proc_ssize_t)(n - i),
                                                  &code_point);
            if (k < 1)
                return error_set(err, ERROR_INPUT, "%s:%zu: invalid UTF-8", path, wordpiece->n + 1);
            i += (size_t)k;
        }
        if (n > wordpiece->longest_bytes)
            wordpiece->longest_bytes = n;
        wordpiece->pieces[wordpiece->n++] = at;
        at = next;
    }
    if (wordpiece->n < vocab_size)
        return error_set(err, ERROR_INPUT, "%s: has %zu lines, the config asks for %zu", path, wordpiece->n, vocab_size);
    return 0;
}

/* A piece that stands twice means its later line, as everywhere with these vocabularies. */
static int wordpiece_fill_table(struct wordpiece *wordpiece, const char *path, struct error *err)
{
    wordpiece->n_table = 16;
    while (wordpiece->n_table < 2 * wordpiece->n)
        wordpiece->n_table *= 2;
    wordpiece->table = malloc(wordpiece->n_table * sizeof *wordpiece->table);
    if (!wordpiece->table)
        return error_memory(err, path);
    memset(wordpiece->table, 0xff, wordpiece->n_table * sizeof *wordpiece->table);
    for (size_t id = 0; id < wordpiece->n; id++) {
        const char *piece = wordpiece->pieces[id];
        size_t n = strlen(piece);
        uint64_t hash = hash_bytes(HASH_START, piece, n);
        wordpiece->table[wordpiece_slot(wordpiece, hash, "", piece, n)] = (int32_t)id;
    }
    struct {
        const char *name;
        int32_t *id;
    } needed[] = {{"[UNK]", &wordpiece->unk}, {"[CLS]", &wordpiece->cls}, {"[SEP]", &wordpiece->sep}};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if ((*needed[i].id = wordpiece_find(wordpiece, needed[i].name)) < 0)
            return error_set(err, ERROR_INPUT, "%s: lacks the piece %s", path, needed[i].name);
    return 0;
}

struct wordpiece *wordpiece_open(const char *path, size_t vocab_size, bool lowercase, struct error *err)
{
    uint8_t *text;
    size_t n_bytes;
    if (file_read(path, WORDPIECE_MAX_FILE_BYTES, &text, &n_bytes, err))
        return NULL;
    struct wordpiece *wordpiece = calloc(1, sizeof *wordpiece);
    if (!wordpiece) {
        free(text);
        error_memory(err, path);
        return NULL;
    }
    wordpiece->text = (char *)text;
    wordpiece->lowercase = lowercase;
    /* A piece takes at least two bytes of the file, so a vocab_size out of a config cannot make this large. */
    wordpiece->pieces = calloc((vocab_size < n_bytes ? vocab_size : n_bytes) + 1, sizeof *wordpiece->pieces);
    if (!wordpiece->pieces)
        error_memory(err, path);
    else if (!wordpiece_split_lines(wordpiece, n_bytes, path, vocab_size, err) &&
             !wordpiece_fill_table(wordpiece, path, err))
        return wordpiece;
    wordpiece_close(wordpiece);
    return NULL;
}

void wordpiece_close(struct wordpiece *wordpiece)
{
    if (!wordpiece)
        return;
    free(wordpiece->text);
    free(wordpiece->pieces);
    free(wordpiece->table);
    free(wordpiece);
}

/* A word as it grows, and where its pieces go. */
struct wordpiece_run {
    const struct wordpiece *wordpiece;
    int32_t *ids;
    size_t capacity, n_ids;
    utf8proc_int32_t characters[WORDPIECE_MAX_CHARACTERS + 1]; /* the last one only says: too long */
    size_t n;
    size_t sorted_from; /* marks from here on may still change places */
};

static void wordpiece_put(struct wordpiece_run *run, int32_t id)
{
    if (run->n_ids < run->capacity)
        run->ids[run->n_ids] = id;
    run->n_ids++;
}

/* Greedy pieces of the word in bytes, whose characters end at ends[0..n-1]. False where some part is in no piece. */
static bool wordpiece_put_pieces(struct wordpiece_run *run, const char *bytes, const size_t *ends, size_t n)
{
    const struct wordpiece *wordpiece = run->wordpiece;
    size_t begin = 0, n_before = run->n_ids;
    for (size_t i = 0; i < n;) {
        const char *prefix = i ? "##" : "";
        uint64_t hash = hash_bytes(HASH_START, prefix, strlen(prefix));
        size_t hashed = begin, next = 0;
        int32_t found = -1;
        for (size_t k = i; k < n && strlen(prefix) + ends[k] - begin <= wordpiece->longest_bytes; k++) {
            hash = hash_bytes(hash, bytes + hashed, ends[k] - hashed);
            hashed = ends[k];
            int32_t id = wordpiece->table[wordpiece_slot(wordpiece, hash, prefix, bytes + begin, ends[k] - begin)];
            if (id >= 0) {
                found = id;
                next = k + 1;
            }
        }
        if (found < 0) {
            run->n_ids = n_before;
            return false;
        }
        wordpiece_put(run, found);
        begin = ends[next - 1];
        i = next;
    }
    return true;
}

static void wordpiece_end_word(struct wordpiece_run *run)
{
    char bytes[WORDPIECE_MAX_CHARACTERS * WORDPIECE_MAX_CHARACTER_BYTES];
    size_t ends[WORDPIECE_MAX_CHARACTERS], n_bytes = 0, n = run->n;
    run->n = run->sorted_from = 0;
    if (n == 0)
        return;
    if (n > WORDPIECE_MAX_CHARACTERS) {
        wordpiece_put(run, run->wordpiece->unk);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        n_bytes += (size_t)utf8proc_encode_char(run->characters[i], (utf8proc_uint8_t *)bytes + n_bytes);
        ends[i] = n_bytes;
    }
    if (!wordpiece_put_pieces(run, bytes, ends, n))
        wordpiece_put(run, run->wordpiece->unk);
}

static void wordpiece_add_character(struct wordpiece_run *run, utf8proc_int32_t c)
{
    if (run->n <= WORDPIECE_MAX_CHARACTERS)
        run->characters[run->n++] = c;
}

/* Canonical order: among marks that follow one another, those of a lower combining class come first. Marks of category
 * Mn are dropped in any case, but a few others have a class too. */
static void wordpiece_add_ordered(struct wordpiece_run *run, utf8proc_int32_t c)
{
    const utf8proc_property_t *property = utf8proc_get_property(c);
    if (property->combining_class == 0)
        run->sorted_from = run->n + (property->category != UTF8PROC_CATEGORY_MN);
    if (property->category == UTF8PROC_CATEGORY_MN)
        return;
    wordpiece_add_character(run, c);
    for (size_t i = run->n - 1; i > run->sorted_from; i--) {
        if (utf8proc_get_property(run->characters[i - 1])->combining_class <= property->combining_class)
            break;
        run->characters[i] = run->characters[i - 1];
        run->characters[i - 1] = c;
    }
}

static bool wordpiece_is_punctuation(utf8proc_int32_t c)
{
    if ((c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126))
        return true;
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

static bool wordpiece_is_space(utf8proc_int32_t c)
{
    if (c == '\t' || c == '\n' || c == '\r')
        return true;
    utf8proc_category_t category = utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

static bool wordpiece_is_dropped(utf8proc_int32_t c)
{
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
        return true;
    default:
        return c == 0xfffd;
    }
}

/* The blocks that BERT's vocabularies were made with; later extensions of Unicode are left out there too. */
static bool wordpiece_is_cjk(utf8proc_int32_t c)
{
    return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x20000 && c <= 0x2a6df) ||
           (c >= 0x2a700 && c <= 0x2b73f) || (c >= 0x2b740 && c <= 0x2b81f) || (c >= 0x2b820 && c <= 0x2ceaf) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0x2f800 && c <= 0x2fa1f);
}

static void wordpiece_add_normalised(struct wordpiece_run *run, utf8proc_int32_t c)
{
    utf8proc_int32_t parts[WORDPIECE_MAX_DECOMPOSED] = {c};
    utf8proc_ssize_t n = 1;
    if (run->wordpiece->lowercase)
        n = utf8proc_decompose_char(utf8proc_tolower(c), parts, WORDPIECE_MAX_DECOMPOSED, UTF8PROC_DECOMPOSE, NULL);
    for (utf8proc_ssize_t i = 0; i < n && n <= WORDPIECE_MAX_DECOMPOSED; i++) {
        if (wordpiece_is_punctuation(parts[i])) {
            wordpiece_end_word(run);
            wordpiece_add_character(run, parts[i]);
            wordpiece_end_word(run);
        } else if (run->wordpiece->lowercase) {
            wordpiece_add_ordered(run, parts[i]);
        } else {
            wordpiece_add_character(run, parts[i]);
        }
    }
}

size_t wordpiece_encode(const struct wordpiece *wordpiece, const char *token, int32_t *ids, size_t capacity)
{
    struct wordpiece_run run;
    run.wordpiece = wordpiece;
    run.ids = ids;
    run.capacity = capacity;
    run.n_ids = run.n = run.sorted_from = 0;
    for (const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)token; *at;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t k = utf8proc_iterate(at, -1, &c);
        at += k > 0 ? k : 1;
        if (k < 1)
            continue;
        if (wordpiece_is_space(c)) {
            wordpiece_end_word(&run);
        } else if (wordpiece_is_dropped(c)) {
            continue;
        } else if (wordpiece_is_cjk(c)) {
            wordpiece_end_word(&run);
            wordpiece_add_normalised(&run, c);
            wordpiece_end_word(&run);
        } else {
            wordpiece_add_normalised(&run, c);
        }
    }
    wordpiece_end_word(&run);
    return run.n_ids;
}

const char *wordpiece_piece(const struct wordpiece *wordpiece, int32_t id)
{
    return id >= 0 && (size_t)id < wordpiece->n ? wordpiece->pieces[id] : NULL;
}

int32_t wordpiece_mask(const struct wordpiece *wordpiece)
{
    int32_t mask = wordpiece_find(wordpiece, "[MASK]");
    return mask < 0 ? wordpiece->unk : mask;
}

int32_t wordpiece_unk(const struct wordpiece *wordpiece)
{
    return wordpiece->unk;
}

int32_t wordpiece_cls(const struct wordpiece *wordpiece)
{
    return wordpiece->cls;
}

int32_t wordpiece_sep(const struct wordpiece *wordpiece)
{
    return wordpiece->sep;
}

size_t wordpiece_count(const struct wordpiece *wordpiece)
{
    return wordpiece->n;
}
