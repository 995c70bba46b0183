/* JSON as files of people need it: strict, with line numbers, and every member's own text.
 *
 * cJSON's tree keeps numbers as doubles and forgets where a value stood. So a document is checked once and then walked
 * in place: a value is a slice of the text, and what is not ours is written back digit by digit. cJSON decodes the
 * strings.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_JSON_H
#define MMIB_CORPORA_JSON_H

#include "corpora/error.h"
#include "corpora/text.h"

#include <stdbool.h>
#include <stddef.h>

enum { JSON_DEPTH_MAX = 64 }; /* arrays and objects inside each other */

struct json_document {
    const char *text; /* need not be NUL-terminated */
    size_t n;
    const char *path;  /* names the place in messages */
    size_t first_line; /* the line of the file on which text starts, from 1 */
};

/* A value, a member's name, or (text NULL) nothing. Borrowed from the document, without blanks around it. */
struct json_value {
    const char *text;
    size_t n;
};

enum json_kind { JSON_ABSENT, JSON_NULL, JSON_BOOLEAN, JSON_NUMBER, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };

/* Is text exactly one JSON value of valid UTF-8, nested at most JSON_DEPTH_MAX deep, with strings that are text (no
 * NUL, no half of a surrogate pair)? Then *out is that value, and the functions below may walk it. Else -1 and a
 * message with file, line and reason. */
int json_document_check(const struct json_document *document, struct json_value *out, struct error *err);

/* Puts "path:line: " before the message, for something wrong at a place in the document. Returns -1. */
int json_error(const struct json_document *document, const char *at, struct error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The value that a text of our own is, such as a corpus's source; absent when text is NULL or no JSON. */
struct json_value json_value_of(const char *text);

enum json_kind json_kind(struct json_value value);
bool json_is_given(struct json_value value); /* neither absent nor null */

/* Walks an array or object; false after the last. Begin with json_walk. */
struct json_walk {
    const char *at, *end;
};
struct json_walk json_walk(struct json_value array_or_object);
bool json_next_item(struct json_walk *walk, struct json_value *item);
bool json_next_member(struct json_walk *walk, struct json_value *name, struct json_value *value);

bool json_text_is(struct json_value text, const char *string);

/* The member of that name; absent when there is none or value is no object. */
struct json_value json_member(struct json_value value, const char *name);

/* Sorts the members of an object: values_out[i] is that of names[i] (a list that ends with NULL; absent ones have text
 * NULL), and *extra_out the text of an object of all the others, as they stand, for the caller to free; NULL when there
 * are none. Fails on what is no object, and on a name of the list that stands twice; what is the object's name in
 * messages. */
int json_collect(const struct json_document *document, struct json_value object, const char *what,
                 const char *const *names, struct json_value *values_out, char **extra_out, struct error *err);

size_t json_count_items(struct json_value array);

/* The string, decoded, for the caller to free; NULL when memory is out. */
char *json_text(struct json_value text);
double json_number(struct json_value number); /* infinite when it is too large */
bool json_true(struct json_value value);

/* A whole number from 0 to 2^53; false for any other value. */
bool json_whole(struct json_value value, size_t *out);

/* Writers append to a text. Control characters, DEL and C1 are escaped; a number is the shortest that reads back the
 * same (finite ones only). json_put_value copies a value's own text onto one line. */
void json_put_text(struct text *out, const char *string);
void json_put_number(struct text *out, double number);
void json_put_whole(struct text *out, size_t number);
void json_put_value(struct text *out, struct json_value value);

/* Into the text of an object that is being written, with ", " before it unless it stands behind "{": a member's name
 * (the value is to follow), and the members of another object's text (NULL = none). */
void json_put_name(struct text *out, const char *name);
void json_put_list(struct text *out, const char *name, char *const *texts, size_t n); /* a member that lists strings */
void json_put_extra(struct text *out, const char *extra);

#endif
