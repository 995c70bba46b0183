/* Pieces of HTML on a stream. What comes from posts is never markup: everything goes through html_text.
 *
 * Whether the stream took it all, ferror tells.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_HTML_H
#define MMIB_SRC_HTML_H

#include <stddef.h>
#include <stdio.h>

/* Text between tags, or inside of a quoted attribute: & < > " ' as entities, control characters, invisible marks of
 * direction and bytes that are no UTF-8 as symbols. NULL is empty. */
void html_text(FILE *out, const char *text);

void html_attribute(FILE *out, const char *name, const char *value); /* " name=\"value\"" */

/* "data:TYPE;base64,...". */
void html_data(FILE *out, const char *type, const unsigned char *bytes, size_t n);

/* "'sha256-...'" of the text, as a content security policy names it. */
enum { HTML_DIGEST_SIZE = 64 };
void html_digest(const char *text, char out[HTML_DIGEST_SIZE]);

#endif
