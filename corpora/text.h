/* Text: UTF-8 checks, copies, lists of strings, and a text that grows while it is written.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_TEXT_H
#define MMIB_CORPORA_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first byte of text[0..n) that is not valid UTF-8 (overlong forms, surrogates and values over U+10FFFF are not);
 * n when all of it is. */
size_t utf8_valid_bytes(const char *text, size_t n);

/* Reads the code point at text (valid UTF-8, not at its end) and returns its length in bytes. */
size_t utf8_read(const char *text, uint32_t *code_point_out);

/* Writes a code point as 1 to 4 bytes, without a final NUL; returns their number. */
size_t utf8_write(uint32_t code_point, char out[4]);

size_t utf8_code_points(const char *text); /* of valid UTF-8 */

/* The longest head of text that has at most limit_bytes and ends with a whole code point, for "%.*s" in messages. */
int utf8_head(const char *text, size_t limit_bytes);

/* Shows control characters (C0, DEL, and C1 as UTF-8 has them) as '?', but for those in kept: for text out of files on
 * its way to a terminal. */
void text_tame(char *text, const char *kept);

/* Copies a string; NULL stays NULL. 0, or -1 when memory is out. */
int text_copy(const char *from, char **out);

bool text_equal(const char *a, const char *b); /* NULL equals NULL only */

/* Lists of n owned strings; an empty list is NULL. */
void text_list_free(char **list, size_t n);
int text_list_copy(char *const *from, size_t n, char ***out);
int text_list_add(char ***list, size_t *n, const char *text); /* adds a copy */

/* Arrays that double as they grow. The capacity is not kept: it is n rounded up to a power of two, at least, so both
 * functions go together, and an array from anywhere else must not be grown here.
 * array_new: zeroed room for n items, NULL when memory is out. array_grow: room for one item more than n; returns the
 * array, which may have moved, or NULL (and leaves it) when memory is out. */
void *array_new(size_t n, size_t item_bytes);
void *array_grow(void *array, size_t n, size_t item_bytes);

/* A text that grows. When memory runs out it sets failed, and later calls do nothing: check once, at the end. */
struct text {
    char *bytes; /* always NUL-terminated once something was added */
    size_t n, capacity;
    bool failed;
};

void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t n);
void text_add_char(struct text *text, char c);
void text_add_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_clear(struct text *text); /* empties it and keeps the memory */
void text_free(struct text *text);

/* Hands over the bytes (never NULL: an empty string when nothing was added) and leaves text empty; NULL when memory ran
 * out. */
char *text_take(struct text *text);

#endif
