/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/search.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

static bool search_is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 128)
            return false;
    return true;
}

static char search_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Appends the text folded. Most words are ASCII, where folding is cheap. */
static void search_add_folded(struct text *out, const char *text, bool fold_case)
{
    utf8proc_uint8_t *mapped = NULL;
    if (!search_is_ascii(text)) {
        utf8proc_option_t options = UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE;
        if (fold_case)
            options |= UTF8PROC_CASEFOLD;
        if (utf8proc_map((const utf8proc_uint8_t *)text, 0, &mapped, options) >= 0) {
            text_add(out, (const char *)mapped);
            free(mapped);
            return;
        }
        free(mapped);
    }
    size_t from = out->n;
    text_add(out, text);
    for (size_t i = from; fold_case && !out->failed && i < out->n; i++)
        out->bytes[i] = search_lower(out->bytes[i]);
}

char *search_fold(const char *text, bool fold_case)
{
    struct text out = {0};
    search_add_folded(&out, text, fold_case);
    return text_take(&out);
}

static bool search_has_capital(const char *text)
{
    while (*text) {
        uint32_t point;
        text += utf8_read(text, &point);
        utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)point);
        if (category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT)
            return true;
    }
    return false;
}

/* Blanks at the ends go, and several are one, as between words. NULL when memory is out. */
static char *search_squeeze(const char *text)
{
    struct text out = {0};
    for (const char *p = text; *p; p++) {
        bool blank = *p == ' ' || *p == '\t';
        if (!blank)
            text_add_char(&out, *p);
        else if (out.n && p[1] && p[1] != ' ' && p[1] != '\t')
            text_add_char(&out, ' ');
    }
    return text_take(&out);
}

void search_pattern_free(struct search_pattern *pattern)
{
    free(pattern->text);
    free(pattern->wanted);
    text_free(&pattern->folded);
    free(pattern->starts);
    *pattern = (struct search_pattern){0};
}

int search_pattern_set(struct search_pattern *pattern, const char *text, struct error *err)
{
    search_pattern_free(pattern);
    if (!text)
        return 0;
    char *squeezed = search_squeeze(text);
    if (!squeezed)
        return error_memory(err, "searching");
    if (!*squeezed || utf8_valid_bytes(squeezed, strlen(squeezed)) != strlen(squeezed)) {
        free(squeezed);
        return 0;
    }
    pattern->text = squeezed;
    pattern->exact = search_has_capital(squeezed);
    pattern->wanted = search_fold(squeezed, !pattern->exact);
    if (pattern->wanted)
        return 0;
    search_pattern_free(pattern);
    return error_memory(err, "searching");
}

/* The words, with one blank between them, into the pattern's scratch. False when memory is out. */
static bool search_fold_words(struct search_pattern *pattern, const struct post *post, bool with_starts)
{
    text_clear(&pattern->folded);
    if (with_starts && pattern->n_starts < post->n_tokens) {
        free(pattern->starts);
        pattern->n_starts = 0;
        pattern->starts = array_new(post->n_tokens, sizeof *pattern->starts);
        if (!pattern->starts)
            return false;
        pattern->n_starts = post->n_tokens;
    }
    for (size_t i = 0; i < post->n_tokens; i++) {
        if (i)
            text_add_char(&pattern->folded, ' ');
        if (with_starts)
            pattern->starts[i] = pattern->folded.n;
        search_add_folded(&pattern->folded, post->tokens[i], !pattern->exact);
    }
    return !pattern->folded.failed;
}

/* Does the pattern stand in a short text? Uses the scratch. */
static bool search_in(struct search_pattern *pattern, const char *text)
{
    if (!text)
        return false;
    text_clear(&pattern->folded);
    search_add_folded(&pattern->folded, text, !pattern->exact);
    return pattern->folded.n && !pattern->folded.failed && strstr(pattern->folded.bytes, pattern->wanted);
}

bool search_has(struct search_pattern *pattern, const struct post *post, unsigned places)
{
    if (!pattern->wanted)
        return false;
    if (places & SEARCH_WORDS && search_fold_words(pattern, post, false) && pattern->folded.n &&
        strstr(pattern->folded.bytes, pattern->wanted))
        return true;
    for (size_t i = 0; places & SEARCH_TYPES && i < post->n_entities; i++)
        if (search_in(pattern, post->entities[i].type))
            return true;
    for (size_t i = 0; places & SEARCH_RELATIONS && i < post->n_relations; i++)
        if (search_in(pattern, post->relations[i].type))
            return true;
    return places & SEARCH_NOTES && search_in(pattern, post->note);
}

static int search_add(struct search_hits *hits, struct search_hit hit)
{
    struct search_hit *grown = array_grow(hits->hits, hits->n, sizeof *grown);
    if (!grown)
        return -1;
    hits->hits = grown;
    hits->hits[hits->n++] = hit;
    return 0;
}

static int search_words(struct search_pattern *pattern, const struct post *post, struct search_hits *hits)
{
    if (!search_fold_words(pattern, post, true))
        return -1;
    const char *words = pattern->folded.bytes, *at = words;
    size_t length = strlen(pattern->wanted), token = 0;
    while (words && (at = strstr(at, pattern->wanted))) {
        size_t from = (size_t)(at - words), to = from + length, end;
        while (token + 1 < post->n_tokens && pattern->starts[token + 1] <= from)
            token++;
        for (end = token + 1; end < post->n_tokens && pattern->starts[end] < to; end++)
            continue;
        /* Twice in one word is one match. */
        const struct search_hit *last = hits->n ? &hits->hits[hits->n - 1] : NULL;
        if ((!last || last->start != token || last->end < end) &&
            search_add(hits, (struct search_hit){SEARCH_WORDS, token, end}))
            return -1;
        at += length;
    }
    return 0;
}

static int search_compare(const void *a, const void *b)
{
    const struct search_hit *left = a, *right = b;
    if (left->start != right->start)
        return left->start < right->start ? -1 : 1;
    return (left->place > right->place) - (left->place < right->place);
}

int search_post(struct search_pattern *pattern, const struct post *post, unsigned places, struct search_hits *hits,
                struct error *err)
{
    hits->n = 0;
    if (!pattern->wanted)
        return 0;
    if (places & SEARCH_WORDS && search_words(pattern, post, hits))
        return error_memory(err, "searching");
    for (size_t i = 0; places & SEARCH_TYPES && i < post->n_entities; i++) {
        const struct entity *e = &post->entities[i];
        if (search_in(pattern, e->type) && search_add(hits, (struct search_hit){SEARCH_TYPES, e->start, e->end}))
            return error_memory(err, "searching");
    }
    for (size_t i = 0; places & SEARCH_RELATIONS && i < post->n_relations; i++) {
        const struct relation *r = &post->relations[i];
        const struct entity *head = post_entity_peek(post, r->head);
        if (head && search_in(pattern, r->type) &&
            search_add(hits, (struct search_hit){SEARCH_RELATIONS, head->start, head->end}))
            return error_memory(err, "searching");
    }
    if (places & SEARCH_NOTES && search_in(pattern, post->note) &&
        search_add(hits, (struct search_hit){SEARCH_NOTES, 0, 0}))
        return error_memory(err, "searching");
    if (hits->n)
        qsort(hits->hits, hits->n, sizeof *hits->hits, search_compare);
    return 0;
}

void search_hits_free(struct search_hits *hits)
{
    free(hits->hits);
    *hits = (struct search_hits){0};
}

/* ASCII words are compared where they stand: this runs over every word of a corpus. */
static bool search_same_word(const char *word, const char *wanted, bool fold_case)
{
    if (!fold_case)
        return !strcmp(word, wanted);
    if (search_is_ascii(word)) {
        while (*word && search_lower(*word) == *wanted) {
            word++;
            wanted++;
        }
        return !*word && !*wanted;
    }
    char *folded = search_fold(word, true);
    bool same = folded && !strcmp(folded, wanted);
    free(folded);
    return same;
}

bool search_words_at(const struct post *post, size_t token, const char *const *wanted, size_t n, bool fold_case)
{
    if (!n || token > post->n_tokens || n > post->n_tokens - token)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!search_same_word(post->tokens[token + i], wanted[i], fold_case))
            return false;
    return true;
}
