/* Words into pieces: the rules one by one on a small vocabulary, and vocabularies that are refused. (The real vocabulary
 * and thousands of words are compared by the golden test.)
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/wordpiece.h"
#include "tests/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const vocabulary[] = {
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "a",  "b",  "##a", "##b", "aba", "##ab", "zoe", "i",  "##i", "strasse",
    "ß",     "σας",   "##σ",   "σα",    "你", "好", ".",   "$",   "«",   "##.",  "e",   "A",  "É",   "ab",
    "가",    "ᄀ",   "##ᅡ",   "x",     "##x", "😀", "|",     "f",   "l",    "łodz", "ﬁ",
};
enum { VOCAB = sizeof vocabulary / sizeof *vocabulary };

static struct error err;

static const char *write_vocab(const char *line_end)
{
    char text[2048] = "";
    for (size_t i = 0; i < VOCAB; i++) {
        strcat(text, vocabulary[i]);
        strcat(text, line_end);
    }
    return scratch_write("vocab.txt", text, strlen(text));
}

static struct wordpiece *uncased, *cased;

static int open_both(void **state)
{
    if (scratch_setup(state))
        return -1;
    uncased = wordpiece_open(write_vocab("\n"), VOCAB, true, &err);
    cased = wordpiece_open(write_vocab("\n"), VOCAB, false, &err);
    return uncased && cased ? 0 : -1;
}

static int close_both(void **state)
{
    wordpiece_close(uncased);
    wordpiece_close(cased);
    return scratch_teardown(state);
}

/* The token must be made of these pieces, given with blanks between them. */
static void check(const struct wordpiece *wordpiece, const char *token, const char *expected)
{
    int32_t ids[256];
    char got[4096] = "";
    size_t n = wordpiece_encode(wordpiece, token, ids, 256);
    for (size_t i = 0; i < n && i < 256; i++) {
        if (i)
            strcat(got, " ");
        strcat(got, wordpiece_piece(wordpiece, ids[i]));
    }
    assert_string_equal(got, expected);
}

static void takes_the_longest_piece_first(void **state)
{
    (void)state;
    check(uncased, "a", "a");
    check(uncased, "aba", "aba");
    check(uncased, "abab", "aba ##b");
    check(uncased, "abaab", "aba ##ab");
    check(uncased, "ababa", "aba ##b ##a");
    check(uncased, "baab", "b ##a ##ab");
    check(uncased, "abq", "[UNK]"); /* all of the word, also what was found before */
    check(uncased, "q", "[UNK]");
    check(uncased, "aba aba", "aba aba");
    check(uncased, "", "");
}

static void splits_at_punctuation(void **state)
{
    (void)state;
    check(uncased, "a.b", "a . b");
    check(uncased, "...", ". . .");
    check(uncased, "a$b", "a $ b"); /* ASCII symbols too */
    check(uncased, "a|a", "a | a");
    check(uncased, "«a«", "« a «");
}

static void lowers_and_strips(void **state)
{
    (void)state;
    check(uncased, "ABA", "aba");
    check(uncased, "Zoë", "zoe");
    check(uncased, "Zoe\xcc\x88", "zoe"); /* the same, with a combining mark */
    check(uncased, "\xc4\xb0i", "i ##i"); /* I with a dot */
    check(uncased, "ΣΑΣ", "σα ##σ");      /* sigma by itself, also at the end */
    check(uncased, "Σας", "σας");
    check(uncased, "ẞ", "ß");
    check(uncased, "Łódź", "łodz");
    check(uncased, "ﬁ", "ﬁ"); /* no compatibility decomposition */
    check(uncased, "가", "ᄀ ##ᅡ");
    check(cased, "A", "A");
    check(cased, "É", "É");
    check(cased, "E\xcc\x81", "[UNK]");
    check(cased, "Aa", "A ##a");
    check(cased, "가", "가");
}

static void cleans(void **state)
{
    (void)state;
    check(uncased, "a\xe2\x80\x8d" "b", "ab");     /* zero width joiner */
    check(uncased, "a\x01\x1b" "b", "ab");         /* control characters */
    check(uncased, "a\xef\xbf\xbd" "b", "ab");     /* U+FFFD */
    check(uncased, "a\xee\x80\x80" "b", "ab");     /* private use */
    check(uncased, "a\xcd\xb8" "b", "ab");         /* not assigned */
    check(uncased, "a\tb\nb\r", "a b b");
    check(uncased, "a\xc2\xa0" "b", "a b");        /* no-break space */
    check(uncased, "a\xe3\x80\x80" "b", "a b");    /* ideographic space */
    check(uncased, "a\xe2\x80\xa8" "b", "a b");    /* line separator */
    check(uncased, "\xc2\xa0", "");
    check(uncased, "\xef\xb8\x8f", "");            /* an emoji's variation selector */
    check(uncased, "😀\xef\xb8\x8f", "😀");
}

static void splits_ideographs(void **state)
{
    (void)state;
    check(uncased, "你好", "你 好");
    check(uncased, "a你b", "a 你 b");
    check(cased, "a好.", "a 好 .");
    check(uncased, "䶿", "[UNK]");
}

static void survives_bad_utf8(void **state)
{
    (void)state;
    check(uncased, "a\xff" "b", "ab");
    check(uncased, "a\xc3", "a");
    check(uncased, "\xf0\x9f\x98", "");
    check(uncased, "a\xed\xa0\x80" "b", "ab"); /* a surrogate */
    check(uncased, "a\xc0\x80" "b", "ab");     /* an overlong NUL */
    check(uncased, "a\xf4\x90\x80\x80" "b", "ab");
}

static void long_words_are_unknown(void **state)
{
    (void)state;
    char word[100001];
    memset(word, 'x', sizeof word);
    word[100] = 0;
    assert_int_equal(wordpiece_encode(uncased, word, NULL, 0), 100);
    word[100] = 'x';
    word[101] = 0;
    check(uncased, word, "[UNK]");
    word[50] = '.';
    assert_int_equal(wordpiece_encode(uncased, word, NULL, 0), 101);
    word[50] = 'x';
    word[101] = 'x';
    word[sizeof word - 1] = 0;
    check(uncased, word, "[UNK]");
    memset(word, '.', sizeof word - 1);
    int32_t ids[3] = {-1, -1, -1};
    assert_int_equal(wordpiece_encode(uncased, word, ids, 2), sizeof word - 1);
    assert_string_equal(wordpiece_piece(uncased, ids[1]), ".");
    assert_int_equal(ids[2], -1); /* no more than there is room for */
    /* A hundred letters, each with a mark that goes. */
    char marked[301] = "";
    for (size_t i = 0; i < 100; i++)
        strcat(marked, "x\xcc\x88");
    assert_int_equal(wordpiece_encode(uncased, marked, NULL, 0), 100);
}

static void knows_its_pieces(void **state)
{
    (void)state;
    assert_int_equal(wordpiece_unk(uncased), 1);
    assert_int_equal(wordpiece_cls(uncased), 2);
    assert_int_equal(wordpiece_sep(uncased), 3);
    assert_int_equal(wordpiece_count(uncased), VOCAB);
    assert_string_equal(wordpiece_piece(uncased, 0), "[PAD]");
    assert_string_equal(wordpiece_piece(uncased, VOCAB - 1), vocabulary[VOCAB - 1]);
    assert_null(wordpiece_piece(uncased, VOCAB));
    assert_null(wordpiece_piece(uncased, -1));
}

static void reads_vocabularies_of_every_make(void **state)
{
    (void)state;
    struct wordpiece *w = wordpiece_open(write_vocab("\r\n"), VOCAB, true, &err);
    assert_non_null(w);
    check(w, "abab", "aba ##b");
    wordpiece_close(w);
    w = wordpiece_open(scratch_write("v", "[UNK]\n[CLS]\n[SEP]\na", 19), 4, true, &err); /* no final line end */
    assert_non_null(w);
    check(w, "a", "a");
    wordpiece_close(w);
    static const char twice[] = "[UNK]\n[CLS]\n[SEP]\na\nb\na\n";
    w = wordpiece_open(scratch_write("v", twice, sizeof twice - 1), 6, true, &err);
    assert_non_null(w);
    int32_t id;
    assert_int_equal(wordpiece_encode(w, "a", &id, 1), 1);
    assert_int_equal(id, 5); /* the later line */
    wordpiece_close(w);
}

static void refuses_bad_vocabularies(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n, lines;
        const char *words;
    } cases[] = {
        {"[UNK]\n[CLS]\n[SEP]\na\n", 20, 5, "vocab.txt: has 4 lines, the config asks for 5"},
        {"[UNK]\n[CLS]\n[SEP]\na\n", 20, 3, "vocab.txt: has more than the 3 lines"},
        {"[UNK]\n[CLS]\n[SEP]\n\n", 19, 4, "vocab.txt:4: an empty line"},
        {"[UNK]\n[CLS]\na\n", 14, 3, "vocab.txt: lacks the piece [SEP]"},
        {"[UNK]\n[CLS]\n[SEP]\n\xff\n", 20, 4, "vocab.txt:4: invalid UTF-8"},
        {"[UNK]\n[CLS]\n[SEP]\na\0b\n", 22, 4, "vocab.txt:4: a NUL byte"},
        {"", 0, 3, "vocab.txt: has 0 lines"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(wordpiece_open(scratch_write("vocab.txt", cases[i].text, cases[i].n), cases[i].lines, true, &err));
        assert_int_equal(err.kind, ERROR_INPUT);
        if (!strstr(err.message, cases[i].words))
            fail_msg("\"%s\" does not say \"%s\"", err.message, cases[i].words);
    }
    assert_null(wordpiece_open(scratch_path("absent"), 4, true, &err));
    assert_int_equal(err.kind, ERROR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_longest_piece_first),
        cmocka_unit_test(splits_at_punctuation),
        cmocka_unit_test(lowers_and_strips),
        cmocka_unit_test(cleans),
        cmocka_unit_test(splits_ideographs),
        cmocka_unit_test(survives_bad_utf8),
        cmocka_unit_test(long_words_are_unknown),
        cmocka_unit_test(knows_its_pieces),
        cmocka_unit_test(reads_vocabularies_of_every_make),
        cmocka_unit_test(refuses_bad_vocabularies),
    };
    return cmocka_run_group_tests(tests, open_both, close_both);
}
