/* Golden folders of pictures: expected.safetensors with FILE/rgb, FILE/squash224 and FILE/resize256crop224. The pictures lie
 * in the folder, or in data/photos beside the golden folders.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/golden.h"

#include "model/picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GOLDEN_SIDE = 224, GOLDEN_RESIZE = 256 };

static int golden_decode(const char *directory, const char *name, struct picture *out, struct error *err)
{
    char path[4096];
    if (!picture_decode(golden_path(path, sizeof path, directory, name), out, err))
        return 0;
    snprintf(path, sizeof path, "%s/../../data/photos/%s", directory, name);
    return err->kind == ERROR_IO ? picture_decode(path, out, err) : -1;
}

static int golden_check_picture(const char *directory, const struct safetensors_entry *expected,
                                struct golden_report *report, struct error *err)
{
    const char *slash = strchr(expected->name, '/');
    char name[256];
    struct picture picture;
    struct config config = {0};
    static uint8_t pixels[GOLDEN_SIDE * GOLDEN_SIDE * 3];
    if (!slash)
        return error_set(err, ERROR_INPUT, "%s: %s: no FILE/KIND", directory, expected->name);
    snprintf(name, sizeof name, "%.*s", (int)(slash - expected->name), expected->name);
    if (golden_decode(directory, name, &picture, err))
        return -1;
    config.image.architecture = IMAGE_RESNET;
    config.image.image_size = GOLDEN_SIDE;
    config.image.resize = GOLDEN_RESIZE;
    int result = 0;
    if (!strcmp(slash, "/rgb")) {
        golden_compare_pixels(report, expected->name, expected, picture.rgb, picture.width * picture.height * 3);
    } else if (!strcmp(slash, "/squash224") || !strcmp(slash, "/resize256crop224")) {
        config.image.preprocess = slash[1] == 's' ? PREPROCESS_SQUASH : PREPROCESS_RESIZE_CROP;
        result = picture_preprocess(&picture, NULL, &config, pixels, err);
        if (!result)
            golden_compare_pixels(report, expected->name, expected, pixels, sizeof pixels);
    } else {
        golden_fail(report, expected->name, "no such kind");
    }
    picture_free(&picture);
    return result;
}

int golden_check_pictures(const char *directory, struct golden_report *report, struct error *err)
{
    char path[4096];
    int result = 0;
    struct safetensors *file = safetensors_open(golden_path(path, sizeof path, directory, "expected.safetensors"), err);
    if (!file)
        return -1;
    for (size_t i = 0; !result && i < safetensors_count(file); i++)
        result = golden_check_picture(directory, safetensors_at(file, i), report, err);
    safetensors_close(file);
    return result;
}
