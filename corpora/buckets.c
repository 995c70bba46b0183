/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/buckets.h"

#include "corpora/token-marks.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name, *title;
    const char *values[BUCKET_VALUES_MAX + 1];
} attributes[BUCKET_ATTRIBUTES] = {
    [BUCKET_LENGTH] = {"length", "length in words", {"1", "2", "3", "4", "5+"}},
    [BUCKET_SEEN] = {"seen", "words in training", {"seen", "other-type", "unseen"}},
    [BUCKET_CONSISTENCY] = {"consistency", "label in training", {"unseen", "0", "0-0.5", "0.5-1", "1"}},
    [BUCKET_CAPITALS] = {"capitals", "capitals", {"all-caps", "capitalised", "lower", "mixed", "none"}},
    [BUCKET_HASH] = {"hash", "#tag", {"inside", "none"}},
    [BUCKET_HANDLE] = {"handle", "@handle", {"inside", "none"}},
    [BUCKET_EMOJI] = {"emoji", "emoji", {"inside", "beside", "none"}},
    [BUCKET_URL] = {"url", "URL", {"inside", "beside", "none"}},
    [BUCKET_HTML] = {"html", "&amp; and its like", {"inside", "beside", "none"}},
    [BUCKET_DISTANCE] = {"distance", "words between", {"0", "1-3", "4-9", "10+"}},
    [BUCKET_BOXES] = {"boxes", "boxes", {"0", "1", "2", "3", "4", "5+"}},
    [BUCKET_PICTURE] = {"picture", "picture", {"picture", "none"}},
    [BUCKET_MATCH] = {"match", "text-picture match", {"0-0.25", "0.25-0.5", "0.5-0.75", "0.75-1"}},
    [BUCKET_CONFIDENCE] = {"confidence", "confidence", {"0-0.5", "0.5-0.7", "0.7-0.9", "0.9-0.99", "0.99-1"}},
    [BUCKET_POST_LENGTH] = {"post-length", "words of the post", {"1-10", "11-20", "21-30", "31+"}},
    [BUCKET_DENSITY] = {"density", "entities per word", {"0", "0-0.05", "0.05-0.1", "0.1-0.2", "0.2+"}},
};

const char *bucket_attribute_name(enum bucket_attribute attribute)
{
    return attributes[attribute].name;
}

const char *bucket_attribute_title(enum bucket_attribute attribute)
{
    return attributes[attribute].title;
}

size_t bucket_n_values(enum bucket_attribute attribute)
{
    size_t n = 0;
    while (attributes[attribute].values[n])
        n++;
    return n;
}

const char *bucket_value_name(enum bucket_attribute attribute, int value)
{
    return attributes[attribute].values[value];
}

struct bucket_context bucket_context_of(const struct post *gold, const struct post *predicted,
                                        const struct training_set *training)
{
    return (struct bucket_context){
        .gold = gold,
        .predicted = predicted,
        .training = training,
        .match = NAN,
        .confidence = NAN,
        .has_picture = gold->image && *gold->image,
    };
}

/* ---- Numbers ---- */

/* The first of the n bounds, ascending, that x is below; n when it is below none. */
static int below(double x, const double *bounds, int n)
{
    int i = 0;
    while (i < n && x >= bounds[i])
        i++;
    return i;
}

/* The same with bounds that belong to what is below them. */
static int up_to(double x, const double *bounds, int n)
{
    int i = 0;
    while (i < n && x > bounds[i])
        i++;
    return i;
}

static int match_bucket(double match)
{
    static const double bounds[] = {0.25, 0.5, 0.75};
    return isnan(match) ? -1 : below(match, bounds, 3);
}

static int confidence_bucket(const struct bucket_context *context, const struct taxonomy_case *found)
{
    static const double bounds[] = {0.5, 0.7, 0.9, 0.99};
    double confidence = context->confidence;
    if (found->predicted == TAXONOMY_ABSENT)
        return -1;
    const struct provenance *origin = found->relation ? &context->predicted->relations[found->predicted].origin
                                                      : &context->predicted->entities[found->predicted].origin;
    if (isnan(confidence) && origin->has_score)
        confidence = origin->score;
    return isnan(confidence) ? -1 : below(confidence, bounds, 4);
}

static int density_bucket(const struct post *gold)
{
    static const double bounds[] = {0, 0.05, 0.1, 0.2};
    return up_to(gold->n_tokens ? (double)gold->n_entities / (double)gold->n_tokens : 0, bounds, 4);
}

/* ---- Relations ---- */

static int distance_bucket(const struct bucket_context *context, const struct taxonomy_case *found)
{
    static const double bounds[] = {0, 3, 9};
    const struct post *post = found->gold == TAXONOMY_ABSENT ? context->predicted : context->gold;
    const struct relation *relation =
        &post->relations[found->gold == TAXONOMY_ABSENT ? found->predicted : found->gold];
    const struct entity *head = post_entity_peek(post, relation->head), *tail = post_entity_peek(post, relation->tail);
    if (!head || !tail)
        return -1;
    size_t between = head->start >= tail->end   ? head->start - tail->end
                     : tail->start >= head->end ? tail->start - head->end
                                                : 0;
    return up_to((double)between, bounds, 3);
}

static int post_bucket(enum bucket_attribute attribute, const struct bucket_context *context,
                       const struct taxonomy_case *found)
{
    static const double lengths[] = {10, 20, 30};
    switch (attribute) {
    case BUCKET_BOXES:
        return context->gold->n_objects < 5 ? (int)context->gold->n_objects : 5;
    case BUCKET_PICTURE:
        return context->has_picture ? 0 : 1;
    case BUCKET_MATCH:
        return match_bucket(context->match);
    case BUCKET_CONFIDENCE:
        return confidence_bucket(context, found);
    case BUCKET_POST_LENGTH:
        return up_to((double)context->gold->n_tokens, lengths, 3);
    case BUCKET_DENSITY:
        return density_bucket(context->gold);
    case BUCKET_DISTANCE:
        return found->relation ? distance_bucket(context, found) : -1;
    default:
        return -1;
    }
}

/* ---- Words ---- */

enum { SEEN_THIS_TYPE, SEEN_OTHER_TYPE, SEEN_NOT };

static int seen_bucket(const struct training_set *training, const struct post *post, const struct entity *entity)
{
    if (!training)
        return -1;
    struct training_counts counts =
        training_set_of(training, post->tokens, entity->start, entity->end, entity->type);
    return counts.n_typed ? SEEN_THIS_TYPE : counts.n_labelled ? SEEN_OTHER_TYPE : SEEN_NOT;
}

static int consistency_bucket(const struct training_set *training, const struct post *post, const struct entity *entity)
{
    static const double bounds[] = {0, 0.5};
    if (!training)
        return -1;
    struct training_counts counts =
        training_set_of(training, post->tokens, entity->start, entity->end, entity->type);
    if (!counts.n_labelled)
        return 0;
    if (counts.n_typed >= counts.n_places)
        return 4;
    return 1 + up_to((double)counts.n_typed / (double)counts.n_places, bounds, 2);
}

enum { MARK_INSIDE, MARK_BESIDE, MARK_NONE };

static int mark_bucket(unsigned mark, const struct post *post, const struct entity *entity)
{
    for (size_t i = entity->start; i < entity->end; i++)
        if (token_marks(post, i) & mark)
            return MARK_INSIDE;
    bool beside = (entity->start && token_marks(post, entity->start - 1) & mark) ||
                  (entity->end < post->n_tokens && token_marks(post, entity->end) & mark);
    return beside ? MARK_BESIDE : MARK_NONE;
}

/* Of a tag only its own words matter. */
static int tag_bucket(unsigned mark, const struct post *post, const struct entity *entity)
{
    return mark_bucket(mark, post, entity) == MARK_INSIDE ? 0 : 1;
}

int bucket_of(enum bucket_attribute attribute, const struct bucket_context *context, const struct taxonomy_case *found)
{
    static const double lengths[] = {1, 2, 3, 4};
    if (attribute >= BUCKET_DISTANCE)
        return post_bucket(attribute, context, found);
    if (found->relation)
        return -1;
    const struct post *post = found->gold == TAXONOMY_ABSENT ? context->predicted : context->gold;
    const struct entity *entity = &post->entities[found->gold == TAXONOMY_ABSENT ? found->predicted : found->gold];
    switch (attribute) {
    case BUCKET_LENGTH:
        return up_to((double)(entity->end - entity->start), lengths, 4);
    case BUCKET_SEEN:
        return seen_bucket(context->training, post, entity);
    case BUCKET_CONSISTENCY:
        return consistency_bucket(context->training, post, entity);
    case BUCKET_CAPITALS:
        return (int)token_capitals(post, entity->start, entity->end);
    case BUCKET_HASH:
        return tag_bucket(TOKEN_HASH, post, entity);
    case BUCKET_HANDLE:
        return tag_bucket(TOKEN_HANDLE, post, entity);
    case BUCKET_EMOJI:
        return mark_bucket(TOKEN_EMOJI, post, entity);
    case BUCKET_URL:
        return mark_bucket(TOKEN_URL, post, entity);
    default:
        return mark_bucket(TOKEN_HTML, post, entity);
    }
}

void buckets_add(struct buckets *buckets, const struct bucket_context *context, const struct taxonomy_case *found)
{
    for (int i = 0; i < BUCKET_ATTRIBUTES; i++) {
        int value = bucket_of((enum bucket_attribute)i, context, found);
        if (value < 0)
            continue;
        struct cases_tally *row = &buckets->rows[i][value];
        row->n++;
        row->counts.tp += found->tp;
        row->counts.fp += found->fp;
        row->counts.fn += found->fn;
    }
}
