/* Labels at the words: they can be told apart without colour, and never stand over each other.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/text-cells.h"
#include "ui/text-marks.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WORDS_MAX = 16, ENTITIES_MAX = 12 };

/* A session without a corpus: words, what is shown of them, and four types. */
struct desk {
    struct session session;
    struct text_layout layout;
    struct text_marks marks;
    struct shown_entity entities[ENTITIES_MAX];
    struct shown_relation relations[ENTITIES_MAX];
    char *words[WORDS_MAX];
};

static char *types[] = {"PER", "LOC", "ORG", "MISC"};
static char letters[] = "plom";

static void desk_open(struct desk *desk, size_t n_words, size_t columns)
{
    struct session *s = &desk->session;
    s->mode = MODE_NORMAL;
    s->entity = s->relation = s->head = s->tail = SIZE_MAX;
    s->cursor = n_words - 1;
    s->types = (struct chooser){.names = types, .letters = letters, .n = 4};
    s->shown.entities = desk->entities;
    s->shown.relations = desk->relations;
    assert_int_equal(text_layout_make(desk->words, n_words, columns, &desk->layout, NULL), 0);
    assert_int_equal(text_marks_make(s, &desk->layout, &desk->marks, NULL), 0);
}

static void desk_close(struct desk *desk)
{
    text_marks_free(&desk->marks);
    text_layout_free(&desk->layout);
}

static void add(struct desk *desk, size_t start, size_t end, const char *type)
{
    desk->entities[desk->session.shown.n_entities++] = (struct shown_entity){.start = start, .end = end, .type = type};
}

/* The line as it is drawn, brackets and words. */
static void draw(const struct desk *desk, char *out)
{
    size_t owner;
    for (size_t token = 0; token <= desk->layout.n_tokens; token++) {
        char bracket = text_marks_bracket(&desk->marks, token, true, true, &owner);
        *out++ = bracket ? bracket : ' ';
        if (token < desk->layout.n_tokens)
            out += sprintf(out, "%s", desk->words[token]);
    }
    *out = '\0';
}

static void crossing_and_nested_spans_read_apart(void **state)
{
    (void)state;
    static const struct {
        size_t spans[3][2];
        const char *drawn;
    } cases[] = {
        {{{0, 3}, {2, 5}}, "[a b(c]d e)f "},          /* crossing */
        {{{0, 5}, {2, 3}}, "[a b(c)d e]f "},          /* nested */
        {{{0, 3}, {0, 2}}, "{a b)c]d e f "},           /* from the same word */
        {{{0, 4}, {2, 4}}, "[a b(c d}e f "},           /* to the same word */
        {{{0, 2}, {2, 4}}, "[a b|c d]e f "},           /* side by side */
        {{{0, 5}, {1, 4}, {2, 3}}, "[a(b<c>d)e]f "},   /* three deep */
        {{{0, 2}, {1, 4}, {3, 5}}, "[a(b]c[d)e]f "},   /* a chain */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct desk desk = {.words = {"a", "b", "c", "d", "e", "f"}};
        char drawn[64];
        for (size_t k = 0; k < 3 && cases[i].spans[k][1]; k++)
            add(&desk, cases[i].spans[k][0], cases[i].spans[k][1], "PER");
        desk_open(&desk, 6, 60);
        draw(&desk, drawn);
        assert_string_equal(drawn, cases[i].drawn);
        desk_close(&desk);
    }
}

static void a_tag_without_room_is_a_letter(void **state)
{
    (void)state;
    struct desk desk = {.words = {"a", "b", "Camp", "Nou", "Rob"}};
    struct text_tag tags[8];
    add(&desk, 0, 1, "MISC");
    add(&desk, 1, 2, "LOC");
    add(&desk, 2, 4, "ORG");
    add(&desk, 3, 4, "LOC");
    add(&desk, 4, 5, "PER");
    desk.entities[4].proposed = true;
    desk_open(&desk, 5, 60);
    assert_int_equal(text_marks_tags(&desk.marks, 0, 60, tags, 8), 5);
    static const char *const expected[] = {"m", "l", "ORG", "l", "PER?"};
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(tags[i].text, i == 3 ? "l" : expected[i]);
    desk.session.mode = MODE_HEAD; /* the numbers that can be answered stand before them */
    assert_int_equal(text_marks_tags(&desk.marks, 0, 60, tags, 8), 5);
    assert_int_equal(tags[4].hint, '5');
    /* Two that start at one short word, and the next word is labelled too: the numbers remain. */
    desk_close(&desk);
    desk = (struct desk){.words = {"a", "b", "c"}};
    add(&desk, 0, 2, "MISC");
    add(&desk, 0, 1, "LOC");
    add(&desk, 1, 2, "ORG");
    desk_open(&desk, 3, 60);
    desk.session.mode = MODE_HEAD;
    assert_int_equal(text_marks_tags(&desk.marks, 0, 60, tags, 8), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(tags[i].hint, '1' + (int)i);
    desk_close(&desk);
}

static void relations_of_one_entity_only(void **state)
{
    (void)state;
    struct desk desk = {.words = {"Rob_Lind", "met_Ana_too", "at_Camp_Nou", "today"}};
    struct text_tag tags[8];
    add(&desk, 0, 1, "PER");
    add(&desk, 1, 2, "PER");
    add(&desk, 2, 3, "LOC");
    desk.relations[0] = (struct shown_relation){.head = 0, .tail = 1, .type = "peer"};
    desk.relations[1] = (struct shown_relation){.head = 1, .tail = 2, .type = "live_in", .proposed = true};
    desk.session.shown.n_relations = 2;
    desk_open(&desk, 4, 60);
    struct {
        size_t cursor, relation;
        const char *tags[3];
    } cases[] = {
        {3, SIZE_MAX, {"PER", "PER", "LOC"}},
        {0, SIZE_MAX, {"PER→2", "PER←1", "LOC"}},
        {1, SIZE_MAX, {"PER→2", "PER←1→3?", "LOC←2?"}},
        {0, 1, {"PER", "PER→3?", "LOC←2?"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        desk.session.cursor = cases[i].cursor;
        desk.session.relation = cases[i].relation;
        assert_int_equal(text_marks_tags(&desk.marks, 0, 60, tags, 8), 3);
        for (size_t k = 0; k < 3; k++)
            assert_string_equal(tags[k].text, cases[i].tags[k]);
    }
    desk_close(&desk);
}

/* The arcs of a line as text: . proposed, - kept, > and < arrows. */
static void arcs(const struct desk *desk, size_t line, size_t columns, char *out)
{
    struct text_tag tags[8];
    unsigned char cells[80];
    size_t n = text_marks_tags(&desk->marks, line, columns, tags, 8);
    text_marks_arcs(&desk->marks, line, tags, n, cells, columns);
    for (size_t x = 0; x < columns; x++)
        out[x] = " .-><"[cells[x]];
    out[columns] = '\0';
}

static void arcs_leave_tags_alone(void **state)
{
    (void)state;
    struct desk desk = {.words = {"Rob", "met_met_met", "Ana_Lind_x", "at_at_at", "Oslo"}};
    char line[81];
    add(&desk, 0, 1, "PER");
    add(&desk, 2, 3, "PER");
    add(&desk, 4, 5, "LOC");
    desk.relations[0] = (struct shown_relation){.head = 0, .tail = 2, .type = "live_in"};
    desk.session.shown.n_relations = 1;
    desk_open(&desk, 5, 60);
    desk.session.cursor = 0; /* PER→3 at 1, PER at 17, LOC←1 at 37 */
    arcs(&desk, 0, 44, line);
    assert_string_equal(line, "       ---------     -------------->        ");
    desk.relations[0] = (struct shown_relation){.head = 2, .tail = 0, .type = "live_in", .proposed = true};
    arcs(&desk, 0, 44, line); /* PER←3? is a column longer */
    assert_string_equal(line, "        <.......     ...............        ");
    desk.session.cursor = 2; /* another entity's */
    arcs(&desk, 0, 44, line);
    assert_int_equal(strspn(line, " "), 44);
    desk_close(&desk);
    /* Over several lines, an arc leaves at the right edge and comes in at the left. */
    desk.relations[0] = (struct shown_relation){.head = 0, .tail = 2, .type = "live_in"};
    desk_open(&desk, 5, 18);
    desk.session.cursor = 0;
    arcs(&desk, 0, 18, line);
    assert_string_equal(line, "       -----------");
    assert_int_equal(desk.layout.n_lines, 3);
    arcs(&desk, 1, 18, line);
    assert_string_equal(line, "     -------------");
    arcs(&desk, 2, 18, line);
    assert_int_equal(strchr(line, '>') != NULL, 1);
    desk_close(&desk);
}

static int compare_spans(const void *a, const void *b)
{
    const struct shown_entity *x = a, *y = b;
    return x->start != y->start ? (x->start < y->start ? -1 : 1) : (x->end > y->end ? -1 : x->end < y->end);
}

/* Whatever is labelled, on lines of every width: tags keep clear of each other, and every label has a sign. */
static void tags_never_collide(void **state)
{
    (void)state;
    srand(7);
    for (int round = 0; round < 3000; round++) {
        struct desk desk = {0};
        char words[WORDS_MAX][12];
        size_t n = 1 + (size_t)rand() % WORDS_MAX, n_entities = (size_t)rand() % (ENTITIES_MAX + 1);
        for (size_t i = 0; i < n; i++) {
            snprintf(words[i], sizeof words[i], "%.*s", 1 + rand() % 10, "abcdefghij");
            desk.words[i] = words[i];
        }
        for (size_t i = 0; i < n_entities; i++) {
            size_t start = (size_t)rand() % n, end = start + 1 + (size_t)rand() % (n - start);
            add(&desk, start, end, i % 5 == 4 ? "a long type" : types[i % 4]);
            desk.entities[i].proposed = rand() % 2;
        }
        qsort(desk.entities, n_entities, sizeof *desk.entities, compare_spans);
        size_t columns = 12 + (size_t)rand() % 80;
        desk_open(&desk, n, columns);
        desk.session.mode = rand() % 2 ? MODE_HEAD : MODE_NORMAL;
        bool seen[ENTITIES_MAX] = {false};
        for (size_t line = 0; line < desk.layout.n_lines; line++) {
            struct text_tag tags[ENTITIES_MAX * 2];
            size_t end = 0, count = text_marks_tags(&desk.marks, line, columns, tags, ENTITIES_MAX * 2);
            for (size_t i = 0; i < count; i++) {
                assert_true(tags[i].column >= end);
                assert_int_equal(tags[i].columns,
                                 text_cells_width(tags[i].text, strlen(tags[i].text)) + (tags[i].hint != 0));
                end = tags[i].column + tags[i].columns;
                assert_true(end <= columns);
                assert_true(tags[i].entity < n_entities);
                seen[tags[i].entity] = true;
            }
        }
        for (size_t i = 0; i < n_entities; i++) { /* itself, or the plus of one that starts there too */
            bool any = false;
            for (size_t k = 0; k < n_entities; k++)
                any |= seen[k] && desk.entities[k].start == desk.entities[i].start;
            assert_true(any);
        }
        desk_close(&desk);
    }
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crossing_and_nested_spans_read_apart),
        cmocka_unit_test(a_tag_without_room_is_a_letter),
        cmocka_unit_test(relations_of_one_entity_only),
        cmocka_unit_test(arcs_leave_tags_alone),
        cmocka_unit_test(tags_never_collide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
