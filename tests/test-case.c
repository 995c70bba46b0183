/* A case of an inspection at the keyboard: verdicts as edits, their notes, correcting gold, and what needs a model.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/session-try.h"

#include "corpora/corpus.h"
#include "ui/inspection.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Gold (typed below): in a Rob Lind PER and Camp Nou LOC, in b Rob Lind PER. So there are three errors: a type in a,
 * one missed in b, one too many in c. */
static const char predictions[] =
    "{\"format\": \"mmib-corpus\", \"version\": 1, \"posts\": [\n"
    "  {\"id\": \"a\", \"tokens\": [\"Rob\", \"Lind\", \"met\", \"Ana\", \"at\", \"Camp\", \"Nou\"], \"entities\": [\n"
    "    {\"id\": \"e1\", \"start\": 0, \"end\": 2, \"type\": \"ORG\", \"source\": \"model\", \"score\": 0.6},\n"
    "    {\"id\": \"e2\", \"start\": 5, \"end\": 7, \"type\": \"LOC\", \"source\": \"model\", \"score\": 0.9}]},\n"
    "  {\"id\": \"b\", \"tokens\": [\"Rob\", \"Lind\", \"met\", \"Ana\", \"at\", \"Camp\", \"Nou\"]},\n"
    "  {\"id\": \"c\", \"tokens\": [\"Rob\", \"Lind\", \"met\", \"Ana\", \"at\", \"Camp\", \"Nou\"], \"entities\": [\n"
    "    {\"id\": \"e1\", \"start\": 3, \"end\": 4, \"type\": \"PER\", \"source\": \"model\", \"score\": 0.8}]}]}\n";

static struct inspection *inspect(struct desk *desk)
{
    char path[128];
    struct error err = {0};
    struct corpus *given;
    struct inspection *inspection;
    snprintf(path, sizeof path, "%s/pred.json", desk->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(predictions, file);
    assert_int_equal(fclose(file), 0);
    if (corpus_read(path, NULL, &given, &err))
        fail_msg("%s", err.message);
    const struct inspection_source source = {.name = "other", .given = given};
    const struct inspection_options options = {0};
    if (inspection_open(desk->store, &source, 1, &options, &inspection, &err) ||
        session_inspect_start(&desk->session, inspection, &err))
        fail_msg("%s", err.message);
    while (inspection_has_work(inspection))
        assert_int_equal(inspection_work(inspection, 100, &err), 0);
    assert_int_equal(inspection_list(inspection, &err), 0);
    assert_true(inspection_go(inspection, 0));
    session_key(&desk->session, 'M');
    return inspection;
}

/* Gold, and the first case on the screen. */
static struct inspection *begin(struct desk *desk)
{
    desk_type(desk, "v>p");
    desk->session.cursor = 5;
    desk_type(desk, "v>L");
    session_go(&desk->session, 1);
    desk_type(desk, "v>p");
    desk_assert_label(desk, 0, 0, 2, "PER");
    desk_assert_label(desk, 0, 5, 7, "LOC");
    desk_assert_label(desk, 1, 0, 2, "PER");
    struct inspection *inspection = inspect(desk);
    assert_int_equal(desk->session.mode, MODE_CASE);
    assert_int_equal(inspection->n_items, 3);
    assert_int_equal(desk->session.post, 0);
    return inspection;
}

static const struct verdict *only_verdict(const struct desk *desk, size_t post)
{
    const struct post *p = store_post_peek(desk->store, post);
    assert_int_equal(p->n_verdicts, 1);
    return p->verdicts;
}

static void a_key_judges_and_takes_back(void **state)
{
    struct desk *desk = *state;
    struct inspection *inspection = begin(desk);
    desk_type(desk, "m");
    const struct verdict *v = only_verdict(desk, 0);
    assert_int_equal(v->answer, VERDICT_MODEL);
    assert_string_equal(v->by, "ana");
    assert_string_equal(v->system, "other");
    assert_non_null(v->at);
    assert_false(v->relation);
    assert_true(v->gold.has && v->gold.start == 0 && v->gold.end == 2 && v->predicted.has);
    assert_string_equal(v->gold.type, "PER");
    assert_string_equal(v->predicted.type, "ORG");
    desk_type(desk, "m");
    assert_int_equal(store_post_peek(desk->store, 0)->n_verdicts, 0);

    /* Another answer takes the place of the first; each is one step of undo. */
    desk_type(desk, "gy");
    assert_int_equal(only_verdict(desk, 0)->answer, VERDICT_UNSURE);
    desk_type(desk, "u");
    assert_int_equal(only_verdict(desk, 0)->answer, VERDICT_GOLD);
    assert_int_equal(desk->session.mode, MODE_CASE);
    desk_type(desk, "u");
    assert_int_equal(store_post_peek(desk->store, 0)->n_verdicts, 0);
    desk_type(desk, "U");
    assert_int_equal(only_verdict(desk, 0)->answer, VERDICT_GOLD);

    /* What is missed has no prediction, and what is too many no gold. */
    desk_type(desk, "nb");
    assert_int_equal(desk->session.post, 1);
    assert_int_equal(only_verdict(desk, 1)->answer, VERDICT_BOTH);
    assert_true(only_verdict(desk, 1)->gold.has && !only_verdict(desk, 1)->predicted.has);
    desk_type(desk, "ng");
    assert_true(!only_verdict(desk, 2)->gold.has && only_verdict(desk, 2)->predicted.has);
    desk_type(desk, "n");
    assert_non_null(strstr(desk->session.message, "last"));

    /* An undo in another post goes to a case of it, where m still is a verdict and no label. */
    desk_type(desk, "p");
    assert_int_equal(desk->session.post, 1);
    desk_type(desk, "u");
    assert_int_equal(desk->session.mode, MODE_CASE);
    assert_int_equal(desk->session.post, 2);
    assert_int_equal(store_post_peek(desk->store, 2)->n_verdicts, 0);
    desk_type(desk, "m");
    assert_int_equal(only_verdict(desk, 2)->answer, VERDICT_MODEL);
    assert_int_equal(store_post_peek(desk->store, 2)->n_entities, 0);
    inspection_free(inspection);
}

static void a_verdict_is_in_the_journal(void **state)
{
    struct desk *desk = *state;
    struct inspection *inspection = begin(desk);
    desk_type(desk, "g;odd name\n");
    assert_int_equal(desk->session.mode, MODE_CASE);
    assert_string_equal(only_verdict(desk, 0)->note, "odd name");
    desk_close(desk);
    inspection_free(inspection);
    desk_open(desk);
    assert_int_equal(only_verdict(desk, 0)->answer, VERDICT_GOLD);
    assert_string_equal(only_verdict(desk, 0)->note, "odd name");
}

static void a_note_needs_a_verdict(void **state)
{
    struct desk *desk = *state;
    struct inspection *inspection = begin(desk);
    desk_type(desk, ";");
    assert_int_equal(desk->session.mode, MODE_CASE);
    assert_int_equal(desk->session.tone, TONE_WARN);
    /* Another answer keeps the note; an empty line takes it away. */
    desk_type(desk, "m;seen\ng");
    assert_string_equal(only_verdict(desk, 0)->note, "seen");
    session_key(&desk->session, ';');
    session_key(&desk->session, 'U' - '@');
    session_key(&desk->session, '\n');
    assert_null(only_verdict(desk, 0)->note);
    assert_int_equal(only_verdict(desk, 0)->answer, VERDICT_GOLD);
    inspection_free(inspection);
}

static void correcting_gold_ends_the_case(void **state)
{
    struct desk *desk = *state;
    struct inspection *inspection = begin(desk);
    desk_type(desk, "e");
    assert_int_equal(desk->session.mode, MODE_NORMAL);
    assert_int_equal(desk->session.cursor, 0);
    desk_type(desk, "o");
    desk_assert_label(desk, 0, 0, 2, "ORG");
    assert_int_equal(inspection->n_items, 2);
    desk_type(desk, "M");
    assert_int_equal(desk->session.mode, MODE_CASE);
    assert_int_equal(desk->session.post, 0); /* it stays on the screen until another is gone to */
    assert_true(inspection->gone);
    desk_type(desk, "u");
    assert_int_equal(inspection->n_items, 3);
    assert_false(inspection->gone);
    desk_type(desk, "U");
    desk_type(desk, "n");
    assert_int_equal(desk->session.post, 1);
    inspection_free(inspection);
}

static void labels_of_a_file_have_no_bottleneck(void **state)
{
    struct desk *desk = *state;
    struct inspection *inspection = begin(desk);
    desk_type(desk, "z");
    assert_int_equal(desk->session.tone, TONE_WARN);
    assert_int_equal(desk->session.case_.reading, READING_MEAN);
    desk_type(desk, "c");
    assert_int_equal(desk->session.tone, TONE_WARN);
    assert_false(session_compares(&desk->session));
    /* As if a model had said so. */
    inspection->systems[0].model = strdup("dir");
    desk_type(desk, "z");
    assert_int_equal(desk->session.case_.reading, READING_SAMPLE);
    desk_type(desk, "z");
    assert_int_equal(desk->session.case_.reading, READING_BYPASSED);
    desk_type(desk, "n"); /* another case begins with what the model proposes */
    assert_int_equal(desk->session.case_.reading, READING_MEAN);
    inspection_free(inspection);
}

static void nothing_is_judged_read_only(void **state)
{
    struct desk *desk = *state;
    desk_type(desk, "v>p");
    session_save(&desk->session);
    desk_close(desk);
    struct error err = {0};
    struct store_options options = {.annotator = "ana", .read_only = true};
    if (store_open(desk->path, &options, &desk->store, &err) || session_start(&desk->session, desk->store, &err))
        fail_msg("%s", err.message);
    struct inspection *inspection = inspect(desk);
    desk_type(desk, "m");
    assert_int_equal(desk->session.tone, TONE_BAD);
    assert_int_equal(store_post_peek(desk->store, 0)->n_verdicts, 0);
    inspection_free(inspection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        desk_test(a_key_judges_and_takes_back),         desk_test(a_verdict_is_in_the_journal),
        desk_test(a_note_needs_a_verdict),              desk_test(correcting_gold_ends_the_case),
        desk_test(labels_of_a_file_have_no_bottleneck), desk_test(nothing_is_judged_read_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
