/* COCO: what is read, what comes back value for value, what is said anew, what is refused, what is lost.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/format-coco.h"
#include "tests/corpus-try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As it is written: sparse ids, an id that is a string, annotations out of order, one without a box, odd members. */
static const char file[] =
    "{\"images\": [\n"
    "  {\"id\": 7, \"file_name\": \"bus.jpg\", \"width\": 810, \"height\": 1080, \"license\": 3},\n"
    "  {\"id\": \"x1\", \"file_name\": \"b.jpg\"}\n ],\n"
    " \"annotations\": [\n"
    "  {\"id\": 1, \"image_id\": 7, \"category_id\": 18, \"bbox\": [120.123456789012345, 40, 240, 400.0], \"area\": 96000, "
    "\"iscrowd\": 0, \"segmentation\": [[1, 2.50, 3]]},\n"
    "  {\"id\": 12345678901234567890, \"image_id\": \"x1\", \"category_id\": 90, \"bbox\": [1, 2, 3, 4]},\n"
    "  {\"id\": 2, \"image_id\": 7, \"category_id\": 90, \"bbox\": [0, 0, 1.5, 2], \"score\": 0.50},\n"
    "  {\"id\": 9, \"image_id\": 7, \"caption\": \"hi\"}\n ],\n"
    " \"categories\": [\n"
    "  {\"id\": 18, \"name\": \"dog\", \"supercategory\": \"animal\"},\n"
    "  {\"id\": 90, \"name\": \"brush\"}\n ], \"info\": {\"year\": 2020}, \"licenses\": []}\n";

static void test_boxes_are_read(void **state)
{
    static const double box[4] = {0, 0, 1.5, 2};
    (void)state;
    struct corpus *corpus = try_read("a.coco", file);
    assert_int_equal(corpus->format, FORMAT_COCO);
    assert_int_equal(corpus->n_posts, 2);
    const struct post *post = &corpus->posts[0];
    assert_string_equal(post->id, "bus");
    assert_string_equal(post->image, "bus.jpg");
    assert_int_equal(post->n_tokens, 0);
    assert_int_equal(post->n_objects, 2);
    assert_string_equal(post->objects[0].label, "dog");
    assert_int_equal(post->objects[0].origin.source, SOURCE_IMPORT);
    assert_memory_equal(post->objects[1].box, box, sizeof box);
    assert_int_equal(post->objects[1].origin.source, SOURCE_DETECTOR);
    assert_true(post->objects[1].origin.has_score);
    assert_string_equal(corpus->posts[1].objects[0].label, "brush");
    corpus_free(corpus);
}

static void test_values_come_back(void **state)
{
    (void)state;
    try_unchanged("a.coco", file);
    try_unchanged("a.coco", "[\n  {\"image_id\": 139, \"category_id\": 18, \"bbox\": [1, 2, 3, 4], \"score\": 0.900},\n"
                            "  {\"image_id\": 2, \"category_id\": 18, \"bbox\": [1, 2, 3, 4], \"score\": 0.2},\n"
                            "  {\"image_id\": 139, \"category_id\": 1, \"bbox\": [1, 2, 3, 4], \"score\": 1e-3}\n ]\n");
    try_unchanged("a.coco", "{\"images\": [\n  {\"id\": 0}\n ],\n \"annotations\": [],\n \"categories\": []}\n");
}

static void test_results_make_posts(void **state)
{
    (void)state;
    struct corpus *corpus = try_read("a.coco", "[{\"image_id\": 139, \"category_id\": 18, \"bbox\": [1, 2, 3, 4]}]");
    assert_string_equal(corpus->posts[0].id, "139");
    assert_null(corpus->posts[0].image);
    assert_string_equal(corpus->posts[0].objects[0].label, "18");
    corpus_free(corpus);
}

/* The edits of a person: relabelled, moved, deleted, new. */
static void test_changes_are_said_anew(void **state)
{
    struct loss_list losses = {0};
    (void)state;
    struct corpus *corpus = try_read("a.coco", file);
    struct object *objects = corpus->posts[0].objects;
    objects[0].box[0] = 60;
    free(objects[0].label);
    objects[0].label = strdup("cat");
    objects[1].origin.score = 0.75;
    char *text = try_write(corpus, FORMAT_COCO, &losses);
    assert_non_null(strstr(text, "\n  {\"id\": 1, \"image_id\": 7, \"iscrowd\": 0, \"category_id\": 91, \"bbox\": [60, 40, "));
    assert_non_null(strstr(text, "\"bbox\": [0, 0, 1.5, 2], \"score\": 0.75}"));
    assert_non_null(strstr(text, "{\"id\": 90, \"name\": \"brush\"},\n  {\"id\": 91, \"name\": \"cat\"}\n"));
    assert_null(strstr(text, "segmentation"));
    assert_int_equal(losses.n, 1);
    assert_string_equal(losses.lines[0], "post bus: the outline of box o1, which was moved");
    loss_list_free(&losses);
    free(text);
    corpus_free(corpus);
}

static void test_losses_are_named(void **state)
{
    static const char content[] =
        "{\"format\": \"mmib-corpus\", \"posts\": [{\"id\": \"p\", \"tokens\": [\"a\", \"b\"], \"text\": \"a b\", \"image\": "
        "\"q.jpg\", \"width\": 640, \"height\": 480, \"lang\": \"en\", \"entities\": [{\"id\": \"e1\", \"start\": 0, \"end\": 1, "
        "\"type\": \"PER\", \"grounding\": [\"o1\"]}], \"objects\": [{\"id\": \"o1\", \"box\": [1, 2, 3, 5], \"label\": \"cat\", "
        "\"source\": \"human\", \"by\": \"ana\", \"depth\": 2}, {\"id\": \"o2\", \"box\": [0, 0, 1, 1], \"source\": "
        "\"detector\", \"score\": 0.5}], \"status\": \"done\"}, {\"id\": \"q\", \"tokens\": [\"x\"]}, {\"id\": \"r\", "
        "\"tokens\": [], \"image\": \"r.jpg\"}]}";
    static const char *const lines[] = {
        "post q: left out: it has no picture",
        "post p: its id (its picture is q.jpg)",
        "post r: width and height of its picture are not known",
        "post p: box o2 has no label: its category is \"object\"",
        "post p: 2 tokens",
        "post p: 1 entity",
        "post p: 1 grounding",
        "post p: its text",
        "post q: 1 token",
    };
    struct loss_list losses = {0};
    (void)state;
    struct corpus *corpus = try_read("a.json", content);
    char *text = try_write(corpus, FORMAT_COCO, &losses);
    assert_string_equal(
        text, "{\"images\": [\n  {\"id\": 1, \"file_name\": \"q.jpg\", \"width\": 640, \"height\": 480, \"lang\": \"en\"},\n"
              "  {\"id\": 2, \"file_name\": \"r.jpg\"}\n ],\n \"annotations\": [\n"
              "  {\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, 2, 3], \"area\": 6, \"iscrowd\": 0, "
              "\"depth\": 2},\n  {\"id\": 2, \"image_id\": 1, \"category_id\": 2, \"bbox\": [0, 0, 1, 1], \"area\": 1, "
              "\"iscrowd\": 0, \"score\": 0.5}\n ],\n \"categories\": [\n  {\"id\": 1, \"name\": \"cat\"},\n"
              "  {\"id\": 2, \"name\": \"object\"}\n ]}\n");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        assert_true(i < losses.n);
        assert_string_equal(losses.lines[i], lines[i]);
    }
    assert_int_equal(losses.n, sizeof lines / sizeof *lines);
    assert_int_equal(losses.n_records, 2);
    assert_string_equal(losses.records[0], "post p: its status, done");
    assert_string_equal(losses.records[1], "post p: 1 label's source, score, author, time or decision");
    loss_list_free(&losses);
    free(text);
    corpus_free(corpus);
}

static void test_bad_files_are_refused(void **state)
{
    (void)state;
    try_refused("a.coco", "{\"a\": 1}", ERROR_INPUT, "a.coco:1: not COCO: neither a list \"images\" nor a list of results");
    try_refused("a.coco", "[]", ERROR_INPUT, "a.coco:1: no image in it");
    try_refused("a.coco", "{\"images\": [{\"id\": 1}, {\"id\": 1.0}]}", ERROR_INPUT, "two images have one id");
    try_refused("a.coco", "{\"images\": [{\"id\": 1}],\n\"annotations\": [{\"image_id\": 2, \"bbox\": [1, 2, 3, 4]}]}",
                ERROR_INPUT, "a.coco:2: an annotation of an image that is not there");
    try_refused("a.coco", "{\"images\": [{\"id\": 1}], \"annotations\": [{\"image_id\": 1, \"bbox\": [1, 2, 3]}]}", ERROR_INPUT,
                "bbox is not four numbers: x, y, width, height");
    try_refused("a.coco", "{\"images\": [{\"id\": 1}], \"annotations\": [{\"image_id\": 1, \"bbox\": [1, 2, 3, 1e999]}]}",
                ERROR_INPUT, "bbox is not four numbers: x, y, width, height");
    try_refused("a.coco", "{\"images\": [{\"id\": 1}], \"categories\": [{\"id\": 1}]}", ERROR_INPUT,
                "a category is not an object with id and name");
    try_refused("a.json", "{\"images\": [], \"annotations\": []}", ERROR_INPUT, "(--from coco reads COCO)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_boxes_are_read),        cmocka_unit_test(test_values_come_back),
        cmocka_unit_test(test_results_make_posts),    cmocka_unit_test(test_changes_are_said_anew),
        cmocka_unit_test(test_losses_are_named),      cmocka_unit_test(test_bad_files_are_refused),
    };
    return cmocka_run_group_tests_name("format-coco", tests, NULL, NULL);
}
