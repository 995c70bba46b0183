/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/picture-head.h"

#include "corpora/corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t big_endian(const unsigned char *bytes, int n)
{
    size_t value = 0;
    while (n--)
        value = value << 8 | *bytes++;
    return value;
}

static bool png_size(FILE *file, size_t size[2])
{
    static const unsigned char start[] = {137, 80, 78, 71, 13, 10, 26, 10};
    unsigned char head[24];
    if (fread(head, 1, sizeof head, file) != sizeof head || memcmp(head, start, sizeof start) ||
        memcmp(head + 12, "IHDR", 4))
        return false;
    size[0] = big_endian(head + 16, 4);
    size[1] = big_endian(head + 20, 4);
    return size[0] && size[1];
}

/* Walks the segments up to the frame header. */
static bool jpeg_size(FILE *file, size_t size[2])
{
    unsigned char bytes[7];
    if (fread(bytes, 1, 2, file) != 2 || bytes[0] != 0xff || bytes[1] != 0xd8)
        return false;
    for (;;) {
        int marker = fgetc(file);
        if (marker != 0xff)
            return false;
        while (marker == 0xff)
            marker = fgetc(file);
        if (marker == EOF || marker == 0xd9 || marker == 0xda)
            return false;
        if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7)) /* these have no length */
            continue;
        if (fread(bytes, 1, 2, file) != 2)
            return false;
        size_t length = big_endian(bytes, 2);
        bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (length < 2 || (frame && (length < 7 || fread(bytes, 1, 5, file) != 5)))
            return false;
        if (frame) {
            size[0] = big_endian(bytes + 3, 2);
            size[1] = big_endian(bytes + 1, 2);
            return size[0] && size[1];
        }
        if (fseek(file, (long)length - 2, SEEK_CUR))
            return false;
    }
}

static bool file_size(const char *path, size_t size_out[2])
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    bool found = png_size(file, size_out);
    if (!found) {
        rewind(file);
        found = jpeg_size(file, size_out);
    }
    fclose(file);
    return found;
}

bool picture_head_size_of_post(const char *folder, const struct post *post, size_t size_out[2])
{
    char *path;
    if (!folder || corpus_image_path(folder, post, &path, NULL, NULL) || !path)
        return false;
    bool found = file_size(path, size_out);
    free(path);
    return found;
}
