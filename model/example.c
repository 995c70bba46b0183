/* SPDX-License-Identifier: Apache-2.0 */
#include "model/example.h"

/* Appends where there is room; *n counts what would be there without the limit. */
static void example_append(struct example *example, size_t limit, size_t *n, int32_t id)
{
    if (*n < limit)
        example->piece_ids[*n] = id;
    ++*n;
}

static void example_append_token(struct example *example, const struct wordpiece *wordpiece, size_t limit, size_t *n,
                                 const char *token, bool unk_for_none)
{
    size_t room = *n < limit ? limit - *n : 0;
    size_t pieces = wordpiece_encode(wordpiece, token, room ? example->piece_ids + *n : NULL, room);
    if (!pieces && unk_for_none)
        example_append(example, limit, n, wordpiece_unk(wordpiece));
    else
        *n += pieces;
}

static int example_begin(const struct wordpiece *wordpiece, size_t max_pieces, struct arena *arena,
                         struct example *out)
{
    *out = (struct example){0};
    out->piece_ids = arena_take(arena, max_pieces, sizeof *out->piece_ids);
    if (!out->piece_ids)
        return -1;
    out->piece_ids[0] = wordpiece_cls(wordpiece);
    return 0;
}

static void example_end(struct example *example, const struct wordpiece *wordpiece, size_t limit, size_t n)
{
    size_t kept = n < limit ? n : limit;
    example->piece_ids[kept] = wordpiece_sep(wordpiece);
    example->n_pieces = kept + 1;
}

int example_make(const struct post *post, const struct wordpiece *wordpiece, size_t max_pieces, struct arena *arena,
                 struct example *out)
{
    size_t limit = max_pieces - 1, n = 1;
    if (example_begin(wordpiece, max_pieces, arena, out))
        return -1;
    out->n_tokens = post->n_tokens;
    out->rows = arena_take(arena, post->n_tokens + 1, sizeof *out->rows);
    if (!out->rows)
        return -1;
    for (size_t t = 0; t < post->n_tokens; t++) {
        out->rows[t] = n < limit ? n : limit;
        out->cut += n >= limit;
        example_append_token(out, wordpiece, limit, &n, post->tokens[t], true);
    }
    out->rows[post->n_tokens] = n < limit ? n : limit;
    example_end(out, wordpiece, limit, n);
    return 0;
}

int example_make_marked(const struct post *post, const size_t head[2], const size_t tail[2],
                        const struct wordpiece *wordpiece, size_t max_pieces, struct arena *arena, struct example *out,
                        struct example_markers *markers_out)
{
    size_t limit = max_pieces - 1, n = 1;
    int32_t first_marker = (int32_t)wordpiece_count(wordpiece) - 4;
    /* In the order in which they stand where they meet. */
    const size_t places[4] = {head[0], head[1], tail[0], tail[1]};
    size_t opened[4] = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    if (example_begin(wordpiece, max_pieces, arena, out))
        return -1;
    out->n_tokens = post->n_tokens;
    out->rows = arena_take(arena, post->n_tokens + 1, sizeof *out->rows);
    if (!out->rows)
        return -1;
    for (size_t t = 0; t < post->n_tokens; t++) {
        out->rows[t] = n < limit ? n : limit;
        for (int32_t m = 0; m < 4; m++)
            if (places[m] == t) {
                if (n < limit)
                    opened[m] = n;
                example_append(out, limit, &n, first_marker + m);
            }
        example_append_token(out, wordpiece, limit, &n, post->tokens[t], false);
    }
    out->rows[post->n_tokens] = n < limit ? n : limit;
    example_end(out, wordpiece, limit, n);
    *markers_out = (struct example_markers){opened[0], opened[2]};
    return 0;
}
