/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/blind.h"

#include "corpora/anchoring.h"
#include "corpora/edit-value.h"
#include "corpora/hash.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static uint64_t blind_number(uint64_t hash, const char *text)
{
    return hash_bytes(hash_text(hash, text), "\xff", 1); /* ends one text before the next begins */
}

bool blind_is_chosen(size_t one_in, const char *corpus_path, const char *post_id)
{
    const char *slash = strrchr(corpus_path, '/');
    uint64_t number = blind_number(HASH_START, slash ? slash + 1 : corpus_path);
    number = blind_number(number, post_id);
    number = (number ^ number >> 33) * 0xff51afd7ed558ccdu; /* the finalizer of MurmurHash3 */
    number = (number ^ number >> 33) * 0xc4ceb9fe1a85ec53u;
    number ^= number >> 33;
    return one_in && number % one_in == 0;
}

unsigned long long blind_name(const char *post_id)
{
    return blind_number(HASH_START, post_id);
}

bool blind_hides(size_t one_in, const char *corpus_path, const struct post *post)
{
    return post->status != STATUS_DONE && !post->proposed && blind_is_chosen(one_in, corpus_path, post->id);
}

/* Does the post have this label, once the act is done? */
static bool blind_keeps_entity(const struct blind_commit *commit, const struct analysis_entity *said)
{
    for (size_t i = 0; i < commit->shown->n_entities; i++) {
        const struct shown_entity *e = &commit->shown->entities[i];
        if (e->start == said->start && e->end == said->end && e->type && !strcmp(e->type, said->type) &&
            (!e->proposed || commit->accepting))
            return true;
    }
    return false;
}

static bool blind_is_on(const struct shown_entity *entity, const size_t span[2])
{
    return entity->start == span[0] && entity->end == span[1];
}

static bool blind_keeps_relation(const struct blind_commit *commit, const struct analysis_relation *said)
{
    for (size_t i = 0; i < commit->shown->n_relations; i++) {
        const struct shown_relation *r = &commit->shown->relations[i];
        if (blind_is_on(&commit->shown->entities[r->head], said->head) &&
            blind_is_on(&commit->shown->entities[r->tail], said->tail) && !strcmp(r->type, said->type) &&
            (!r->proposed || commit->accepting))
            return true;
    }
    return false;
}

/* The strings of the record are the analysis's. */
static void blind_fill(const struct blind_commit *commit, struct anchoring_record *record)
{
    const struct analysis *a = commit->analysis;
    for (size_t i = 0; i < a->n_entities; i++) {
        const struct analysis_entity *e = &a->entities[i];
        if (shown_is_above(e->score, commit->threshold) && e->end <= commit->post->n_tokens)
            record->entities[record->n_entities++] =
                (struct anchoring_entity){e->start, e->end, (char *)e->type, e->score, blind_keeps_entity(commit, e)};
    }
    for (size_t i = 0; i < a->n_relations; i++) {
        const struct analysis_relation *r = &a->relations[i];
        if (shown_is_above(r->score, commit->threshold))
            record->relations[record->n_relations++] =
                (struct anchoring_relation){.head = {r->head[0], r->head[1]},
                                            .tail = {r->tail[0], r->tail[1]},
                                            .type = (char *)r->type,
                                            .score = r->score,
                                            .kept = blind_keeps_relation(commit, r)};
    }
}

int blind_record(struct edit_batch *batch, const struct blind_commit *commit, struct error *err)
{
    const struct analysis *a = commit->analysis;
    char now[EDIT_TIME_BYTES];
    if (commit->post->proposed || !a)
        return 0;
    edit_time_now(now);
    struct anchoring_record record = {.blind = commit->hidden,
                                      .model = (char *)commit->model,
                                      .at = now,
                                      .threshold = commit->threshold,
                                      .n_tokens = commit->post->n_tokens,
                                      .entities = calloc(a->n_entities + 1, sizeof *record.entities),
                                      .relations = calloc(a->n_relations + 1, sizeof *record.relations)};
    char *json = NULL;
    if (record.entities && record.relations) {
        blind_fill(commit, &record);
        json = anchoring_write(&record);
    }
    int code = json ? edit_set_proposed(batch, commit->post, json, err) : error_memory(err, "what was proposed");
    free(json);
    free(record.entities);
    free(record.relations);
    return code;
}
