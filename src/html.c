/* SPDX-License-Identifier: Apache-2.0 */
#include "src/html.h"

#include "corpora/text.h"

#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Marks that would change the order of what stands around them. */
static bool html_is_direction(uint32_t code_point)
{
    return (code_point >= 0x202a && code_point <= 0x202e) || (code_point >= 0x2066 && code_point <= 0x2069) ||
           code_point == 0x200e || code_point == 0x200f || code_point == 0x61c;
}

static void html_code_point(FILE *out, uint32_t code_point)
{
    char bytes[4];
    if (code_point < 0x20)
        code_point += 0x2400;
    else if (code_point == 0x7f)
        code_point = 0x2421;
    else if ((code_point >= 0x80 && code_point < 0xa0) || html_is_direction(code_point) || code_point >= 0x110000)
        code_point = 0xfffd;
    size_t n = utf8_write(code_point, bytes);
    fwrite(bytes, 1, n, out);
}

/* The first n bytes of text, which are valid UTF-8. */
static void html_valid_text(FILE *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t code_point;
        i += utf8_read(text + i, &code_point);
        switch (code_point) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            html_code_point(out, code_point);
        }
    }
}

void html_text(FILE *out, const char *text)
{
    size_t n = text ? strlen(text) : 0;
    while (n) { /* names of files may be any bytes */
        size_t valid = utf8_valid_bytes(text, n);
        html_valid_text(out, text, valid);
        if (valid < n) {
            html_code_point(out, 0xfffd);
            valid++;
        }
        text += valid;
        n -= valid;
    }
}

void html_attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    html_text(out, value);
    fputc('"', out);
}

void html_data(FILE *out, const char *type, const unsigned char *bytes, size_t n)
{
    enum { STEP = 3 * 1024 };
    char text[BASE64_ENCODE_RAW_LENGTH(STEP)];
    fprintf(out, "data:%s;base64,", type);
    for (size_t at = 0; at < n; at += STEP) { /* a step is a multiple of 3, so that only the last one is padded */
        size_t part = n - at < STEP ? n - at : STEP;
        base64_encode_raw(text, part, bytes + at);
        fwrite(text, 1, BASE64_ENCODE_RAW_LENGTH(part), out);
    }
}

void html_digest(const char *text, char out[HTML_DIGEST_SIZE])
{
    struct sha256_ctx sha;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char encoded[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE)];
    sha256_init(&sha);
    sha256_update(&sha, strlen(text), (const uint8_t *)text);
    sha256_digest(&sha, sizeof digest, digest);
    base64_encode_raw(encoded, sizeof digest, digest);
    snprintf(out, HTML_DIGEST_SIZE, "'sha256-%.*s'", (int)sizeof encoded, encoded);
}
