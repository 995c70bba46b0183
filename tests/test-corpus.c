/* The door to all formats: names, pictures, renamed types, and writing that is whole or not at all.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "corpora/files.h"
#include "tests/corpus-try.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_names_tell_formats(void **state)
{
    (void)state;
    assert_int_equal(corpus_format_from_path("a.b/c.json"), FORMAT_JSON);
    assert_int_equal(corpus_format_from_path("c.mmib.conll"), FORMAT_CONLL);
    assert_int_equal(corpus_format_from_path("c.jsonl"), FORMAT_JSONL);
    assert_int_equal(corpus_format_from_path("c.mnre"), FORMAT_MNRE);
    assert_int_equal(corpus_format_from_path("a.json/c"), FORMAT_UNKNOWN);
    assert_int_equal(corpus_format_from_path("c.txt"), FORMAT_UNKNOWN);
    assert_int_equal(corpus_format_from_path(".json"), FORMAT_UNKNOWN);
    assert_int_equal(corpus_format_from_path("-"), FORMAT_UNKNOWN);
    assert_int_equal(corpus_format_from_name("unknown"), FORMAT_UNKNOWN);
}

static void test_missing_files_are_not_input(void **state)
{
    struct corpus *corpus;
    struct error err = {0};
    (void)state;
    assert_int_equal(corpus_read("/nonexistent/a.json", NULL, &corpus, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_string_equal(err.message, "/nonexistent/a.json: No such file or directory");
    assert_int_equal(corpus_read("/", &(struct corpus_options){.from = FORMAT_JSON}, &corpus, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
}

#define TWEETS                                                                                                         \
    "IMGID:1\na\tB-OTHER\nb\tI-OTHER\nc\tI-PER\n\nIMGID:2\nd\tB-MISC\ne\tI-OTHER\n\n"

static void test_types_are_renamed_on_reading(void **state)
{
    static const char *const maps[] = {"OTHER=MISC", "PER=PERSON"};
    struct corpus *corpus;
    struct error err;
    (void)state;
    struct corpus_options options = {.maps = maps, .n_maps = 2};
    assert_int_equal(corpus_read(try_file("a.conll", TWEETS), &options, &corpus, &err), 0);
    assert_int_equal(corpus->schema.n_entities, 4); /* PERSON, LOC, ORG, MISC */
    assert_string_equal(corpus->schema.entities[0], "PERSON");
    assert_string_equal(corpus->schema.entities[3], "MISC");
    char *text = try_write(corpus, FORMAT_CONLL, NULL);
    /* e started an entity of its own, and still does: as an orphan it would now continue d */
    assert_string_equal(text, "IMGID:1\na\tB-MISC\nb\tI-MISC\nc\tI-PERSON\n\nIMGID:2\nd\tB-MISC\ne\tB-MISC\n\n");
    free(text);
    corpus_free(corpus);

    char *everything = try_data("everything.json");
    assert_int_equal(corpus_read(try_file("a.json", everything), &options, &corpus, &err), 0);
    assert_string_equal(corpus->schema.relations[1].head[0], "PERSON");
    assert_string_equal(corpus->posts[0].entities[0].type, "PERSON");
    assert_string_equal(corpus->posts[0].rejected_entities[0].type, "PERSON");
    corpus_free(corpus);
    free(everything);

    static const char *const bad[] = {"OTHER"};
    options = (struct corpus_options){.maps = bad, .n_maps = 1};
    assert_int_equal(corpus_read(try_file("a.conll", TWEETS), &options, &corpus, &err), -1);
    assert_int_equal(err.kind, ERROR_USAGE);
}

static void assert_image(const char *folder, const char *image, const char *wanted, bool wanted_missing)
{
    struct post post = {.id = "p", .image = (char *)image};
    struct error err = {0};
    char *path;
    bool missing;
    if (corpus_image_path(folder, &post, &path, &missing, &err))
        fail_msg("%s", err.message);
    assert_int_equal(missing, wanted_missing);
    if (wanted) {
        assert_non_null(path);
        assert_string_equal(path + strlen(folder), wanted);
    } else {
        assert_null(path);
    }
    free(path);
}

static void test_pictures_are_found(void **state)
{
    (void)state;
    struct corpus *corpus = try_read("a.conll", TWEETS);
    char *folder = file_folder(corpus->path), *images = corpus_image_folder(corpus);
    assert_memory_equal(images, folder, strlen(folder));
    try_file("16_05_01_4.jpeg", "x");
    try_file("5.png", "x");
    try_file("6.jpg", "x");
    try_file("6.png", "x");
    try_file("bare", "x");
    assert_image(folder, "16_05_01_4", "/16_05_01_4.jpeg", false);
    assert_image(folder, "5", "/5.png", false);
    assert_image(folder, "6", "/6.jpg", false);
    assert_image(folder, "5.png", "/5.png", false);
    assert_image(folder, "bare", "/bare", false);
    assert_image(folder, "5.jpg", NULL, true);
    assert_image(folder, "7", NULL, true);
    assert_image(folder, ".", NULL, true); /* a folder is no picture */
    assert_image(folder, NULL, NULL, false);
    assert_image(folder, "", NULL, false);
    assert_image(folder, "a..b", NULL, true);
    free(images);
    free(folder);
    corpus_free(corpus);
}

/* A folder that may not be entered does not make its pictures missing. Root enters everywhere, so somebody else looks. */
static void test_locked_folders_are_told(void **state)
{
    (void)state;
    char *folder = file_folder(try_file("x", ""));
    char locked[400];
    int status;
    snprintf(locked, sizeof locked, "%s/locked", folder);
    assert_int_equal(mkdir(locked, 0), 0);
    pid_t child = fork();
    if (child == 0) {
        struct post post = {.id = "p", .image = "a.jpg"};
        struct error err = {0};
        char *path;
        bool missing, told = (geteuid() || !setuid(65534)) && corpus_image_path(locked, &post, &path, &missing, &err) &&
                             err.kind == ERROR_INPUT && strstr(err.message, "locked/a.jpg: Permission denied") && !path;
        _exit(!told);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(rmdir(locked), 0);
    free(folder);
}

static void test_pictures_stay_in_their_folder(void **state)
{
    static const char *const names[] = {"/etc/passwd", "..", "../x.jpg", "a/../../x.jpg", "a/..", "a//../x",
        "\x1b[2J/../x"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct post post = {.id = "p", .image = (char *)names[i]};
        struct error err = {0};
        char *path;
        assert_int_equal(corpus_image_path("folder", &post, &path, NULL, &err), -1);
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_null(path);
        assert_non_null(strstr(err.message, "folder: post p: the picture's name "));
        assert_null(strchr(err.message, '\x1b'));
    }
}

static void test_folders_are_relative(void **state)
{
    (void)state;
    char *base = file_folder(try_file("x", ""));
    char a[400], ab[400], c[400];
    snprintf(a, sizeof a, "%s/ab", base);
    snprintf(ab, sizeof ab, "%s/ab/b", base);
    snprintf(c, sizeof c, "%s/a", base);
    assert_int_equal(mkdir(a, 0700) | mkdir(ab, 0700) | mkdir(c, 0700), 0);
    const struct {
        const char *base, *target, *relative;
    } cases[] = {{base, base, "."}, {base, ab, "ab/b"}, {ab, base, "../.."}, {ab, c, "../../a"}, {c, ab, "../ab/b"},
        {a, ab, "b"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *relative = file_relative(cases[i].base, cases[i].target);
        assert_string_equal(relative, cases[i].relative);
        free(relative);
    }
    char *relative = file_relative("/", "/");
    assert_string_equal(relative, ".");
    free(relative);
    relative = file_relative(base, "/nonexistent/x");
    assert_string_equal(relative, "/nonexistent/x");
    free(relative);
    free(base);
}

/* A corpus that moves still names its pictures. */
static void test_pictures_are_named_from_the_new_place(void **state)
{
    (void)state;
    struct corpus *corpus = try_read("a.json", "{\"format\": \"mmib-corpus\", \"images\": \"pics\", \"posts\": []}"),
        *moved;
    struct error err;
    char *folder = file_folder(corpus->path);
    char path[400];
    snprintf(path, sizeof path, "%s/pics", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/sub", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/sub/b.json", folder);
    assert_int_equal(corpus_write(corpus, path, FORMAT_JSON, NULL, &err), 0);
    assert_int_equal(corpus_read(path, NULL, &moved, &err), 0);
    assert_string_equal(moved->images, "../pics");
    corpus_free(moved);
    snprintf(path, sizeof path, "%s/b.json", folder);
    assert_int_equal(corpus_write(corpus, path, FORMAT_JSON, NULL, &err), 0);
    assert_int_equal(corpus_read(path, NULL, &moved, &err), 0);
    assert_string_equal(moved->images, "pics");
    corpus_free(moved);

    /* --images is relative to where the program runs. */
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(corpus_read(path, &(struct corpus_options){.images = "sub"}, &moved, &err), 0);
    char *images = corpus_image_folder(moved), *real = realpath("sub", NULL);
    assert_string_equal(images, real);
    assert_int_equal(corpus_write(moved, path, FORMAT_JSON, NULL, &err), 0);
    corpus_free(moved);
    assert_int_equal(corpus_read(path, NULL, &moved, &err), 0);
    assert_string_equal(moved->images, "sub");
    corpus_free(moved);
    assert_int_equal(chdir("/"), 0);
    free(real);
    free(images);
    free(folder);
    corpus_free(corpus);
}

static size_t count_files(const char *folder)
{
    size_t n = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    while (readdir(directory))
        n++;
    closedir(directory);
    return n;
}

static void test_files_are_replaced_whole(void **state)
{
    struct error err = {0};
    struct stat status;
    char link_path[400];
    (void)state;
    struct corpus *corpus = try_read("a.conll", TWEETS);
    char *target = strdup(try_file("kept.conll", "before"));
    char *folder = file_folder(target);
    snprintf(link_path, sizeof link_path, "%s/link.conll", folder);
    assert_int_equal(symlink("kept.conll", link_path), 0);
    assert_int_equal(chmod(target, 0640), 0);
    size_t files = count_files(folder);

    assert_int_equal(corpus_write(corpus, link_path, FORMAT_CONLL, NULL, &err), 0);
    char *content = try_content(target);
    assert_string_equal(content, TWEETS); /* the link still leads there */
    free(content);
    assert_int_equal(lstat(link_path, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(stat(target, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0640);

    /* A file that is given up leaves what was there, and nothing beside it. */
    struct file_writer writer;
    assert_int_equal(file_writer_open(target, &writer, &err), 0);
    fputs("half", writer.stream);
    file_writer_abandon(&writer);
    content = try_content(target);
    assert_string_equal(content, TWEETS);
    free(content);
    assert_int_equal(corpus_write(corpus, "/nonexistent/x.conll", FORMAT_CONLL, NULL, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_int_equal(corpus_write(corpus, folder, FORMAT_CONLL, NULL, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_int_equal(count_files(folder), files);

    assert_int_equal(corpus_write(corpus, "/dev/null", FORMAT_CONLL, NULL, &err), 0); /* is written to, not replaced */
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
    if (!access("/dev/full", W_OK)) {
        assert_int_equal(corpus_write(corpus, "/dev/full", FORMAT_CONLL, NULL, &err), -1);
        assert_int_equal(err.kind, ERROR_IO);
        assert_string_equal(err.message, "/dev/full: No space left on device");
    }
    free(folder);
    free(target);
    corpus_free(corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_tell_formats),
        cmocka_unit_test(test_missing_files_are_not_input),
        cmocka_unit_test(test_types_are_renamed_on_reading),
        cmocka_unit_test(test_pictures_are_found),
        cmocka_unit_test(test_locked_folders_are_told),
        cmocka_unit_test(test_pictures_stay_in_their_folder),
        cmocka_unit_test(test_folders_are_relative),
        cmocka_unit_test(test_pictures_are_named_from_the_new_place),
        cmocka_unit_test(test_files_are_replaced_whole),
    };
    return cmocka_run_group_tests_name("corpus", tests, NULL, NULL);
}
