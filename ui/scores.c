/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scores.h"

#include "corpora/hash.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A post's entry. All zero: unseen. */
struct scores_entry {
    float words, picture, match;
    uint32_t content, labels;
    uint32_t first;   /* its proposals in the pool */
    uint16_t n;       /* of them */
    uint8_t state;    /* enum scores_state */
    uint8_t flags;    /* enum scores_flag */
};

enum scores_flag {
    SCORES_DRAWN = 1, /* words and picture are known */
    SCORES_OLD = 2,   /* the post was seen to have other labels now */
};

struct scores {
    struct scores_entry *entries;
    size_t n;
    float *pool; /* scores of proposals of all posts; what an entry leaves behind is swept up when it is half */
    size_t pool_n, pool_room, pool_dead;
    unsigned long version;
    enum scores_need need, least;
};

struct scores *scores_new(size_t n_posts, struct error *err)
{
    struct scores *scores = calloc(1, sizeof *scores);
    if (scores)
        scores->entries = calloc(n_posts + 1, sizeof *scores->entries);
    if (!scores || !scores->entries) {
        scores_free(scores);
        error_memory(err, "scores");
        return NULL;
    }
    scores->n = n_posts;
    return scores;
}

void scores_free(struct scores *scores)
{
    if (!scores)
        return;
    free(scores->entries);
    free(scores->pool);
    free(scores);
}

/* --- what they belong to ------------------------------------------------------------------------------------------ */

static uint64_t scores_mix_text(uint64_t hash, const char *text)
{
    return text ? hash_bytes(hash, text, strlen(text) + 1) : hash_bytes(hash, "\1", 2) /* no text is like this */;
}

unsigned long long scores_content(const struct post *post)
{
    uint64_t hash = HASH_START;
    for (size_t i = 0; i < post->n_tokens; i++)
        hash = scores_mix_text(hash, post->tokens[i]);
    if (post->image)
        hash = scores_mix_text(hash, post->image);
    for (size_t i = 0; i < post->n_objects; i++)
        hash = hash_bytes(hash, post->objects[i].box, sizeof post->objects[i].box);
    return hash;
}

static uint64_t scores_mix_entities(uint64_t hash, const struct entity *entities, size_t n)
{
    hash = hash_bytes(hash, &n, sizeof n);
    for (size_t i = 0; i < n; i++) {
        const struct entity *e = &entities[i];
        const size_t span[] = {e->start, e->end, e->origin.source, e->origin.decision};
        hash = scores_mix_text(hash_bytes(hash, span, sizeof span), e->type);
    }
    return hash;
}

static uint64_t scores_mix_relations(uint64_t hash, const struct relation *relations, size_t n)
{
    hash = hash_bytes(hash, &n, sizeof n);
    for (size_t i = 0; i < n; i++) {
        const struct relation *r = &relations[i];
        const size_t origin[] = {r->origin.source, r->origin.decision};
        hash = scores_mix_text(scores_mix_text(hash_bytes(hash, origin, sizeof origin), r->head), r->tail);
        hash = scores_mix_text(hash, r->type);
    }
    return hash;
}

/* Everything that says which proposals are offered. */
static uint32_t scores_labels(const struct post *post)
{
    uint64_t hash = scores_mix_entities(HASH_START, post->entities, post->n_entities);
    hash = scores_mix_relations(hash, post->relations, post->n_relations);
    hash = scores_mix_entities(hash, post->rejected_entities, post->n_rejected_entities);
    hash = scores_mix_relations(hash, post->rejected_relations, post->n_rejected_relations);
    return (uint32_t)(hash ^ hash >> 32);
}

static uint32_t scores_short_content(const struct post *post)
{
    uint64_t hash = scores_content(post);
    return (uint32_t)(hash ^ hash >> 32);
}

/* --- results ------------------------------------------------------------------------------------------------------ */

static int scores_best_first(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y);
}

int scores_result_make(const struct post *post, const struct analysis *analysis, const struct schema *schema,
                       struct scores_result *out)
{
    *out = (struct scores_result){.content = scores_short_content(post),
                                  .labels = scores_labels(post),
                                  .failed = !analysis,
                                  .words = NAN,
                                  .picture = NAN,
                                  .match = NAN};
    if (!analysis)
        return 0;
    struct shown shown;
    if (shown_make(post, analysis, schema, &shown, NULL))
        return -1;
    out->proposals = calloc(shown.n_entities + shown.n_relations + 1, sizeof *out->proposals);
    for (size_t i = 0; out->proposals && i < shown.n_entities; i++)
        if (shown.entities[i].proposed)
            out->proposals[out->n_proposals++] = (float)shown.entities[i].score;
    for (size_t i = 0; out->proposals && i < shown.n_relations; i++)
        if (shown.relations[i].proposed)
            out->proposals[out->n_proposals++] = (float)shown.relations[i].score;
    shown_free(&shown);
    if (!out->proposals)
        return -1;
    qsort(out->proposals, out->n_proposals, sizeof *out->proposals, scores_best_first);
    if (analysis->has_consistency)
        out->match = (float)analysis->consistency;
    out->words = (float)analysis->uncertainty_words;
    out->picture = (float)analysis->uncertainty_picture;
    return 0;
}

void scores_result_free(struct scores_result *result)
{
    free(result->proposals);
    *result = (struct scores_result){0};
}

/* --- putting in --------------------------------------------------------------------------------------------------- */

/* Moves the living proposals together. */
static int scores_sweep(struct scores *scores)
{
    size_t living = scores->pool_n - scores->pool_dead, n = 0;
    float *pool = malloc((living + 1) * sizeof *pool);
    if (!pool)
        return -1;
    for (size_t i = 0; i < scores->n; i++) {
        struct scores_entry *entry = &scores->entries[i];
        if (!entry->n)
            continue;
        memcpy(pool + n, scores->pool + entry->first, entry->n * sizeof *pool);
        entry->first = (uint32_t)n;
        n += entry->n;
    }
    free(scores->pool);
    scores->pool = pool;
    scores->pool_n = n;
    scores->pool_room = living + 1;
    scores->pool_dead = 0;
    return 0;
}

static int scores_reserve(struct scores *scores, size_t n)
{
    enum { POOL_SWEEP_MIN = 4096 };
    if (scores->pool_dead > POOL_SWEEP_MIN && scores->pool_dead > scores->pool_n / 2 && scores_sweep(scores))
        return -1;
    if (scores->pool_n + n <= scores->pool_room)
        return 0;
    if (scores->pool_n + n > UINT32_MAX / 2)
        return -1;
    size_t room = scores->pool_n + n + scores->pool_room / 2 + 256;
    float *pool = realloc(scores->pool, room * sizeof *pool);
    if (!pool)
        return -1;
    scores->pool = pool;
    scores->pool_room = room;
    return 0;
}

void scores_put(struct scores *scores, size_t index, const struct scores_result *result)
{
    struct scores_entry *entry = &scores->entries[index];
    size_t n = result->n_proposals < UINT16_MAX ? result->n_proposals : UINT16_MAX;
    if (scores_reserve(scores, n))
        return;
    bool keeps_draws = entry->flags & SCORES_DRAWN && entry->content == result->content && isnan(result->words);
    struct scores_entry made = {.words = keeps_draws ? entry->words : result->words,
                                .picture = keeps_draws ? entry->picture : result->picture,
                                .match = result->match,
                                .content = result->content,
                                .labels = result->labels,
                                .first = (uint32_t)scores->pool_n,
                                .n = (uint16_t)n,
                                .state = result->failed ? SCORES_FAILED : SCORES_SEEN};
    made.flags = isnan(made.words) ? 0 : SCORES_DRAWN;
    if (n)
        memcpy(scores->pool + scores->pool_n, result->proposals, n * sizeof *scores->pool);
    scores->pool_n += n;
    scores->pool_dead += entry->n;
    *entry = made;
    scores->version++;
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

/* Forgets a post whose words are others now. */
static void scores_forget(struct scores *scores, struct scores_entry *entry)
{
    scores->pool_dead += entry->n;
    *entry = (struct scores_entry){0};
    scores->version++;
}

void scores_at(const struct scores *scores, size_t index, double threshold, struct scores_of_post *out)
{
    const struct scores_entry *entry = &scores->entries[index];
    bool is_drawn = entry->flags & SCORES_DRAWN;
    *out = (struct scores_of_post){.state = (enum scores_state)entry->state,
                                   .words = is_drawn ? entry->words : NAN,
                                   .picture = is_drawn ? entry->picture : NAN,
                                   .match = entry->state == SCORES_SEEN ? entry->match : NAN,
                                   .has_proposals = entry->state == SCORES_SEEN};
    for (size_t i = 0; i < entry->n; i++)
        out->n_proposals += shown_is_above((double)scores->pool[entry->first + i], threshold);
    out->n_below = entry->n - out->n_proposals;
}

void scores_of(struct scores *scores, size_t index, const struct post *post, double threshold,
               struct scores_of_post *out)
{
    struct scores_entry *entry = &scores->entries[index];
    if (entry->state != SCORES_UNSEEN && entry->content != scores_short_content(post))
        scores_forget(scores, entry);
    scores_at(scores, index, threshold, out);
    if (out->has_proposals && entry->labels != scores_labels(post)) {
        entry->flags |= SCORES_OLD;
        out->has_proposals = false;
    }
}

unsigned long scores_version(const struct scores *scores)
{
    return scores->version;
}

void scores_set_need(struct scores *scores, enum scores_need need)
{
    scores->need = need;
}

void scores_set_least(struct scores *scores, enum scores_need least)
{
    scores->least = least;
}

enum scores_need scores_need(const struct scores *scores)
{
    return scores->need > scores->least ? scores->need : scores->least;
}

bool scores_lack(const struct scores *scores, size_t index)
{
    const struct scores_entry *entry = &scores->entries[index];
    enum scores_need need = scores_need(scores);
    if (need == SCORES_NEED_NOTHING || entry->state == SCORES_FAILED)
        return false;
    return entry->state == SCORES_UNSEEN || entry->flags & SCORES_OLD ||
           (need == SCORES_NEED_DRAWS && !(entry->flags & SCORES_DRAWN));
}
