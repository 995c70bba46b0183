/* SPDX-License-Identifier: Apache-2.0 */
#include "model/picture-verdict.h"

#include "corpora/text.h"
#include "model/posterior.h"
#include "model/proposal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One post on its way. Variants are what is read beside the own picture: none, and the others. */
struct picture_run {
    struct mmib *model;
    const struct inference *inference;
    size_t index;
    const struct picture_verdict_options *options;
    size_t variants;
    struct picture_verdict *out;
};

/* Spans and tags of one reading. */
struct picture_tags {
    struct inference_post post; /* its example and tags only */
    struct tag_span *spans;
    size_t n;
};

const char *picture_answer_name(enum picture_answer answer)
{
    static const char *const names[PICTURE_ANSWERS] = {"unjudged", "helped", "hurt", "ignored", "any picture would do"};
    return names[answer];
}

enum picture_answer picture_answer_of(bool own, bool without, size_t n_right, size_t n_others)
{
    if (own == without)
        return PICTURE_IGNORED;
    if (!own)
        return PICTURE_HURT;
    return 2 * n_right > n_others ? PICTURE_ANY : PICTURE_HELPED;
}

/* --- decisions ---------------------------------------------------------------------------------------------------- */

/* Adds one with empty readings; NULL when memory is out. */
static struct picture_decision *picture_add(const struct picture_run *run, const size_t head[2], const size_t *tail,
                                            const char *type, bool is_gold)
{
    struct picture_verdict *v = run->out;
    struct picture_decision *grown = array_grow(v->decisions, v->n_decisions, sizeof *grown);
    if (!grown)
        return NULL;
    v->decisions = grown;
    struct picture_decision *d = &grown[v->n_decisions++];
    *d = (struct picture_decision){.relation = tail, .is_gold = is_gold, .head = {head[0], head[1]}};
    if (tail)
        memcpy(d->tail, tail, sizeof d->tail);
    d->readings = calloc(1 + run->variants, sizeof *d->readings);
    return !text_copy(type, &d->type) && d->readings ? d : NULL;
}

/* Sets what follows from the labels: who is right, and the answer. */
static void picture_judge(const struct picture_run *run, struct picture_decision *d, bool judged)
{
    struct picture_reading *own = &d->readings[PICTURE_OWN], *without = &d->readings[PICTURE_WITHOUT];
    d->changed = !text_equal(own->label, without->label);
    for (size_t k = 0; judged && k <= run->variants; k++) {
        d->readings[k].right = text_equal(d->readings[k].label, d->type) == d->is_gold;
        d->n_others_right += k >= PICTURE_FIRST_OTHER && d->readings[k].right;
    }
    d->answer = judged ? picture_answer_of(own->right, without->right, d->n_others_right, run->out->n_others)
                       : PICTURE_UNJUDGED;
}

static int picture_by_place(const void *a, const void *b)
{
    const struct picture_decision *x = a, *y = b;
    if (x->is_gold != y->is_gold)
        return x->is_gold ? -1 : 1;
    for (int i = 0; i < 2; i++)
        if (x->head[i] != y->head[i])
            return x->head[i] < y->head[i] ? -1 : 1;
    return strcmp(x->type, y->type);
}

/* --- the variants ------------------------------------------------------------------------------------------------- */

/* All variants of item i of such states, as one ragged batch: the text's rows as they are, the image's encoded anew. */
static int picture_fuse(const struct picture_run *run, const struct mmib_states *states, size_t i,
                        struct mmib_states *out)
{
    size_t n = run->variants;
    struct mmib_item *items = arena_take(mmib_arena(run->model), n, sizeof *items);
    if (!items)
        return -1;
    items[0] = (struct mmib_item){.n_images = 1};
    for (size_t k = 1; k < n; k++)
        items[k] = (struct mmib_item){.features = run->options->others[k - 1].features,
                                      .n_images = run->options->others[k - 1].n_images};
    return posterior_with_images(run->model, states, i, items, n, out);
}

/* --- entities ----------------------------------------------------------------------------------------------------- */

/* Tags of all readings; those with the own picture are there already. NULL when memory is out. */
static struct picture_tags *picture_read_tags(const struct picture_run *run, const struct mmib_states *variants)
{
    struct arena *arena = mmib_arena(run->model);
    const struct inference_post *own = &run->inference->each[run->index];
    size_t tokens = own->example.n_tokens;
    struct picture_tags *tags = arena_take(arena, 1 + run->variants, sizeof *tags);
    for (size_t k = 0; tags && k <= run->variants; k++) {
        struct picture_tags *t = &tags[k];
        *t = (struct picture_tags){.post = {.example = own->example, .tags = own->tags},
                                   .spans = arena_take(arena, tokens, sizeof *t->spans)};
        if (!t->spans ||
            (k > 0 && inference_tag(run->model, variants, k - 1, &own->example, &t->post.tags)))
            return NULL;
        t->n = tagset_spans(mmib_tagset(run->model), t->post.tags.token_labels, tokens, t->spans);
    }
    return tags;
}

static void picture_fill_entity(const struct picture_run *run, const struct picture_tags *tags,
                                struct picture_decision *d)
{
    const struct tagset *tagset = mmib_tagset(run->model);
    size_t type = 0;
    while (type < tagset->n_types && strcmp(tagset->names[type], d->type))
        type++;
    for (size_t k = 0; k <= run->variants; k++) {
        struct picture_reading *reading = &d->readings[k];
        for (size_t i = 0; i < tags[k].n; i++)
            if (tags[k].spans[i].start == d->head[0] && tags[k].spans[i].end == d->head[1])
                reading->label = tagset->names[tags[k].spans[i].type];
        reading->log_probability =
            type < tagset->n_types
                ? proposal_span_log_probability(run->model, &tags[k].post, d->head[0], d->head[1], type)
                : -INFINITY;
    }
}

static int picture_read_entities(const struct picture_run *run, const struct mmib_states *variants)
{
    const struct post *post = run->inference->posts[run->index];
    const struct tagset *tagset = mmib_tagset(run->model);
    const struct picture_tags *tags = picture_read_tags(run, variants);
    bool judged = run->options->has_gold_entities;
    if (!tags)
        return -1;
    for (size_t i = 0; judged && i < post->n_entities; i++) {
        const struct entity *e = &post->entities[i];
        const size_t span[2] = {e->start, e->end};
        if (e->type && !provenance_is_proposal(&e->origin) && !picture_verdict_peek(run->out, span, NULL, e->type) &&
            !picture_add(run, span, NULL, e->type, true))
            return -1;
    }
    for (size_t k = PICTURE_OWN; k <= PICTURE_WITHOUT; k++)
        for (size_t i = 0; i < tags[k].n; i++) {
            const size_t span[2] = {tags[k].spans[i].start, tags[k].spans[i].end};
            const char *type = tagset->names[tags[k].spans[i].type];
            if (!picture_verdict_peek(run->out, span, NULL, type) && !picture_add(run, span, NULL, type, false))
                return -1;
        }
    for (size_t i = 0; i < run->out->n_decisions; i++) {
        picture_fill_entity(run, tags, &run->out->decisions[i]);
        picture_judge(run, &run->out->decisions[i], judged);
    }
    if (run->out->n_decisions)
        qsort(run->out->decisions, run->out->n_decisions, sizeof *run->out->decisions, picture_by_place);
    return 0;
}

/* --- relations ---------------------------------------------------------------------------------------------------- */

/* The pairs that are asked about: gold's, then others. */
struct picture_pairs {
    struct relation_pair *pairs; /* [n] of the batch's post, from the arena */
    size_t n;
    const char **gold; /* [n] their labels; NULL = gold has none */
};

static int picture_collect_pairs(const struct picture_run *run, struct picture_pairs *out)
{
    struct arena *arena = mmib_arena(run->model);
    const struct post *post = run->inference->posts[run->index];
    size_t room = post->n_relations + run->options->n_pairs;
    *out = (struct picture_pairs){.pairs = arena_take(arena, room, sizeof *out->pairs),
                                  .gold = arena_take(arena, room, sizeof *out->gold)};
    if (!out->pairs || !out->gold)
        return -1;
    for (size_t i = 0; run->options->has_gold_relations && i < post->n_relations; i++) {
        const struct relation *r = &post->relations[i];
        const struct entity *head = post_entity_peek(post, r->head), *tail = post_entity_peek(post, r->tail);
        if (!head || !tail || provenance_is_proposal(&r->origin))
            continue;
        out->gold[out->n] = r->type;
        out->pairs[out->n++] = (struct relation_pair){run->index, {head->start, head->end}, {tail->start, tail->end}};
    }
    size_t n_gold = out->n;
    for (size_t i = 0; i < run->options->n_pairs; i++) {
        struct relation_pair pair = run->options->pairs[i];
        bool known = false;
        for (size_t k = 0; k < n_gold; k++)
            known = known || (!memcmp(pair.head, out->pairs[k].head, sizeof pair.head) &&
                              !memcmp(pair.tail, out->pairs[k].tail, sizeof pair.tail));
        if (known)
            continue;
        pair.post = run->index;
        out->gold[out->n] = NULL;
        out->pairs[out->n++] = pair;
    }
    return 0;
}

static double picture_log_probability(const struct config *config, const float *probabilities, const char *type)
{
    for (size_t l = 0; l < config->re.n_labels; l++)
        if (!strcmp(config->re.labels[l], type))
            return log((double)probabilities[l]);
    return -INFINITY;
}

/* The decision on a pair from its probabilities [labels]: own, and variant k at variants + k * step. -1 when memory is
 * out. */
static int picture_set_pair(const struct picture_run *run, const struct picture_pairs *pairs, size_t p,
                            const float *own, const float *variants, size_t step)
{
    const struct relation_pair *pair = &pairs->pairs[p];
    const char *type = pairs->gold[p] ? pairs->gold[p] : relation_label(run->model, own);
    struct picture_decision *d = picture_add(run, pair->head, pair->tail, type, pairs->gold[p]);
    if (!d)
        return -1;
    for (size_t k = 0; k <= run->variants; k++) {
        const float *probabilities = k ? variants + (k - 1) * step : own;
        d->readings[k].label = relation_label(run->model, probabilities);
        d->readings[k].log_probability = picture_log_probability(mmib_config(run->model), probabilities, d->type);
    }
    picture_judge(run, d, d->is_gold);
    return 0;
}

/* "span-mean": all pairs of all variants at once. 0, 1 or -1. */
static int picture_read_spans(const struct picture_run *run, const struct mmib_states *states,
                              const struct picture_pairs *pairs, struct error *err)
{
    struct arena *arena = mmib_arena(run->model);
    size_t variants = run->variants, labels = mmib_config(run->model)->re.n_labels, n = pairs->n;
    struct example *examples = arena_take(arena, variants, sizeof *examples);
    struct relation_pair *varied_pairs = arena_take(arena, variants, n * sizeof *varied_pairs);
    float *own, *varied;
    if (!examples || !varied_pairs)
        return error_memory(err, "verdict");
    for (size_t k = 0; k < variants; k++) {
        examples[k] = run->inference->examples[run->index];
        for (size_t p = 0; p < n; p++) {
            varied_pairs[k * n + p] = pairs->pairs[p];
            varied_pairs[k * n + p].post = k;
        }
    }
    const struct relation_batch batch = {.examples = examples, .states = states};
    int stopped = inference_relations(run->model, run->inference, pairs->pairs, n, run->options->cancelled,
                                      run->options->context, &own, err);
    if (stopped)
        return stopped;
    if (relation_probabilities(run->model, &batch, varied_pairs, variants * n, NULL, NULL, &varied))
        return error_memory(err, "verdict");
    for (size_t p = 0; p < n; p++)
        if (picture_set_pair(run, pairs, p, own + p * labels, varied + p * labels, n * labels))
            return error_memory(err, "verdict");
    return 0;
}

/* "marker": a pair has a text of its own, so rows and variants of its own. */
static int picture_read_marked(const struct picture_run *run, const struct picture_pairs *pairs, size_t p)
{
    const struct inference *in = run->inference;
    const struct relation_batch batch = {in->posts, in->examples, in->features, &in->states};
    struct example example;
    struct example_markers markers;
    struct mmib_states states, variants;
    size_t n = 1 + run->variants, labels = mmib_config(run->model)->re.n_labels;
    size_t wide = 2 * mmib_config(run->model)->text.hidden_size;
    float *rows = arena_take_zero(mmib_arena(run->model), n * wide, sizeof *rows);
    if (!rows || relation_marked_forward(run->model, &batch, &pairs->pairs[p], 1, &example, &markers, &states) ||
        picture_fuse(run, &states, 0, &variants))
        return -1;
    bool whole = relation_marked_row(run->model, &states, 0, &markers, rows);
    for (size_t k = 0; k < run->variants; k++)
        relation_marked_row(run->model, &variants, k, &markers, rows + (k + 1) * wide);
    float *probabilities = mmib_classify(run->model, rows, n);
    if (!probabilities)
        return -1;
    if (!whole)
        memset(probabilities, 0, n * labels * sizeof *probabilities);
    return picture_set_pair(run, pairs, p, probabilities, probabilities + labels, labels);
}

/* 0, 1 or -1. states: the post's own variants. */
static int picture_read_pairs(const struct picture_run *run, const struct mmib_states *states, struct error *err)
{
    struct arena *arena = mmib_arena(run->model);
    struct picture_pairs pairs;
    if (picture_collect_pairs(run, &pairs))
        return error_memory(err, "verdict");
    if (mmib_config(run->model)->re.representation != RELATION_MARKER)
        return pairs.n ? picture_read_spans(run, states, &pairs, err) : 0;
    for (size_t p = 0; p < pairs.n; p++) {
        struct arena_mark mark = arena_mark(arena);
        if (run->options->cancelled && run->options->cancelled(run->options->context))
            return 1;
        if (picture_read_marked(run, &pairs, p))
            return error_memory(err, "verdict");
        arena_rewind(arena, &mark);
    }
    return 0;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

/* Probabilities of 0 have no logarithm; what is not a number would be a broken model's. */
static bool picture_finite(const struct picture_verdict *v)
{
    for (size_t i = 0; i < v->n_decisions; i++)
        for (size_t k = 0; k < PICTURE_FIRST_OTHER + v->n_others; k++)
            if (isnan(v->decisions[i].readings[k].log_probability))
                return false;
    return true;
}

/* 0, 1 or -1. */
static int picture_read(const struct picture_run *run, struct error *err)
{
    const struct config *config = mmib_config(run->model);
    struct mmib_states variants;
    int stopped = 0;
    if (run->options->cancelled && run->options->cancelled(run->options->context))
        return 1;
    if (picture_fuse(run, &run->inference->states, run->index, &variants))
        return error_memory(err, "verdict");
    if (config->ner.present && run->inference->examples[run->index].n_tokens && picture_read_entities(run, &variants))
        return error_memory(err, "verdict");
    if (config->re.present)
        stopped = picture_read_pairs(run, &variants, err);
    if (!stopped && !picture_finite(run->out))
        return error_set(err, ERROR_INPUT, "model %s: post %s: a value is not finite", mmib_name(run->model),
                         run->inference->posts[run->index]->id);
    return stopped;
}

int picture_verdict_of(struct mmib *model, const struct inference *inference, size_t index,
                       const struct picture_verdict_options *options, struct picture_verdict **out, struct error *err)
{
    struct arena *arena = mmib_arena(model);
    struct arena_mark mark = arena_mark(arena);
    struct picture_verdict *v = calloc(1, sizeof *v);
    const struct picture_run run = {model, inference, index, options, 1 + options->n_others, v};
    int result = v ? 0 : error_memory(err, "verdict");
    *out = NULL;
    if (v && inference->features[index].features) {
        v->has_picture = true;
        for (size_t k = 0; !result && k < options->n_others; k++)
            if (text_list_add(&v->others, &v->n_others, options->others[k].post))
                result = error_memory(err, "verdict");
        if (!result)
            result = picture_read(&run, err);
    }
    arena_rewind(arena, &mark);
    if (result)
        picture_verdict_free(v);
    else
        *out = v;
    return result;
}

void picture_verdict_free(struct picture_verdict *verdict)
{
    if (!verdict)
        return;
    for (size_t i = 0; i < verdict->n_decisions; i++) {
        free(verdict->decisions[i].type);
        free(verdict->decisions[i].readings);
    }
    free(verdict->decisions);
    text_list_free(verdict->others, verdict->n_others);
    free(verdict);
}

const struct picture_decision *picture_verdict_peek(const struct picture_verdict *verdict, const size_t head[2],
                                                    const size_t *tail, const char *type)
{
    for (size_t i = 0; i < verdict->n_decisions; i++) {
        const struct picture_decision *d = &verdict->decisions[i];
        if (d->relation == (tail != NULL) && d->head[0] == head[0] && d->head[1] == head[1] &&
            (!tail || (d->tail[0] == tail[0] && d->tail[1] == tail[1])) && (!type || !strcmp(d->type, type)))
            return d;
    }
    return NULL;
}
