/* Box mode without a terminal: rectangles under keys and mouse, what is recorded of them, links, the detector's finds,
 * and masks.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/session-try.h"

#include "model/detector-edit.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char corpus[] =
    "{\"format\": \"mmib-corpus\", \"version\": 1,\n"
    " \"schema\": {\"entities\": [\"PER\", \"LOC\"], \"relations\": []},\n"
    " \"posts\": [\n"
    "  {\"id\": \"a\", \"tokens\": [\"Rob\", \"Lind\", \"met\", \"Ana\", \"at\", \"Camp\", \"Nou\"], \"image\": \"a.jpg\",\n"
    "   \"entities\": [{\"id\": \"e1\", \"start\": 0, \"end\": 2, \"type\": \"PER\", \"source\": \"human\"}],\n"
    "   \"objects\": [\n"
    "    {\"id\": \"o1\", \"box\": [10, 10, 110, 110], \"label\": \"person\", \"score\": 0.75, \"source\": \"detector\"},\n"
    "    {\"id\": \"o2\", \"box\": [200, 40, 300, 240], \"label\": \"bus\", \"score\": 0.5, \"source\": \"detector\"}]},\n"
    "  {\"id\": \"b\", \"tokens\": [\"Rob\"], \"image\": \"b.jpg\"},\n"
    "  {\"id\": \"c\", \"tokens\": [\"Rob\"]}]}\n";

static void desk_lay(struct desk *desk)
{
    desk_close(desk);
    FILE *file = fopen(desk->path, "w");
    assert_non_null(file);
    fputs(corpus, file);
    fclose(file);
    desk_open(desk);
    boxes_picture(&desk->session.boxes, 400, 300, 10, 20);
}

static const struct post *post_a(const struct desk *desk)
{
    return store_post_peek(desk->store, 0);
}

static void assert_box(const double *got, double x0, double y0, double x1, double y1)
{
    const double want[4] = {x0, y0, x1, y1};
    for (size_t i = 0; i < 4; i++)
        if (got[i] != want[i])
            fail_msg("%g %g %g %g instead of %g %g %g %g", got[0], got[1], got[2], got[3], x0, y0, x1, y1);
}

static void key(struct desk *desk, int code)
{
    session_key(&desk->session, KEYMAP_FUNCTION + code);
}

/* Rectangles */

static void rectangles_stay_in_the_picture(void **state)
{
    (void)state;
    struct boxes b = {0};
    assert_false(boxes_begin(&b)); /* of unknown size */
    boxes_picture(&b, 100, 50, 10, 10);
    assert_true(boxes_begin(&b));
    boxes_move(&b, -100, -100);
    assert_true(b.box[0] == 0 && b.box[1] == 0);
    double width = b.box[2], height = b.box[3];
    boxes_move(&b, 100, 100); /* and keep their size at the edge */
    assert_box(b.box, 100 - width, 50 - height, 100, 50);
    boxes_resize(&b, 5, 5);
    assert_box(b.box, 100 - width, 50 - height, 100, 50);
    boxes_resize(&b, -100, -100); /* never thinner than half a cell */
    assert_box(b.box, 100 - width, 50 - height, 105 - width, 55 - height);
    boxes_picture(&b, 1, 1, 0.02, 0.05); /* one pixel is a picture too */
    boxes_begin(&b);
    assert_box(b.box, 0, 0, 1, 1);
    boxes_resize(&b, -1, 3);
    assert_box(b.box, 0, 0, 1, 1);
}

static void the_mouse_draws_moves_and_resizes(void **state)
{
    (void)state;
    struct boxes b = {0};
    const double at[4] = {100, 100, 110, 120}, left_above[4] = {50, 20, 60, 40}, middle[4] = {150, 140, 160, 160};
    const double chosen[4] = {105, 110, 205, 210};
    boxes_picture(&b, 400, 300, 10, 20);
    boxes_press(&b, at, NULL);
    boxes_drag(&b, at);
    assert_false(boxes_release(&b)); /* a click is no rectangle */
    assert_int_equal(b.pending, BOXES_STILL);
    boxes_press(&b, at, NULL);
    boxes_drag(&b, left_above);
    assert_true(boxes_release(&b));
    assert_int_equal(b.pending, BOXES_NEW);
    assert_box(b.box, 50, 20, 110, 120);
    boxes_drop(&b);
    boxes_press(&b, at, chosen); /* its corner */
    boxes_drag(&b, left_above);
    assert_int_equal(b.pending, BOXES_CHANGED);
    assert_box(b.box, 55, 30, 205, 210);
    boxes_drag(&b, (double[4]){390, 280, 400, 300}); /* over the other corner: a sliver is left */
    assert_box(b.box, 200, 200, 205, 210);
    boxes_drop(&b);
    boxes_press(&b, middle, chosen); /* inside of it */
    boxes_drag(&b, (double[4]){390, 140, 400, 160});
    assert_true(boxes_release(&b));
    assert_box(b.box, 300, 110, 400, 210);
}

static void keys_draw_a_box(void **state)
{
    struct desk *desk = *state;
    desk_lay(desk);
    desk_type(desk, "Bn");
    assert_box(desk->session.boxes.box, 150, 113, 250, 188);
    assert_int_equal(post_a(desk)->n_objects, 2); /* pending: in no corpus yet */
    desk_type(desk, "hhk");
    key(desk, KEY_SRIGHT);
    desk_type(desk, "J\n");
    assert_int_equal(post_a(desk)->n_objects, 3);
    assert_int_equal(desk->session.mode, MODE_PROMPT);
    desk_type(desk, "ca\t\n");
    const struct object *o = &post_a(desk)->objects[2];
    assert_box(o->box, 130, 93, 240, 188);
    assert_string_equal(o->label, "car");
    assert_true(o->origin.source == SOURCE_HUMAN && !o->origin.has_score);
    assert_int_equal(o->origin.decision, DECISION_CREATED);
    assert_string_equal(o->origin.by, "ana");
    assert_non_null(o->origin.at);
    assert_int_equal(post_a(desk)->status, STATUS_STARTED);
    assert_string_equal(post_a(desk)->annotator, "ana");
    assert_int_equal(desk->session.mode, MODE_BOX);
    desk_type(desk, "uu");
    assert_int_equal(post_a(desk)->n_objects, 2);
    desk_type(desk, "UU");
    assert_string_equal(post_a(desk)->objects[2].label, "car");
    /* Earlier labels come before COCO's, each once. */
    desk_type(desk, "t");
    desk->session.prompt = (struct prompt){.purpose = PROMPT_BOX_LABEL};
    desk_type(desk, "c\t");
    assert_string_equal(desk->session.prompt.text, "car");
    desk_type(desk, "\t");
    assert_string_equal(desk->session.prompt.text, "cat");
    desk_type(desk, "\033");
    assert_string_equal(post_a(desk)->objects[2].label, "car");
}

static void what_is_pending_is_kept_or_dropped(void **state)
{
    struct desk *desk = *state;
    desk_lay(desk);
    desk_type(desk, "Bl\033"); /* dropped; the mode stays */
    assert_box(post_a(desk)->objects[0].box, 10, 10, 110, 110);
    assert_int_equal(desk->session.mode, MODE_BOX);
    assert_false(store_unsaved(desk->store));
    desk_type(desk, "l\t"); /* kept by going on */
    assert_box(post_a(desk)->objects[0].box, 20, 10, 120, 110);
    assert_int_equal(desk->session.boxes.chosen, 2);
    const struct provenance *origin = &post_a(desk)->objects[0].origin;
    assert_true(origin->source == SOURCE_HUMAN && origin->decision == DECISION_EDITED && !origin->has_score);
    desk_type(desk, "L");
    key(desk, KEY_NPAGE); /* by another post too */
    assert_int_equal(desk->session.post, 1);
    assert_int_equal(desk->session.mode, MODE_BOX);
    assert_box(post_a(desk)->objects[1].box, 200, 40, 310, 240);
    key(desk, KEY_NPAGE); /* one without a picture has no boxes */
    assert_int_equal(desk->session.post, 2);
    assert_int_equal(desk->session.mode, MODE_NORMAL);
    desk_type(desk, "B");
    assert_int_equal(desk->session.mode, MODE_NORMAL);
}

static void the_mouse_is_recorded(void **state)
{
    struct desk *desk = *state;
    struct session *s = &desk->session;
    desk_lay(desk);
    session_boxes_open(s);
    session_box_press(s, (double[4]){250, 100, 260, 120}, 1); /* a click */
    session_box_release(s);
    assert_int_equal(s->boxes.chosen, 2);
    session_box_press(s, (double[4]){250, 100, 260, 120}, 1); /* the chosen one moves */
    session_box_drag(s, (double[4]){260, 120, 270, 140});
    session_box_release(s);
    assert_box(post_a(desk)->objects[1].box, 210, 60, 310, 260);
    session_box_press(s, (double[4]){0, 200, 10, 220}, SIZE_MAX);
    session_box_drag(s, (double[4]){50, 260, 60, 280});
    session_box_release(s);
    assert_int_equal(s->mode, MODE_PROMPT);
    desk_type(desk, "\n");
    assert_int_equal(post_a(desk)->n_objects, 3);
    assert_box(post_a(desk)->objects[2].box, 0, 200, 60, 280);
    assert_null(post_a(desk)->objects[2].label);
}

/* Decisions */

static void boxes_are_accepted_and_deleted(void **state)
{
    struct desk *desk = *state;
    desk_lay(desk);
    desk_type(desk, "Ba");
    const struct provenance *origin = &post_a(desk)->objects[0].origin;
    assert_true(origin->source == SOURCE_HUMAN && origin->decision == DECISION_ACCEPTED);
    assert_true(origin->has_score && origin->score == 0.75);
    assert_string_equal(origin->by, "ana");
    assert_int_equal(desk->session.boxes.chosen, 2); /* the next one is waiting */
    desk_type(desk, "ex");
    assert_int_equal(post_a(desk)->n_objects, 1);
    assert_false(post_a(desk)->entities[0].has_grounding);
    assert_int_equal(desk->session.boxes.chosen, 1);
    desk_type(desk, "uu");
    assert_int_equal(post_a(desk)->n_objects, 2);
    desk_type(desk, "xx");
    assert_int_equal(post_a(desk)->n_objects, 0);
    desk_type(desk, "xaeh\t"); /* nothing is there to do it to */
    assert_int_equal(post_a(desk)->n_objects, 0);
}

static void entities_are_linked_in_three_states(void **state)
{
    struct desk *desk = *state;
    const struct entity *e;
    desk_lay(desk);
    desk_type(desk, "Be\te");
    e = &post_a(desk)->entities[0];
    assert_true(e->has_grounding && e->n_grounding == 2);
    assert_string_equal(e->grounding[0], "o1");
    assert_string_equal(e->grounding[1], "o2");
    desk_type(desk, "e"); /* no more in this one */
    e = &post_a(desk)->entities[0];
    assert_true(e->n_grounding == 1 && !strcmp(e->grounding[0], "o1"));
    desk_type(desk, "\te"); /* nor in that: nobody has said where it is */
    assert_false(post_a(desk)->entities[0].has_grounding);
    desk_type(desk, "o");
    e = &post_a(desk)->entities[0];
    assert_true(e->has_grounding && !e->n_grounding);
    desk_type(desk, "c");
    assert_false(post_a(desk)->entities[0].has_grounding);
    /* A proposal becomes a label by it. */
    session_see(&desk->session, &desk_said, NULL);
    desk_type(desk, "we");
    e = desk_label_at(desk, 0, 5, 7);
    assert_non_null(e);
    assert_true(e->origin.decision == DECISION_ACCEPTED && e->n_grounding == 1);
}

/* The detector and masks */

static void finds_are_one_edit(void **state)
{
    struct desk *desk = *state;
    desk_lay(desk);
    const struct detection found[] = {{{12, 12, 112, 112}, 0.9, 0}, {{205, 45, 300, 240}, 0.6, 5}, {{0, 200, 50, 300}, 0.4, 15}};
    desk_type(desk, "Ba"); /* o1 is a person's now, o2 nobody's */
    session_boxes_found(&desk->session, 0, found, 3);
    const struct post *post = post_a(desk);
    assert_int_equal(post->n_objects, 3);
    assert_string_equal(post->objects[0].id, "o1");
    assert_string_equal(post->objects[1].label, "bus");
    assert_true(post->objects[1].box[0] == 205 && post->objects[1].origin.source == SOURCE_DETECTOR);
    assert_string_equal(post->objects[2].label, "cat");
    session_boxes_found(&desk->session, 0, found, 3); /* once more: nothing to do */
    assert_int_equal(post_a(desk)->n_objects, 3);
    desk_type(desk, "u");
    assert_int_equal(post_a(desk)->n_objects, 2);
    assert_true(post_a(desk)->objects[1].box[0] == 200);
    session_boxes_found(&desk->session, 1, found, 3); /* of a post that is not on the screen */
    assert_int_equal(store_post_peek(desk->store, 1)->n_objects, 3);
    assert_int_equal(desk->session.post, 0);
    assert_int_equal(store_post_peek(desk->store, 1)->status, STATUS_NEW); /* nobody has worked on it */
}

static void what_the_model_said_is_of_the_boxes_of_then(void **state)
{
    struct desk *desk = *state;
    const struct detection found = {.box = {1, 2, 11, 22}, .class = 0, .score = 0.5};
    const struct analysis said = {0};
    struct scores_result result;
    struct scores_of_post known;
    struct error err;
    desk_lay(desk);
    struct scores *scores = scores_new(store_count(desk->store), &err);
    assert_non_null(scores);
    desk->session.scores = scores;
    for (size_t i = 0; i < store_count(desk->store); i++) {
        const struct post *post = store_post_peek(desk->store, i);
        assert_int_equal(scores_result_make(post, &said, store_schema_peek(desk->store), &result), 0);
        scores_put(scores, i, &result);
        scores_result_free(&result);
    }
    session_boxes_found(&desk->session, 1, &found, 1); /* of a post that is not on the screen */
    scores_at(scores, 1, 0, &known);
    assert_int_equal(known.state, SCORES_UNSEEN);
    scores_at(scores, 0, 0, &known);
    assert_int_equal(known.state, SCORES_SEEN);
    desk->session.scores = NULL;
    scores_free(scores);
}

static void box_mode_goes_by_the_list_and_is_left(void **state)
{
    struct desk *desk = *state;
    struct session *session = &desk->session;
    desk_lay(desk);
    desk_type(desk, "JDKFo\x1b"); /* b is done, and not in the list */
    assert_int_equal(session->post, 0);
    desk_type(desk, "Bt");
    assert_true(session->mode == MODE_PROMPT && session_is_at_boxes(session));
    desk_type(desk, "\x1b");
    assert_true(session->mode == MODE_BOX && session_is_at_boxes(session));
    key(desk, KEY_NPAGE);
    assert_int_equal(session->post, 2);
    assert_false(session_is_at_boxes(session));
}

static void masks_never_touch_the_corpus(void **state)
{
    struct desk *desk = *state;
    desk_lay(desk);
    desk_type(desk, "B2");
    assert_int_equal(desk->session.boxes.masked, 0); /* no model: nothing to hide it from */
    desk->session.model = "hash";
    desk_type(desk, "2");
    assert_int_equal(desk->session.boxes.masked, 2);
    desk_type(desk, "1m"); /* the chosen one is the first */
    assert_int_equal(desk->session.boxes.masked, 2);
    desk_type(desk, "3"); /* is not there */
    assert_int_equal(desk->session.boxes.masked, 2);
    desk_type(desk, "2");
    assert_int_equal(desk->session.boxes.masked, 0);
    desk_type(desk, "120");
    assert_int_equal(desk->session.boxes.masked, 0);
    assert_false(store_unsaved(desk->store));
    desk_type(desk, "1a");
    assert_int_equal(desk->session.boxes.masked, 1); /* the boxes are where they were */
    desk_type(desk, "l\n");
    assert_int_equal(desk->session.boxes.masked, 0); /* a mask is about boxes as they were */
    desk_type(desk, "2");
    session_go(&desk->session, 1);
    assert_int_equal(desk->session.boxes.masked, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rectangles_stay_in_the_picture),
        cmocka_unit_test(the_mouse_draws_moves_and_resizes),
        desk_test(keys_draw_a_box),
        desk_test(what_is_pending_is_kept_or_dropped),
        desk_test(the_mouse_is_recorded),
        desk_test(boxes_are_accepted_and_deleted),
        desk_test(entities_are_linked_in_three_states),
        desk_test(finds_are_one_edit),
        desk_test(what_the_model_said_is_of_the_boxes_of_then),
        desk_test(box_mode_goes_by_the_list_and_is_left),
        desk_test(masks_never_touch_the_corpus),
    };
    return cmocka_run_group_tests_name("boxes", tests, NULL, NULL);
}
