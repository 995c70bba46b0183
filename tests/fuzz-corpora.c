/* Damaged files: each is refused with one message, or is a corpus that can be written in every format and read again.
 * The sanitizers watch. The same seeds every time; a number as argument does so many rounds.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "corpora/statistics.h"
#include "corpora/text.h"
#include "corpora/voc.h"
#include "tests/corpus-try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const fixtures[] = {"tweets.conll",     "pairs.mnre",       "pairs-ascii.mnre",
                                       "pairs-mixed.mnre", "everything.json", "everything.jsonl",
                                       "posts.raw",        "posts.text",       "boxes.coco"};
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
    "\"end\"", "\\u0000", "\\ud83d", "9007199254740993", "I-PER", "IMGID:", "\xef\xbb\xbf",
    "</object>", "<!DOCTYPE", "&amp;", "]]>",   "<name>", "😀", "\xe2\x80\x8d", "@", "http://", "\"bbox\"",
    "\"text\"", "\"verdict\"", "\"gold\"", "\"head\"", " "};
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
    for (int format = FORMAT_JSONL; format <= FORMAT_TEXT; format++) {
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

/* In the format's own layout, it is what it was: written again, nothing changes, and nothing was lost. */
static void assert_values_come_back(const struct corpus *corpus)
{
    struct loss_list losses = {0};
    char *first = try_write(corpus, corpus->format, &losses);
    struct corpus *again = try_read(corpus->format == FORMAT_RAW ? "again.raw" : "again.coco", first);
    char *second = try_write(again, corpus->format, &losses);
    assert_string_equal(first, second);
    assert_int_equal(losses.n, 0);
    free(first);
    free(second);
    corpus_free(again);
}

/* Box files: what is read at all comes back to the byte, and takes another name and box. */
static void test_damaged_boxes(void **state)
{
    static const char fixture[] =
        "<?xml version=\"1.0\"?>\n<annotation verified=\"yes\">\n\t<!-- <object> -->\n\t<object>\n\t\t<name>AT&amp;T</name>\n"
        "\t\t<bndbox>\n\t\t\t<xmin>1</xmin>\n\t\t\t<ymin>2.5</ymin>\n\t\t\t<xmax>3</xmax>\n\t\t\t<ymax>4</ymax>\n\t\t</bndbox>\n"
        "\t</object>\n\t<object><name> x y </name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox>"
        "</object></annotation>\n";
    static const double box[4] = {10, 20, 30, 40};
    size_t n_read = 0;
    (void)state;
    for (size_t round = 0; round < n_rounds; round++) {
        struct text xml = {0}, same = {0}, changed = {0};
        struct voc voc, again;
        struct error err = {0};
        random_state = 0x9e3779b97f4a7c15u * (round + 1);
        text_add(&xml, fixture);
        damage(&xml);
        if (voc_read(xml.bytes ? xml.bytes : "", xml.n, "a.xml", &voc, &err)) {
            assert_int_equal(err.kind, ERROR_INPUT);
            assert_non_null(strstr(err.message, "a.xml"));
            text_free(&xml);
            continue;
        }
        n_read++;
        struct voc_change *changes = calloc(voc.n_objects + 1, sizeof *changes);
        assert_non_null(changes);
        for (size_t i = 0; i < voc.n_objects; i++)
            changes[i] = (struct voc_change){voc.objects[i].name, voc.objects[i].box};
        voc_put_changed(&same, xml.bytes, &voc, changes, NULL, 0);
        assert_string_equal(same.bytes, xml.bytes);
        for (size_t i = 0; i < voc.n_objects; i++)
            changes[i] = (struct voc_change){i % 2 ? NULL : "a<b>&c", box};
        const struct voc_change more = {"new", box};
        voc_put_changed(&changed, xml.bytes, &voc, changes, &more, 1);
        if (voc_read(changed.bytes, changed.n, "b.xml", &again, &err))
            fail_msg("round %zu: %s\n%s", round, err.message, changed.bytes);
        assert_int_equal(again.n_objects, (voc.n_objects + 1) / 2 + 1);
        for (size_t i = 0; i < again.n_objects; i++) {
            assert_string_equal(again.objects[i].name, i + 1 == again.n_objects ? "new" : "a<b>&c");
            assert_memory_equal(again.objects[i].box, box, sizeof box);
        }
        free(changes);
        voc_free(&voc);
        voc_free(&again);
        text_free(&xml);
        text_free(&same);
        text_free(&changed);
    }
    assert_true(n_read > n_rounds / 50 && n_read < n_rounds);
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
            if (corpus->format == FORMAT_CONLL || corpus->format == FORMAT_MNRE || corpus->format == FORMAT_TEXT)
                assert_comes_back(corpus, &text);
            else if (corpus->format == FORMAT_RAW || corpus->format == FORMAT_COCO)
                assert_values_come_back(corpus);
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
        cmocka_unit_test(test_damaged_boxes),
    };
    if (argc > 1)
        n_rounds = strtoul(argv[1], NULL, 10);
    return cmocka_run_group_tests_name("damaged corpora", tests, NULL, NULL);
}
