/* Posts that stay in their file: whatever is done to them, a store that holds all posts in memory must agree.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/store-try.h"

#include "corpora/line-index.h"
#include "corpora/recent.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct error err;
static const struct store_options in_file = {.index_bytes_min = 1};

#define HEADER \
    "{\"format\": \"mmib-corpus\", \"version\": 1, " \
    "\"schema\": {\"entities\": [\"PER\", \"LOC\"], \"relations\": []}, \"mine\": 12345678901234567890}"
/* As it would be written, and not. */
#define POST_A \
    "{\"id\": \"a\", \"tokens\": [\"Go\", \"Rob\", \"Lind\", \"!\"], \"entities\": [{\"id\": \"e1\", \"start\": 1, " \
    "\"end\": 3, \"type\": \"PER\"}], \"relations\": [], \"objects\": [], \"status\": \"done\"}"
#define POST_B "{\"tokens\":[\"Rain\",\"in\",\"Sp\\u0061in\"],\"id\":\"b\",\"flags\":[\"unsure\"],\"mine\":1.50}"
#define POST_C \
    "{\"id\": \"c\", \"tokens\": [\"\xf0\x9f\x98\x80\", \"caf\xc3\xa9\"], " \
    "\"status\": \"started\", \"image\": \"c.jpg\"}"

static int set_up(void **state)
{
    (void)state;
    err = (struct error){0};
    return 0;
}

static void wait_until_counted(const struct store *store)
{
    const struct timespec tick = {.tv_nsec = 1000000};
    for (int i = 0; !store_counted(store) && i < 10000; i++)
        nanosleep(&tick, NULL);
    assert_true(store_counted(store));
}

/* ---- Parts ---- */

static void the_least_recently_used_gives_way(void **state)
{
    (void)state;
    enum { PLACES = 7, KEYS = 40 };
    struct recent recent;
    size_t keys[PLACES] = {0}, last_use[KEYS] = {0}, n_kept = 0;
    uint64_t seed = 1;
    assert_int_equal(recent_init(&recent, PLACES), 0);
    for (size_t now = 1; now < 3000; now++) {
        size_t key = try_random(&seed, KEYS), at = recent_find(&recent, key << 9);
        size_t oldest = SIZE_MAX;
        for (size_t i = 0; i < n_kept; i++)
            if (oldest == SIZE_MAX || last_use[keys[i]] < last_use[keys[oldest]])
                oldest = i;
        if (at == SIZE_MAX) {
            assert_true(recent_next_out(&recent) == (n_kept < PLACES ? SIZE_MAX : keys[oldest] << 9));
            at = recent_take(&recent, key << 9);
            assert_int_equal(at, n_kept < PLACES ? n_kept : oldest);
            n_kept += n_kept < PLACES;
            keys[at] = key;
        }
        assert_int_equal(keys[at], key);
        last_use[key] = now;
    }
    recent_free(&recent);
}

static void lines_are_found_and_watched(void **state)
{
    (void)state;
    const char *path = try_put("lines.txt", "\xef\xbb\xbf" "one\r\n\n \t\r\ntwo\n\n\nthree");
    struct line_index index;
    struct line_buffer buffer = {0};
    const char *const lines[] = {"one", "two", "three"};
    const size_t numbers[] = {1, 4, 7};
    if (line_index_open(path, "name", &index, &err))
        fail_msg("%s", err.message);
    assert_int_equal(index.n, 3);
    for (size_t i = 3; i-- > 0;) {
        assert_int_equal(line_index_read(&index, i, &buffer, &err), 0);
        assert_string_equal(buffer.text, lines[i]);
        assert_int_equal(line_index_number(&index, i), numbers[i]);
    }
    assert_int_equal(unlink(path), 0); /* its name is not needed */
    assert_int_equal(line_index_read(&index, 1, &buffer, &err), 0);
    line_index_drop_first(&index);
    assert_int_equal(line_index_read(&index, 1, &buffer, &err), 0);
    assert_string_equal(buffer.text, "three");
    line_index_close(&index);

    path = try_put("lines.txt", "one\ntwo\n");
    assert_int_equal(line_index_open(path, "name", &index, &err), 0);
    int fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "T", 1, 4), 1);
    assert_int_equal(line_index_read(&index, 0, &buffer, &err), 0);
    assert_int_equal(line_index_read(&index, 1, &buffer, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_non_null(strstr(err.message, "name: another program changed it"));
    assert_int_equal(ftruncate(fd, 2), 0);
    assert_int_equal(line_index_read(&index, 0, &buffer, &err), -1);
    close(fd);
    line_index_close(&index);
    line_buffer_free(&buffer);
    assert_int_equal(line_index_open(try_path("absent"), "absent", &index, &err), -1);
}

/* ---- The same as in memory ---- */

static const char *const types[] = {"PER", "LOC", "ORG", "MISC", "none"};
enum { N_TYPES = sizeof types / sizeof types[0] };

/* The store's figures against those that a reader counts who looks at every label. */
static void assert_counts(struct store *store)
{
    size_t n_type[N_TYPES] = {0}, n_status[STATUS_SKIPPED + 1] = {0};
    for (size_t i = 0; i < store_count(store); i++) {
        const struct post *post = store_post_peek(store, i);
        n_status[post->status]++;
        for (size_t k = 0; k < post->n_entities; k++) {
            const struct entity *entity = &post->entities[k];
            bool offered = entity->origin.has_source && entity->origin.source == SOURCE_MODEL &&
                           entity->origin.decision == DECISION_NONE;
            for (size_t t = 0; t < N_TYPES; t++)
                n_type[t] += !offered && entity->type && !strcmp(entity->type, types[t]);
        }
    }
    for (size_t t = 0; t < N_TYPES; t++)
        assert_int_equal(store_type_count(store, types[t]), n_type[t]);
    for (enum post_status i = STATUS_NEW; i <= STATUS_SKIPPED; i++)
        assert_int_equal(store_status_count(store, i), n_status[i]);
}

static void assert_same(struct store *store, struct store *other)
{
    char *text = try_store_text(store), *other_text = try_store_text(other);
    assert_string_equal(text, other_text);
    free(text), free(other_text);
    wait_until_counted(store);
    assert_counts(store);
    assert_counts(other);
    for (size_t i = 0; i < store_count(other); i++) {
        assert_int_equal(store_status_of(store, i), store_post_peek(other, i)->status);
        assert_int_equal(store_is_flagged(store, i), store_post_peek(other, i)->n_flags > 0);
        char *post = try_post_text(store_post_peek(store, i)), *other_post = try_post_text(store_post_peek(other, i));
        assert_string_equal(post, other_post);
        free(post), free(other_post);
    }
    assert_int_equal(store_damage(store, &err), 0);
}

static void assert_same_files(const char *path, const char *other)
{
    size_t n, n_other;
    char *bytes = try_get(path, &n), *other_bytes = try_get(other, &n_other);
    assert_string_equal(bytes, other_bytes);
    assert_int_equal(n, n_other);
    free(bytes), free(other_bytes);
}

/* The text of a JSON Lines corpus of n posts, some of them as they would be written and some not, for the caller to
 * free. */
static char *many_posts(size_t n, uint64_t *seed)
{
    static const char *const ends[] = {"\n", "\n", "\n", "\r\n", "\n\n \n"};
    static const char *const statuses[] = {"new", "started", "done", "skipped"};
    char *text = malloc(1000 + n * 400), *at = text;
    at += sprintf(at, "\n" HEADER "\n");
    for (size_t i = 0; i < n; i++) {
        bool tight = try_random(seed, 4) == 0;
        at += sprintf(at, tight ? "{\"id\":\"p%zu\",\"tokens\":[\"w\"" : "{\"id\": \"p%zu\", \"tokens\": [\"w\"", i);
        for (size_t k = try_random(seed, 5); k > 0; k--)
            at += sprintf(at, ", \"%s\"", k % 2 ? "caf\xc3\xa9" : "a\\n\\u0041");
        at += sprintf(at, "], \"entities\": [{\"id\": \"e1\", \"start\": 0, \"end\": 1, \"type\": \"%s\"}]",
                      try_random(seed, 2) ? "PER" : "ORG");
        if (try_random(seed, 5) == 0)
            at += sprintf(at, ", \"flags\": [\"unsure\"]");
        at += sprintf(at, ", \"status\": \"%s\"}%s", statuses[try_random(seed, 4)],
                      i + 1 < n ? ends[try_random(seed, 5)] : try_random(seed, 2) ? "\n" : "");
    }
    return text;
}

/* One act in both, random. */
static void act_in_both(struct store *stores[2], uint64_t *seed)
{
    size_t kind = try_random(seed, 6), post, posts[2] = {0};
    int results[2];
    if (kind == 0)
        for (int i = 0; i < 2; i++)
            results[i] = store_undo(stores[i], &posts[i], &err);
    else if (kind == 1)
        for (int i = 0; i < 2; i++)
            results[i] = store_redo(stores[i], &posts[i], &err);
    else if (kind == 2) {
        struct edit_batch *batches = calloc(store_count(stores[1]), sizeof *batches);
        uint64_t same = *seed;
        assert_non_null(batches);
        for (int i = 0; i < 2; i++) {
            *seed = same;
            size_t n = try_random_batches(seed, stores[i], batches);
            results[i] = store_apply_all(stores[i], batches, n, &err);
        }
        free(batches);
    } else {
        struct edit_batch batches[2];
        uint64_t same = *seed;
        post = try_random(seed, store_count(stores[1]));
        for (int i = 0; i < 2; i++) {
            *seed = same + post;
            try_random_batch(seed, store_post_peek(stores[i], post), post, &batches[i]);
            results[i] = store_apply(stores[i], &batches[i], &err);
        }
    }
    assert_int_equal(results[0], results[1]);
    assert_int_equal(posts[0], posts[1]);
}

static void a_store_in_memory_agrees(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (int round = 0; round < 6; round++) {
        size_t n = 1 + try_random(&seed, 30) + (round == 5 ? 1500 : 0); /* 1500: more than are kept */
        char *text = many_posts(n, &seed);
        const char *paths[2];
        paths[0] = strdup(try_put("file.jsonl", text));
        paths[1] = strdup(try_put("memory.jsonl", text));
        free(text);
        for (int session = 0; session < 6; session++) {
            struct store *stores[2] = {try_open(paths[0], &in_file), try_open(paths[1], NULL)};
            assert_int_equal(store_recovered(stores[0]), store_recovered(stores[1]));
            assert_same(stores[0], stores[1]);
            for (int i = 0; i < 25; i++) {
                act_in_both(stores, &seed);
                if (i % 12 == 5)
                    assert_same(stores[0], stores[1]);
                if (session % 2 && try_random(&seed, 8) == 0) {
                    for (int k = 0; k < 2; k++)
                        if (store_save(stores[k], &err))
                            fail_msg("%s", err.message);
                    assert_same_files(paths[0], paths[1]);
                    assert_false(store_unsaved(stores[0]));
                }
            }
            assert_same(stores[0], stores[1]);
            for (int k = 0; k < 2; k++)
                store_close(stores[k]);
            /* A reader, who has the journal applied. */
            struct store_options reading = in_file;
            reading.read_only = true;
            stores[0] = try_open(paths[0], &reading);
            char *read = try_store_text(stores[0]), *expected = try_read_text(paths[1]);
            assert_string_equal(read, expected);
            free(read), free(expected);
            store_close(stores[0]);
        }
        for (int k = 0; k < 2; k++) {
            char journal[500];
            snprintf(journal, sizeof journal, "%s.journal", paths[k]);
            unlink(journal);
            free((char *)paths[k]);
        }
    }
}

static void what_was_not_changed_is_written_as_ever(void **state)
{
    (void)state;
    const char *lines = "\xef\xbb\xbf" HEADER "\r\n" POST_A "\r\n\n" POST_B "\n" POST_C;
    const char *path = try_put("as.jsonl", lines), *other = try_put("as-ever.jsonl", lines);
    struct store *store = try_open(path, &in_file), *memory = try_open(other, NULL);
    assert_int_equal(store_count(store), 3);
    assert_int_equal(store_save(store, &err), 0); /* nothing to save */
    char *same = try_get(path, NULL);
    assert_string_equal(same, lines);
    free(same);
    for (int i = 0; i < 2; i++) {
        try_label(store, 2, 0, 1, "GPE");
        try_label(memory, 2, 0, 1, "GPE");
        try_label(store, 0, i ? 0 : 3, i ? 1 : 4, "LOC");
        try_label(memory, 0, i ? 0 : 3, i ? 1 : 4, "LOC");
        if (store_save(store, &err))
            fail_msg("%s", err.message);
        assert_int_equal(store_save(memory, &err), 0);
    }
    char *saved = try_get(path, NULL), *expected = try_get(other, NULL);
    char *a = strstr(saved, "\"at\": "), *b = strstr(expected, "\"at\": ");
    for (; a && b; a = strstr(a + 6, "\"at\": "), b = strstr(b + 6, "\"at\": "))
        memcpy(a, b, 28); /* one second may have passed between the two */
    assert_string_equal(saved, expected);
    assert_non_null(strstr(saved, "\"mine\": 12345678901234567890"));
    free(saved), free(expected);
    store_close(store);
    store_close(memory);
}

static void types_renamed_before_come_back(void **state)
{
    (void)state;
    static const char *const maps[] = {"PER=PERSON"};
    const struct store_options mapped = {.corpus = {.maps = maps, .n_maps = 1}, .index_bytes_min = 1};
    const char *path = try_put("map.jsonl", HEADER "\n" POST_A "\n" POST_B "\n");
    struct store *store = try_open(path, &mapped);
    try_label(store, 1, 0, 1, "LOC");
    char *text = try_store_text(store);
    assert_int_equal(store_type_count(store, "PERSON"), 1);
    store_close(store);
    store = try_open(path, &in_file); /* the journal says that they are renamed */
    char *again = try_store_text(store);
    assert_string_equal(again, text);
    wait_until_counted(store);
    assert_int_equal(store_type_count(store, "PERSON"), 1);
    store_close(store);
    free(text), free(again);
}

static void exports_are_whole(void **state)
{
    (void)state;
    struct store_options options = {.index_bytes_min = 1, .exports = {FORMAT_CONLL}, .n_exports = 1};
    struct store *store = try_open(try_put("out.jsonl", HEADER "\n" POST_A "\n" POST_C "\n"), &options);
    try_label(store, 1, 1, 2, "LOC");
    assert_int_equal(store_save(store, &err), 0);
    char *conll = try_get(try_path("out.conll"), NULL);
    assert_non_null(strstr(conll, "Rob\tB-PER\nLind\tI-PER\n"));
    assert_non_null(strstr(conll, "caf\xc3\xa9\tB-LOC\n"));
    free(conll);
    store_close(store);
}

/* ---- Pointers ---- */

static void posts_stay_as_long_as_promised(void **state)
{
    (void)state;
    uint64_t seed = 2;
    enum { POSTS = 3000 };
    char *text = many_posts(POSTS, &seed);
    struct store *store = try_open(try_put("stay.jsonl", text), &in_file);
    free(text);
    const struct post *held = store_post_peek(store, 7);
    store_hold(store, 7);
    assert_ptr_equal(store_post_peek(store, 7), held);
    for (size_t first = 100; first < POSTS - 300; first += 290) {
        const struct post *post = store_post_peek(store, first);
        for (size_t i = 1; i <= 256; i++)
            assert_string_equal(store_post_peek(store, first + i)->tokens[0], "w");
        char id[20];
        snprintf(id, sizeof id, "p%zu", first);
        assert_string_equal(post->id, id);
        assert_ptr_equal(store_post_peek(store, first), post);
    }
    assert_string_equal(held->id, "p7");
    assert_ptr_equal(store_post_peek(store, 7), held);
    assert_null(store_post_peek(store, POSTS));
    store_close(store);
}

/* ---- What is wrong ---- */

static void a_broken_line_is_named_and_kept(void **state)
{
    (void)state;
    static const char broken[] = "{\"id\": \"x\", \"tokens\": [\"Ro";
    static const char double_id[] = "{\"id\":\"a\", \"tokens\": []}";
    char text[2000], kept[400];
    snprintf(text, sizeof text, HEADER "\n" POST_A "\n\n%s\n" POST_C "\n%s\n", broken, double_id);
    const char *path = try_put("broken.jsonl", text);
    struct store *store = try_open(path, &in_file);
    assert_int_equal(store_count(store), 4);
    for (int i = 0; i < 10000 && !store_counted(store); i++)
        usleep(1000);
    assert_int_equal(store_damage(store, &err), -1);
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.message, "broken.jsonl:4: "));
    assert_int_equal(store_post_peek(store, 1)->n_tokens, 0);
    assert_string_equal(store_post_peek(store, 1)->id, "?");
    struct edit_batch batch = {.post = 1};
    assert_int_equal(edit_set_status(&batch, store_post_peek(store, 1), STATUS_DONE, &err), 0);
    assert_int_equal(store_apply(store, &batch, &err), -1);
    assert_non_null(strstr(err.message, "broken.jsonl:4: "));
    try_label(store, 2, 1, 2, "LOC"); /* other posts may be worked on */
    if (store_save(store, &err))
        fail_msg("%s", err.message);
    char *saved = try_get(path, NULL), *post = try_post_text(store_post_peek(store, 2));
    snprintf(kept, sizeof kept, "\n" POST_A "\n%s\n", broken);
    assert_non_null(strstr(saved, kept)); /* in its place */
    assert_non_null(strstr(saved, post));
    free(saved), free(post);
    store_close(store);

    snprintf(text, sizeof text, HEADER "\n" POST_A "\n" POST_C "\n%s\n", double_id);
    store = try_open(try_put("double.jsonl", text), &in_file);
    wait_until_counted(store);
    assert_int_equal(store_damage(store, &err), -1);
    assert_non_null(strstr(err.message, "double.jsonl:4: two posts have the id \"a\""));
    store_close(store);
}

static void what_is_no_corpus_is_refused_as_ever(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n \n", "{\"format\": \"other\"}\n", "{\"format\": \n",
                                        "\n\n{\"format\": \"mmib-corpus\", \"posts\": []}\n", "\xff\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *path = try_put("no.jsonl", texts[i]);
        struct store_options options = {0};
        struct store *store;
        struct error as_ever;
        assert_int_equal(store_open(path, &options, &store, &as_ever), -1);
        options.index_bytes_min = 1;
        assert_int_equal(store_open(path, &options, &store, &err), -1);
        assert_int_equal(err.kind, as_ever.kind);
        assert_string_equal(err.message, as_ever.message);
        assert_false(try_exists(try_path("no.jsonl.lock")));
    }
}

/* Whatever is wrong with a file, the first damage that the check finds is what reading all of it complains of. */
static void damage_is_told_as_ever(void **state)
{
    (void)state;
    static const char bytes[] = "\"{}[]:,\\ \n\r01eua\xff";
    uint64_t seed = 7;
    size_t n_refused = 0, n_damaged = 0;
    for (int round = 0; round < 400; round++) {
        char *text = many_posts(6, &seed);
        size_t n = strlen(text);
        for (size_t k = 1 + try_random(&seed, 2); k > 0; k--)
            text[try_random(&seed, n)] = bytes[try_random(&seed, sizeof bytes - 1)];
        const char *path = try_put("damage.jsonl", text);
        struct store *store;
        struct error as_ever = {0};
        bool refused = store_open(path, &(struct store_options){0}, &store, &as_ever);
        if (!refused)
            store_close(store);
        if (store_open(path, &in_file, &store, &err)) {
            assert_true(refused);
            assert_string_equal(err.message, as_ever.message);
            n_refused++;
        } else {
            wait_until_counted(store);
            assert_int_equal(store_damage(store, &err), refused ? -1 : 0);
            if (refused)
                assert_string_equal(err.message, as_ever.message);
            n_damaged += refused;
            store_close(store);
        }
        free(text);
    }
    assert_true(n_refused > 20 && n_damaged > 100);
}

static void a_file_that_changes_in_place_is_not_saved(void **state)
{
    (void)state;
    const char *path = try_put("place.jsonl", HEADER "\n" POST_A "\n" POST_B "\n" POST_C "\n");
    struct store *store = try_open(path, &in_file);
    wait_until_counted(store);
    try_label(store, 0, 3, 4, "LOC");
    char *label = try_post_text(store_post_peek(store, 0));
    int fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "Pain", 4, (off_t)(strlen(HEADER "\n" POST_A "\n{\"tokens\":[\""))), 4);
    close(fd);
    assert_string_equal(store_post_peek(store, 1)->id, "?"); /* it is not what it was */
    assert_int_equal(store_damage(store, &err), -1);
    assert_non_null(strstr(err.message, "place.jsonl: another program changed it"));
    char *before = try_get(path, NULL);
    assert_int_equal(store_save(store, &err), -1);
    assert_non_null(strstr(err.message, "place.jsonl: another program changed it"));
    char *after = try_get(path, NULL);
    assert_string_equal(after, before);
    assert_true(store_unsaved(store));
    store_close(store);
    /* Put back as it was: the label is there. */
    fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "Rain", 4, (off_t)(strlen(HEADER "\n" POST_A "\n{\"tokens\":[\""))), 4);
    close(fd);
    store = try_open(path, &in_file);
    char *again = try_post_text(store_post_peek(store, 0));
    assert_string_equal(again, label);
    store_close(store);
    free(before), free(after), free(label), free(again);
}

static void a_file_that_is_replaced_is_not_written_over(void **state)
{
    (void)state;
    const char *path = try_put("replaced.jsonl", HEADER "\n" POST_A "\n" POST_B "\n");
    struct store *store = try_open(path, &in_file);
    const char *theirs = try_put("theirs.jsonl", HEADER "\n" POST_C "\n");
    try_label(store, 0, 3, 4, "LOC");
    assert_int_equal(rename(theirs, path), 0);
    assert_int_equal(store_save(store, &err), -1);
    assert_non_null(strstr(err.message, "replaced.jsonl: another program changed it since it was opened"));
    char *now = try_get(path, NULL);
    assert_string_equal(now, HEADER "\n" POST_C "\n");
    free(now);
    assert_string_equal(store_post_peek(store, 1)->tokens[2], "Spain"); /* ours is still there */
    char *text = try_store_text(store);
    assert_int_equal(rename(path, try_path("away.jsonl")), 0);
    if (store_save(store, &err))
        fail_msg("%s", err.message);
    store_close(store);
    char *saved = try_read_text(path);
    assert_string_equal(saved, text);
    free(saved), free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_recently_used_gives_way),
        cmocka_unit_test_setup(lines_are_found_and_watched, set_up),
        cmocka_unit_test_setup(a_store_in_memory_agrees, set_up),
        cmocka_unit_test_setup(what_was_not_changed_is_written_as_ever, set_up),
        cmocka_unit_test_setup(types_renamed_before_come_back, set_up),
        cmocka_unit_test_setup(exports_are_whole, set_up),
        cmocka_unit_test_setup(posts_stay_as_long_as_promised, set_up),
        cmocka_unit_test_setup(a_broken_line_is_named_and_kept, set_up),
        cmocka_unit_test_setup(what_is_no_corpus_is_refused_as_ever, set_up),
        cmocka_unit_test_setup(damage_is_told_as_ever, set_up),
        cmocka_unit_test_setup(a_file_that_changes_in_place_is_not_saved, set_up),
        cmocka_unit_test_setup(a_file_that_is_replaced_is_not_written_over, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
