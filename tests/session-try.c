/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/session-try.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char corpus[] =
    "{\"format\": \"mmib-corpus\", \"version\": 1,\n"
    " \"schema\": {\"entities\": [\"PER\", \"LOC\", \"ORG\", \"MISC\"], \"relations\": [\n"
    "  {\"name\": \"/per/loc/live_in\", \"head\": [\"PER\"], \"tail\": [\"LOC\"]},\n"
    "  {\"name\": \"/per/per/peer\", \"head\": [\"PER\"], \"tail\": [\"PER\"]},\n"
    "  {\"name\": \"/per/org/member_of\", \"head\": [\"PER\"], \"tail\": [\"ORG\"]}]},\n"
    " \"posts\": [\n"
    "  {\"id\": \"a\", \"tokens\": [\"Rob\", \"Lind\", \"met\", \"Ana\", \"at\", \"Camp\", \"Nou\"]},\n"
    "  {\"id\": \"b\", \"tokens\": [\"Rob\", \"Lind\", \"met\", \"Ana\", \"at\", \"Camp\", \"Nou\"]},\n"
    "  {\"id\": \"c\", \"tokens\": [\"Rob\", \"Lind\", \"met\", \"Ana\", \"at\", \"Camp\", \"Nou\"]}]}\n";

static struct analysis_entity said[] = {{.start = 0, .end = 2, .type = "PER", .score = 0.9},
                                        {.start = 5, .end = 7, .type = "LOC", .score = 0.8}};
static struct analysis_relation joined[] = {{.head = {0, 2}, .tail = {5, 7}, .type = "/per/loc/live_in", .score = 0.7}};
const struct analysis desk_said = {
    .n_tokens = 7, .entities = said, .n_entities = 2, .relations = joined, .n_relations = 1};

void desk_open(struct desk *desk)
{
    struct error err = {0};
    struct store_options options = {.annotator = "ana"};
    if (store_open(desk->path, &options, &desk->store, &err) || session_start(&desk->session, desk->store, &err))
        fail_msg("%s", err.message);
}

void desk_close(struct desk *desk)
{
    session_end(&desk->session);
    store_close(desk->store);
}

int desk_set_up(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    const char *tmp = getenv("TMPDIR");
    snprintf(desk->folder, sizeof desk->folder, "%s/mmib-session-XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
    assert_non_null(mkdtemp(desk->folder));
    snprintf(desk->path, sizeof desk->path, "%s/corpus.json", desk->folder);
    FILE *file = fopen(desk->path, "w");
    assert_non_null(file);
    fputs(corpus, file);
    assert_int_equal(fclose(file), 0);
    desk_open(desk);
    *state = desk;
    return 0;
}

int desk_tear_down(void **state)
{
    struct desk *desk = *state;
    char command[160];
    desk_close(desk);
    snprintf(command, sizeof command, "rm -r '%s'", desk->folder);
    int code = system(command);
    free(desk);
    return code;
}

size_t desk_type(struct desk *desk, const char *keys)
{
    for (const char *p = keys; *p; p++)
        session_key(&desk->session, *p == '>' ? KEYMAP_FUNCTION + KEY_RIGHT : (unsigned char)*p);
    return strlen(keys);
}

const struct entity *desk_label_at(const struct desk *desk, size_t post, size_t start, size_t end)
{
    return post_entity_at_peek(store_post_peek(desk->store, post), start, end);
}

void desk_assert_label(const struct desk *desk, size_t post, size_t start, size_t end, const char *expected)
{
    const struct entity *e = desk_label_at(desk, post, start, end);
    assert_non_null(e);
    assert_string_equal(e->type, expected);
    assert_true(e->origin.source == SOURCE_HUMAN);
    assert_string_equal(e->origin.by, "ana");
}
