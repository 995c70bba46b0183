/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/store-try.h"

#include "corpora/post-json.h"
#include "corpora/text.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const try_native =
    "{\"format\": \"mmib-corpus\", \"version\": 1, \"schema\": {\"entities\": [\"PER\", \"LOC\"], \"relations\": "
    "[{\"name\": \"/per/loc/place_of_birth\", \"head\": [\"PER\"], \"tail\": [\"LOC\"]}]}, "
    "\"mine\": 12345678901234567890,\n"
    " \"posts\": [\n"
    "  {\"id\": \"a\", \"tokens\": [\"Go\", \"Rob\", \"Lind\", \"at\", \"Camp\", \"Nou\", \"!\"], \"entities\": ["
    "{\"id\": \"e1\", \"start\": 1, \"end\": 3, \"type\": \"PER\", \"source\": \"import\", "
    "\"weight\": 0.1000000000000000000001}, "
    "{\"id\": \"e2\", \"start\": 4, \"end\": 6, \"type\": \"LOC\", \"source\": \"model\", "
    "\"score\": 0.61}], \"relations\": ["
    "{\"id\": \"r1\", \"head\": \"e1\", \"tail\": \"e2\", \"type\": \"/per/loc/place_of_birth\"}], \"objects\": ["
    "{\"id\": \"o1\", \"box\": [1.5, 2, 30, 40], \"label\": \"person\"}], \"flags\": [\"unsure\"]},\n"
    "  {\"id\": \"b\", \"tokens\": [\"Rain\", \"in\", \"Spain\"], \"note\": \"two\\nlines \\u0001\"},\n"
    "  {\"id\": \"c\", \"tokens\": [\"\xf0\x9f\x98\x80\", \"caf\xc3\xa9\", \"\xe2\x80\xae\"], "
    "\"text\": \"\xf0\x9f\x98\x80  caf\xc3\xa9\xe2\x80\xae \", \"offsets\": [[0, 1], [3, 7], [7, 8]], "
    "\"status\": \"started\", "
    "\"later\": {\"x\": [null, 1e400]}}\n"
    " ]}\n";

const char *const try_conll = "IMGID:1\nGo\tO\nRob\tB-PER\nLind\tI-PER\n\nIMGID:2\nRain\tO\nSpain\tI-OTHER\n";

/* ---- Files ---- */

static char folder[200];

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static void remove_folder(void)
{
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

const char *try_folder(void)
{
    if (!*folder) {
        const char *temporary = getenv("TMPDIR");
        snprintf(folder, sizeof folder, "%s/mmib-store.XXXXXX", temporary ? temporary : "/tmp");
        assert_non_null(mkdtemp(folder));
        atexit(remove_folder);
    }
    return folder;
}

const char *try_path(const char *name)
{
    static char paths[8][400];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", try_folder(), name);
    return path;
}

const char *try_put(const char *name, const char *content)
{
    const char *path = try_path(name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fputs(content, file) < 0, 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

bool try_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

char *try_get(const char *path, size_t *n_out)
{
    struct text text = {0};
    char buffer[4096];
    size_t n;
    FILE *file = fopen(path, "r");
    while (file && (n = fread(buffer, 1, sizeof buffer, file)) > 0)
        text_add_bytes(&text, buffer, n);
    if (file)
        fclose(file);
    if (n_out)
        *n_out = text.n;
    return text_take(&text);
}

/* ---- Random acts ---- */

size_t try_random(uint64_t *state, size_t n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX generator */
    return (size_t)((*state >> 33) % n);
}

static const char *const types[] = {"PER", "LOC", "ORG", "MISC"};
static const char *const relations[] = {"/per/loc/place_of_birth", "/per/per/alumi", "None"};
static const char *const notes[] = {"", "a \"note\"\n\ttoo", "\xf0\x9f\x98\x80", "x"};

static void random_span(uint64_t *state, const struct post *post, size_t span[2])
{
    span[0] = try_random(state, post->n_tokens);
    span[1] = span[0] + 1 + try_random(state, post->n_tokens - span[0]);
}

static const char *random_entity(uint64_t *state, const struct post *post)
{
    return post->n_entities ? post->entities[try_random(state, post->n_entities)].id : "e404";
}

/* What somebody says about a case: entities or relations, and one side may be empty. */
static int random_verdict(uint64_t *state, struct edit_batch *batch, const struct post *post, const size_t span[2],
                          const size_t other[2], const char *type, const struct edit_context *context)
{
    const enum verdict_answer answer = (enum verdict_answer)try_random(state, 4);
    const size_t sides = try_random(state, 3);
    struct verdict key = {.relation = try_random(state, 2), .system = try_random(state, 2) ? (char *)"sha256:0" : NULL};
    const struct verdict_label label = {.has = true,
                                        .start = span[0],
                                        .end = span[1],
                                        .head = {span[0], span[1]},
                                        .tail = {other[0], other[1]},
                                        .type = (char *)type};
    key.gold = sides ? label : (struct verdict_label){.has = false};
    key.predicted = sides != 1 ? label : (struct verdict_label){.has = false};
    if (post->n_verdicts && try_random(state, 2))
        key = post->verdicts[try_random(state, post->n_verdicts)];
    return edit_set_verdict(batch, post, &key, try_random(state, 4) ? &answer : NULL,
                            try_random(state, 2) ? notes[try_random(state, 4)] : NULL, context, NULL);
}

static void random_act(uint64_t *state, const struct post *post, struct edit_batch *batch)
{
    /* With times, so that who does the same twice gets the same. */
    static const struct edit_context ana = {"ana", "2026-11-24T15:00:00Z"}, unknown = {NULL, "2026-11-24T15:00:01Z"};
    size_t span[2], other[2], n = batch->n;
    random_span(state, post, span);
    random_span(state, post, other);
    const char *type = types[try_random(state, 4)], *relation = relations[try_random(state, 3)];
    const char *id = random_entity(state, post), *tail = random_entity(state, post);
    double score = (double)try_random(state, 1000) / 999;
    int failed = 0;
    const double box[4] = {(double)try_random(state, 90), 2.5, 100, (double)(3 + try_random(state, 90))};
    const char *object = post->n_objects ? post->objects[try_random(state, post->n_objects)].id : "o404";
    const char *in[2] = {object, post->n_objects ? post->objects[0].id : "o404"};
    const struct provenance detector = {
        .source = SOURCE_DETECTOR, .has_source = true, .has_score = true, .score = score, .model = (char *)"sha256:0"};
    const char *flag = try_random(state, 2) ? "unsure" : "\xf0\x9f\x98\x80 \"";
    switch (try_random(state, 22)) {
    case 20:
    case 21:
        failed = random_verdict(state, batch, post, span, other, type, try_random(state, 2) ? &ana : &unknown);
        break;
    case 12:
        failed = edit_add_object(batch, post, box, try_random(state, 2) ? "cat" : NULL, &detector, NULL, NULL);
        break;
    case 13:
        failed = edit_accept_object(batch, post, object, &ana, NULL);
        break;
    case 14:
        failed = edit_set_box(batch, post, object, box, &ana, NULL);
        break;
    case 15:
        failed = edit_relabel_object(batch, post, object, try_random(state, 2) ? "dog" : NULL, &ana, NULL);
        break;
    case 16:
        failed = edit_delete_object(batch, post, object, NULL);
        break;
    case 17:
        failed = edit_ground_entity(batch, post, id, true, in, try_random(state, 3), &ana, NULL);
        break;
    case 18:
        failed = edit_set_flag(batch, post, flag, try_random(state, 2), NULL);
        break;
    case 19:
        failed = try_random(state, 2) ? edit_join_tokens(batch, post, span[0], NULL)
                                      : edit_split_token(batch, post, span[0], 1 + try_random(state, 3), NULL);
        break;
    case 0:
        failed = edit_create_entity(batch, post, span[0], span[1], type, &unknown, NULL);
        break;
    case 1:
        failed = edit_accept_entity(batch, post, span[0], span[1], type, score, "sha256:0", &ana, NULL);
        break;
    case 2:
        failed = edit_retype_entity(batch, post, id, type, &ana, NULL);
        break;
    case 3:
        failed = edit_respan_entity(batch, post, id, span[0], span[1], &ana, NULL);
        break;
    case 4:
        failed = edit_delete_entity(batch, post, id, NULL);
        break;
    case 5:
        failed = edit_put_relation(batch, post, id, tail, relation, score, "sha256:0", &ana, NULL);
        break;
    case 6:
        failed = edit_put_relation(batch, post, id, tail, relation, NAN, NULL, &unknown, NULL);
        break;
    case 7:
        failed = edit_delete_relation(batch, post, post->n_relations ? post->relations[0].id : "r404", NULL);
        break;
    case 8:
        failed = edit_reject_entity(batch, post, span[0], span[1], type, score, "sha256:0", &ana, NULL);
        break;
    case 9:
        failed = edit_reject_relation(batch, post, span, other, relation, score, NULL, &ana, NULL);
        break;
    case 10:
        failed = edit_set_status(batch, post, (enum post_status)try_random(state, 4), NULL);
        break;
    case 11:
        failed = edit_set_note(batch, post, notes[try_random(state, 4)], NULL) ||
                 edit_set_annotator(batch, post, notes[try_random(state, 4)], NULL);
        break;
    }
    if (failed)
        assert_int_equal(batch->n, n);
}

void try_random_batch(uint64_t *state, const struct post *post, size_t index, struct edit_batch *batch)
{
    *batch = (struct edit_batch){.post = index};
    for (size_t i = 1 + try_random(state, 3); i > 0; i--)
        random_act(state, post, batch);
}

size_t try_random_batches(uint64_t *state, const struct store *store, struct edit_batch *batches)
{
    size_t first = try_random(state, store_count(store)), n = try_random(state, store_count(store) - first + 1);
    for (size_t i = 0; i < n; i++)
        try_random_batch(state, store_post_peek(store, first + i), first + i, &batches[i]);
    return n;
}

/* ---- Posts and stores ---- */

char *try_post_text(const struct post *post)
{
    struct text text = {0};
    post_json_put(&text, post);
    return text_take(&text);
}

char *try_posts_text(const struct corpus *corpus)
{
    struct text text = {0};
    for (size_t i = 0; i < corpus->n_posts; i++) {
        post_json_put(&text, &corpus->posts[i]);
        text_add_char(&text, '\n');
    }
    return text_take(&text);
}

char *try_store_text(const struct store *store)
{
    struct text text = {0};
    for (size_t i = 0; i < store_count(store); i++) {
        post_json_put(&text, store_post_peek(store, i));
        text_add_char(&text, '\n');
    }
    return text_take(&text);
}

struct store *try_open(const char *path, const struct store_options *options)
{
    static const struct store_options usual;
    struct store *store;
    struct error err = {0};
    if (store_open(path, options ? options : &usual, &store, &err))
        fail_msg("%s", err.message);
    return store;
}

void try_label(struct store *store, size_t post, size_t start, size_t end, const char *type)
{
    struct edit_batch batch = {.post = post};
    struct error err = {0};
    if (edit_create_entity(&batch, store_post_peek(store, post), start, end, type, NULL, &err) ||
        store_apply(store, &batch, &err))
        fail_msg("%s", err.message);
}

char *try_read_text(const char *path)
{
    struct corpus *corpus;
    struct error err = {0};
    if (corpus_read(path, NULL, &corpus, &err))
        fail_msg("%s", err.message);
    char *text = try_posts_text(corpus);
    corpus_free(corpus);
    return text;
}
