/* GMNER: texts with box files beside them: what is linked, what comes back, what changes, what is refused, what is lost.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/format-gmner.h"
#include "corpora/text.h"
#include "corpora/voc.h"
#include "tests/corpus-try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OBJECT(name, x0, y0, x1, y1)                                                                                   \
    "\t<object>\n\t\t<name>" name "</name>\n\t\t<pose>Unspecified</pose>\n\t\t<truncated>1</truncated>\n"              \
    "\t\t<difficult>0</difficult>\n\t\t<bndbox>\n\t\t\t<xmin>" x0 "</xmin>\n\t\t\t<ymin>" y0 "</ymin>\n\t\t\t<xmax>" x1 \
    "</xmax>\n\t\t\t<ymax>" y1 "</ymax>\n\t\t</bndbox>\n\t</object>\n"

static const char text[] = "IMGID:p1\nMessi\tB-PER\nat\tO\nCamp\tB-LOC\nNou\tI-LOC\n\nIMGID:p2\nAT&T\tI-OTHER\nMessi\tB-PER\n"
                           "Messi\tB-PER\n\nIMGID:p3\nx\tB-PER\n\n";
static const char p1[] = "<annotation verified=\"yes\">\n\t<folder>a</folder>\n" OBJECT("Messi", "120", "40", "360", "440")
    OBJECT("a ball", "1", "2", "3", "4") OBJECT("Messi", "5.5", "6", "7", "8") "</annotation>\n";
/* Laid out in another way, with a comment, an entity of XML, blanks around a name, corners before it. */
static const char p2[] = "\xef\xbb\xbf<?xml version=\"1.0\"?>\r\n<annotation><!-- <object> --><object><bndbox><ymin>2</ymin>"
                         "<xmin> 1 </xmin><xmax>3</xmax><ymax>4</ymax></bndbox><part><name>no</name></part>"
                         "<name> AT&amp;T </name></object>" OBJECT("Messi", "1", "1", "2", "2") "</annotation>";

/* The path of a file of the test's folder, in a folder inside it, for the caller to free. */
static char *make_path(const char *folder, const char *name)
{
    const char *base = try_file("base", "");
    struct text path = {0};
    text_add_bytes(&path, base, strlen(base) - strlen("base"));
    text_add(&path, folder);
    mkdir(path.bytes, 0777);
    text_add_format(&path, "/%s", name);
    return text_take(&path);
}

static void put(const char *folder, const char *name, const char *content)
{
    char *path = make_path(folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
    free(path);
}

static void assert_file(const char *folder, const char *name, const char *content)
{
    char *path = make_path(folder, name), *got = access(path, F_OK) ? NULL : try_content(path);
    if (content && !got)
        fail_msg("%s/%s is not there", folder, name);
    if (content)
        assert_string_equal(got, content);
    else
        assert_null(got);
    free(got);
    free(path);
}

static struct corpus *read_example(void)
{
    put("a-xml", "p1.xml", p1);
    put("a-xml", "p2.xml", p2);
    put("a-xml", "other.xml", "no XML");
    return try_read("a.gmner", text);
}

/* Writes the corpus as b.gmner; the text is for the caller to free. */
static char *write_example(const struct corpus *corpus, struct loss_list *losses)
{
    struct error err;
    char *path = strdup(try_file("b.gmner", ""));
    if (corpus_write(corpus, path, FORMAT_GMNER, losses, &err))
        fail_msg("%s", err.message);
    char *content = try_content(path);
    free(path);
    return content;
}

static void assert_lines(struct loss_list *list, const char *const *lines)
{
    size_t n = 0;
    for (; lines[n]; n++) {
        if (n >= list->n)
            fail_msg("not named: %s", lines[n]);
        assert_string_equal(list->lines[n], lines[n]);
    }
    if (list->n > n)
        fail_msg("named too: %s", list->lines[n]);
    loss_list_free(list);
}

static void test_boxes_are_linked(void **state)
{
    static const char *const doubts[] = {
        "post p2: box o2 is named Messi, which is the text of 2 entities: linked to all", NULL};
    (void)state;
    struct corpus *corpus = read_example();
    const struct post *post = &corpus->posts[0];
    assert_int_equal(corpus->n_posts, 3);
    assert_int_equal(post->n_objects, 3);
    assert_string_equal(post->objects[1].label, "a ball");
    assert_true(post->objects[2].box[0] > 5.4 && post->objects[2].box[0] < 5.6);
    assert_int_equal(post->entities[0].n_grounding, 2);
    assert_string_equal(post->entities[0].grounding[1], "o3");
    assert_true(post->entities[1].has_grounding);
    assert_int_equal(post->entities[1].n_grounding, 0);
    post = &corpus->posts[1];
    assert_string_equal(post->objects[0].label, "AT&T");
    assert_string_equal(post->entities[0].grounding[0], "o1");
    assert_string_equal(post->entities[2].grounding[0], "o2");
    assert_true(corpus->posts[2].entities[0].has_grounding); /* no file: not in the picture */
    assert_lines(&corpus->doubts, doubts);
    corpus_free(corpus);
}

static void test_files_come_back(void **state)
{
    struct loss_list losses = {0};
    (void)state;
    struct corpus *corpus = read_example();
    for (int by_native = 0; by_native < 2; by_native++) {
        put("b-xml", "p3.xml", "stale");
        char *back = write_example(corpus, &losses);
        assert_string_equal(back, text);
        assert_int_equal(losses.n, 0);
        assert_file("b-xml", "p1.xml", p1);
        assert_file("b-xml", "p2.xml", p2);
        assert_file("b-xml", "p3.xml", NULL);
        assert_file("b-xml", "other.xml", NULL);
        free(back);
        char *json = try_write(corpus, FORMAT_JSON, NULL);
        corpus_free(corpus);
        corpus = try_read("a.json", json);
        free(json);
    }
    corpus_free(corpus);
}

/* Beside CoNLL and to standard output the boxes have no place, and the text is that of CoNLL. */
static void test_text_alone(void **state)
{
    static const char *const lines[] = {"post p1: 3 boxes", "post p1: 2 groundings", "post p2: 2 boxes",
                                        "post p2: 3 groundings", "post p3: 1 grounding", NULL};
    (void)state;
    struct corpus *corpus = read_example();
    for (int format = FORMAT_CONLL; format <= (int)FORMAT_GMNER; format += (int)FORMAT_GMNER - (int)FORMAT_CONLL) {
        struct loss_list losses = {0};
        char *back = try_write(corpus, (enum corpus_format)format, &losses);
        assert_string_equal(back, text);
        assert_lines(&losses, lines);
        free(back);
    }
    corpus_free(corpus);
}

static struct object *object_of(struct post *post, size_t index)
{
    assert_true(index < post->n_objects);
    return &post->objects[index];
}

/* Moved, deleted, new; an entity that changes its text takes the name along. */
static void test_only_what_was_edited_changes(void **state)
{
    static const char *const lines[] = {"post p1: the corners of box o1: written as whole numbers", NULL};
    struct loss_list losses = {0};
    (void)state;
    struct corpus *corpus = read_example();
    struct post *post = &corpus->posts[0];
    object_of(post, 0)->box[0] = 99.6;
    object_free(object_of(post, 1));
    post->objects[1] = post->objects[2];
    post->n_objects = 2;
    post->entities[0].end = 2;
    post = &corpus->posts[2];
    struct object *added = array_new(1, sizeof *added);
    *added = (struct object){.id = strdup("o1"), .box = {1, 2, 3, 4}};
    post->objects = added;
    post->n_objects = 1;
    text_list_add(&post->entities[0].grounding, &post->entities[0].n_grounding, "o1");
    free(write_example(corpus, &losses));
    assert_file("b-xml", "p1.xml",
                "<annotation verified=\"yes\">\n\t<folder>a</folder>\n" OBJECT("Messi at", "100", "40", "360", "440")
                    OBJECT("Messi at", "5.5", "6", "7", "8") "</annotation>\n");
    assert_file("b-xml", "p2.xml", p2);
    char *path = make_path("b-xml", "p3.xml"), *xml = try_content(path);
    assert_non_null(strstr(xml, "\t\t<name>x</name>\n"));
    assert_non_null(strstr(xml, "<filename>p3.jpg</filename>"));
    free(xml);
    free(path);
    assert_lines(&losses, lines);
    corpus_free(corpus);
}

static void test_losses_are_named(void **state)
{
    static const char content[] =
        "{\"format\": \"mmib-corpus\", \"posts\": [{\"id\": \"p\", \"tokens\": [\"a\", \"b\", \"a\"], \"image\": \"p.jpg\", "
        "\"entities\": [{\"id\": \"e1\", \"start\": 0, \"end\": 1, \"type\": \"PER\", \"grounding\": [\"o1\"]}, {\"id\": \"e2\", "
        "\"start\": 1, \"end\": 2, \"type\": \"PER\", \"grounding\": [\"o1\"]}, {\"id\": \"e3\", \"start\": 2, \"end\": 3, "
        "\"type\": \"PER\"}], \"objects\": [{\"id\": \"o1\", \"box\": [1, 2, 3, 4], \"label\": \"person\"}, {\"id\": \"o2\", "
        "\"box\": [1, 2, 3, 4]}, {\"id\": \"o3\", \"box\": [1, 2, 3, 4], \"label\": \"b\"}, {\"id\": \"o4\", \"box\": "
        "[1, 2, 3, 4], \"label\": \"cat\"}]}, {\"id\": \"u/v\", \"tokens\": [], \"objects\": [{\"id\": \"o1\", \"box\": "
        "[1, 2, 3, 4], \"label\": \"cat\"}]}]}";
    static const char *const lines[] = {
        "post p: the label of box o1, person",
        "post p: box o1 is one: written once for each of its 2 names",
        "post p: box o2: it belongs to no entity",
        "post p: box o3: it belongs to no entity",
        "post p: entities e1 and e3 have one text, and different groundings",
        "post p: 1 entity that nobody looked for: read again, it is not in the picture",
        "post u/v: its boxes: its id is no name of a file",
        NULL,
    };
    struct loss_list losses = {0};
    (void)state;
    struct corpus *corpus = try_read("a.json", content);
    free(write_example(corpus, &losses));
    assert_lines(&losses, lines);
    corpus_free(corpus);
    char *back = strdup(try_file("b.gmner", "IMGID:p\na\tB-PER\nb\tB-PER\na\tB-PER\n\n"));
    char *again = try_content(back);
    corpus = try_read("b.gmner", again);
    assert_int_equal(corpus->posts[0].n_objects, 3); /* a, b, cat */
    assert_string_equal(corpus->posts[0].objects[2].label, "cat");
    free(again);
    free(back);
    corpus_free(corpus);
}

static void refuse_xml(const char *xml, const char *ending)
{
    put("c-xml", "p1.xml", xml);
    try_refused("c.gmner", "IMGID:p1\na\tO\n\n", ERROR_INPUT, ending);
}

static void test_xml_is_not_trusted(void **state)
{
    struct text deep = {0};
    (void)state;
    try_refused("d.gmner", "IMGID:p1\na\tO\n\n", ERROR_INPUT, "--boxes says where");
    refuse_xml("<annotation>", "p1.xml:1: no element found");
    refuse_xml("<a/>", "p1.xml:1: not a file of Pascal VOC: no <annotation>");
    refuse_xml("<!DOCTYPE a [<!ENTITY b \"bbbb\">]>\n<annotation>&b;</annotation>", "p1.xml:1: a document type is not taken");
    refuse_xml("<annotation>&b;</annotation>", "p1.xml:1: undefined entity");
    refuse_xml("<annotation>\n<object><bndbox/></object></annotation>", "p1.xml:2: an object without a name");
    refuse_xml("<annotation><object><name/></object></annotation>", "p1.xml:1: an object without a name");
    refuse_xml("<annotation><object><name>a</name></object></annotation>",
               "p1.xml:1: an object without four corners of its box");
    refuse_xml("<annotation><object><name>a</name><name>b</name></object></annotation>",
               "p1.xml:1: an object has a name or corner twice");
    refuse_xml("<annotation><object><name>a<b/></name></object></annotation>",
               "p1.xml:1: an element within an object's name or corner");
    refuse_xml("<annotation>" OBJECT("a", "1", "2", "3", "x") "</annotation>", "p1.xml:10: a corner of a box is not a number");
    refuse_xml("<annotation>" OBJECT("a", "1", "2", "3", "nan") "</annotation>",
               "p1.xml:10: a corner of a box is not a number");
    refuse_xml("<annotation>\xff</annotation>", "p1.xml: not UTF-8, or a NUL byte");
    text_add(&deep, "<annotation>");
    for (int i = 0; i < 40; i++)
        text_add(&deep, "<a>");
    refuse_xml(deep.bytes, "p1.xml:1: the XML is nested too deep");
    while (deep.n <= VOC_MAX_BYTES)
        text_add(&deep, "                                        ");
    refuse_xml(deep.bytes, "p1.xml: larger than 1048576 bytes");
    text_free(&deep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_boxes_are_linked),  cmocka_unit_test(test_files_come_back),
        cmocka_unit_test(test_text_alone),        cmocka_unit_test(test_only_what_was_edited_changes),
        cmocka_unit_test(test_losses_are_named),  cmocka_unit_test(test_xml_is_not_trusted),
    };
    return cmocka_run_group_tests_name("format-gmner", tests, NULL, NULL);
}
