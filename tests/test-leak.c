/* The leak alarm: which texts and pictures are the same, whatever a corpus did to them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/leak.h"
#include "tests/corpus-try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What of the second text's only post is found in the first; with "p" in folders pictures are looked at. */
static unsigned found(const char *training, const char *training_folder, const char *test, const char *test_folder)
{
    struct corpus *train = try_read("train.conll", training), *gold = try_read("test.conll", test);
    struct leak_source source = {train, training_folder};
    struct leak *leak;
    struct error err;
    unsigned kinds;
    assert_int_equal(leak_new(&source, 1, &leak, &err), 0);
    corpus_free(train); /* nothing of it is kept */
    assert_int_equal(leak_find(leak, &gold->posts[0], test_folder, &kinds, &err), 0);
    leak_free(leak);
    corpus_free(gold);
    return kinds;
}

static void texts_that_are_the_same(void **state)
{
    static const char cut[] =
        "IMGID:2\nRT\tO\n@\tO\nJudyAbx\tO\n:\tO\nin\tO\n#\tO\nRome\tO\nhttp://t.\tO\nco/x\tO\n\n";
    static const char one[] = "IMGID:1\nRT\tO\n@JudyAbx\tB-PER\n:\tO\nin\tO\n#Rome\tO\nhttp://t.co/x\tO\n\n";
    (void)state;
    assert_int_equal(found(one, NULL, one, NULL), LEAK_TEXT | LEAK_PICTURE);
    assert_int_equal(found(one, NULL, cut, NULL), LEAK_TEXT);
    assert_int_equal(found(one, NULL, "IMGID:2\nrt\tO\njudyabx\tO\nIn\tO\nRome\tO\nhtt…\tO\n\n", NULL), LEAK_TEXT);
    assert_int_equal(found(one, NULL, "IMGID:2\nRT\tO\nJudy\tO\nin\tO\nRome\tO\n\n", NULL), 0);
    assert_int_equal(found(one, NULL, "IMGID:1\nanother\tO\n\n", NULL), LEAK_PICTURE);
}

static void an_empty_text_is_like_no_other(void **state)
{
    (void)state;
    assert_int_equal(found("IMGID:1\n...\tO\n\n", NULL, "IMGID:2\nhttp://t.co/y\tO\n\n", NULL), 0);
    assert_int_equal(found("IMGID:1\n😀\tO\n\n", NULL, "IMGID:2\n😀\tO\n!\tO\n\n", NULL), LEAK_TEXT);
}

/* A folder with a.jpg (and b.jpg) of these contents. */
static char *folder_of(const char *name, const char *a, const char *b)
{
    char *folder = strdup(try_file("x", ""));
    char path[400];
    const char *contents[] = {a, b};
    strcpy(strrchr(folder, '/'), "");
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(mkdir(path, 0700), 0);
    for (int i = 0; i < 2; i++) {
        char file[420];
        snprintf(file, sizeof file, "%s/%c.jpg", name, "ab"[i]);
        if (contents[i])
            try_file(file, contents[i]);
    }
    free(folder);
    return strdup(path);
}

static void pictures_that_are_the_same(void **state)
{
    static const char a[] = "IMGID:a\none\tO\n\n", b[] = "IMGID:b\ntwo\tO\n\n", other[] = "IMGID:a\ntwo\tO\n\n";
    char *here = folder_of("here", "abcd", "efgh"), *there = folder_of("there", "wxyz", "abcd"),
         *nowhere = folder_of("nowhere", NULL, NULL);
    (void)state;
    assert_int_equal(found(a, NULL, other, NULL), LEAK_PICTURE);     /* by name */
    assert_int_equal(found(a, here, other, there), 0);               /* of one name, with other bytes */
    assert_int_equal(found(a, here, b, there), LEAK_PICTURE);        /* of one content, with another name */
    assert_int_equal(found(a, here, other, nowhere), LEAK_PICTURE);  /* nothing to compare: by name */
    assert_int_equal(found(a, nowhere, other, there), LEAK_PICTURE);
    assert_int_equal(found(a, here, b, here), 0);
    free(here);
    free(there);
    free(nowhere);
}

/* Counted with another program: 1,563 posts of Twitter-2015's test set have their picture's name in GMNER's training
 * set, and the text of all but two of these is there, and that of four more. */
static void published_corpora(void **state)
{
    const char *sources = getenv("SRCDIR");
    char paths[2][600];
    const struct corpus_options options = {.from = FORMAT_CONLL};
    struct corpus *test, *train;
    struct leak *leak;
    struct error err;
    size_t n_texts = 0, n_pictures = 0, n_any = 0;
    (void)state;
    snprintf(paths[0], sizeof paths[0], "%s/../shared/data/twitter2015/test.txt", sources ? sources : ".");
    snprintf(paths[1], sizeof paths[1], "%s/../shared/data/gmner/train.txt", sources ? sources : ".");
    if (access(paths[0], R_OK) || access(paths[1], R_OK))
        skip();
    assert_int_equal(corpus_read(paths[0], &options, &test, &err), 0);
    assert_int_equal(corpus_read(paths[1], &options, &train, &err), 0);
    assert_int_equal(leak_new(&(struct leak_source){train, NULL}, 1, &leak, &err), 0);
    for (size_t i = 0; i < test->n_posts; i++) {
        unsigned kinds;
        assert_int_equal(leak_find(leak, &test->posts[i], NULL, &kinds, &err), 0);
        n_texts += (kinds & LEAK_TEXT) != 0;
        n_pictures += (kinds & LEAK_PICTURE) != 0;
        n_any += kinds != 0;
    }
    assert_int_equal(n_pictures, 1563);
    assert_int_equal(n_texts, 1565);
    assert_int_equal(n_any, 1567);
    leak_free(leak);
    corpus_free(test);
    corpus_free(train);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_that_are_the_same),
        cmocka_unit_test(an_empty_text_is_like_no_other),
        cmocka_unit_test(pictures_that_are_the_same),
        cmocka_unit_test(published_corpora),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
