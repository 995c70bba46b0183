/* Damaged files: each is refused with one message, or is a corpus that can be written in every format and read again.
 * The sanitizers watch. The same seeds every time; a number as argument does so many rounds.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "corpora/statistics.h"
#include "corpora/text.h"
#include "tests/corpus-try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const fixtures[] = {"tweets.conll",     "pairs.mnre",       "pairs-ascii.mnre",
                                       "pairs-mixed.mnre", "everything.json", "everything.jsonl"};
enum { N_FIXTURES = sizeof fixtures / sizeof *fixtures };

static size_t n_rounds = 4000;
static uint64_t random_state;

/* xorshift64*: the same on every machine. */
static size_t random_below(size_t n)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return n ? (size_t)((random_state * 0x2545f4914f6cdd1du >> 33) % n) : 0;
}

/* Pieces that mean something in some format. */
static const char *const pieces[] = {
    "\"",     "'",       "\\",   "{",  "}",     "[",      "]",      ",",   ":",  "\n",    "\t",
    "\r\n",   "\xff",    "\xc3", "-1", "1e999", "null",   "None",   "\\x", "e1", "'pos'", "\"id\"",
    "\"end\"", "\\u0000", "\\ud83d", "9007199254740993", "I-PER", "IMGID:", "\xef\xbb\xbf"};
enum { N_PIECES = sizeof pieces / sizeof *pieces };

static void splice(struct text *text, size_t at, size_t cut, const char *bytes, size_t n)
{
    struct text spliced = {0};
    text_add_bytes(&spliced, text->bytes, at);
    text_add_bytes(&spliced, bytes, n);
    text_add_bytes(&spliced, text->bytes + at + cut, text->n - at - cut);
    text_free(text);
    *text = spliced;
}

static void damage(struct text *text)
{
    size_t at = random_below(text->n + 1), rest = text->n - at;
    size_t cut = random_below(rest < 40 ? rest + 1 : 40);
    const char *piece = pieces[random_below(N_PIECES)];
    char byte = (char)random_below(256);
    switch (random_below(6)) {
    case 0: /* cut off */
        splice(text, at, rest, "", 0);
        break;
    case 1:
        splice(text, at, cut, "", 0);
        break;
    case 2:
        splice(text, at, rest > 0, &byte, 1);
        break;
    case 3:
        splice(text, at, 0, piece, strlen(piece));
        break;
    case 4:
        splice(text, at, cut, piece, strlen(piece));
        break;
    case 5: { /* doubled */
        char *copy = strndup(text->bytes + at, cut);
        assert_non_null(copy);
        splice(text, at, 0, copy, strlen(copy));
        free(copy);
        break;
    }
    }
}

/* What a native file says is all there is: written twice, it is the same. */
static void use_corpus(const struct corpus *corpus)
{
    struct statistics statistics;
    struct error err;
    struct loss_list losses = {0};
    char *first = try_write(corpus, FORMAT_JSON, NULL);
    struct corpus *again = try_read("again.json", first);
    char *second = try_write(again, FORMAT_JSON, NULL);
    assert_string_equal(first, second);
    free(first);
    free(second);
    for (int format = FORMAT_JSONL; format <= FORMAT_MNRE; format++) {
        first = try_write(corpus, (enum corpus_format)format, &losses);
        second = try_write(again, (enum corpus_format)format, NULL);
        assert_string_equal(first, second);
        free(first);
        free(second);
    }
    corpus_free(again);
    loss_list_free(&losses);
    assert_int_equal(statistics_count(corpus, NULL, &statistics, &err), 0);
    statistics_free(&statistics);
}

/* A foreign file that was read at all comes back to the byte. */
static void assert_comes_back(const struct corpus *corpus, const struct text *text)
{
    struct loss_list losses = {0};
    char *back = try_write(corpus, corpus->format, &losses);
    assert_int_equal(strlen(back), text->n);
    assert_memory_equal(back, text->bytes, text->n);
    assert_int_equal(losses.n, 0);
    free(back);
}

static void test_damaged_files(void **state)
{
    size_t n_read = 0, n_refused = 0;
    (void)state;
    for (size_t round = 0; round < n_rounds; round++) {
        const char *name = fixtures[round % N_FIXTURES];
        char *content = try_data(name);
        struct text text = {0};
        struct corpus *corpus = NULL;
        struct error err = {0};
        random_state = 0x9e3779b97f4a7c15u * (round + 1);
        text_add(&text, content);
        free(content);
        for (size_t i = random_below(3) + 1; i; i--)
            damage(&text);
        if (corpus_read(try_file_bytes(name, text.bytes, text.n), NULL, &corpus, &err)) {
            n_refused++;
            assert_null(corpus);
            assert_int_equal(err.kind, ERROR_INPUT);
            if (!strstr(err.message, name) || strpbrk(err.message, "\n\x1b"))
                fail_msg("round %zu: message \"%s\"", round, err.message);
        } else {
            n_read++;
            use_corpus(corpus);
            if (corpus->format == FORMAT_CONLL || corpus->format == FORMAT_MNRE)
                assert_comes_back(corpus, &text);
            corpus_free(corpus);
        }
        text_free(&text);
    }
    /* The damage is neither so slight nor so heavy that one of the two is never seen. */
    assert_true(n_read > n_rounds / 20);
    assert_true(n_refused > n_rounds / 20);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damaged_files),
    };
    if (argc > 1)
        n_rounds = strtoul(argv[1], NULL, 10);
    return cmocka_run_group_tests_name("damaged corpora", tests, NULL, NULL);
}
