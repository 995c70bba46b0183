/* SPDX-License-Identifier: Apache-2.0 */
#include "model/blas.h"

#include "model/kernel-elementwise.h"

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The parts of cblas.h that are used; the library is loaded by name, so its header is not needed. */
enum { CBLAS_ROW_MAJOR = 101, CBLAS_NO_TRANS = 111, CBLAS_TRANS = 112 };
typedef void blas_sgemm_function(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                                 const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);

static const char *const blas_pins[] = {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"};

static struct {
    pthread_mutex_t lock;
    blas_sgemm_function *sgemm;
    const char *kernel;
} blas = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* dlsym hands out functions as object pointers; C11 has no cast for that. */
static void blas_symbol(void *library, const char *name, void *function_out)
{
    void *symbol = dlsym(library, name);
    memcpy(function_out, &symbol, sizeof symbol);
}

static int blas_load(struct error *err)
{
    /* One thread a call: without this the library starts a pool of its own beside ours. */
    bool was_set = getenv("OPENBLAS_NUM_THREADS") != NULL;
    if (!was_set)
        setenv("OPENBLAS_NUM_THREADS", "1", 1);
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!was_set)
        unsetenv("OPENBLAS_NUM_THREADS");
    if (!library)
        return error_set(err, ERROR_IO, "libopenblas.so.0: cannot be loaded: %s (Debian: libopenblas0-pthread)",
                         dlerror());
    void (*set_threads)(int);
    char *(*core_name)(void);
    blas_symbol(library, "cblas_sgemm", &blas.sgemm);
    blas_symbol(library, "openblas_set_num_threads", &set_threads);
    blas_symbol(library, "openblas_get_corename", &core_name);
    if (!blas.sgemm || !set_threads || !core_name) {
        blas.sgemm = NULL;
        dlclose(library);
        return error_set(err, ERROR_IO, "libopenblas.so.0: not an OpenBLAS with CBLAS");
    }
    set_threads(1);
    blas.kernel = core_name();
    return 0;
}

/* Odd shapes in both layouts that the model uses, against a plain loop. */
static bool blas_self_test(void)
{
    static const size_t shapes[][3] = {{1, 1, 1}, {3, 17, 5}, {14, 32, 64}, {31, 65, 129}, {50, 48, 300}, {129, 70, 33}};
    enum { LARGEST = 300 * 130 };
    float *a = malloc(LARGEST * sizeof *a), *b = malloc(LARGEST * sizeof *b), *c = malloc(LARGEST * sizeof *c);
    bool good = a && b && c;
    uint32_t state = 1;
    for (size_t i = 0; good && i < LARGEST; i++) {
        state = state * 1664525u + 1013904223u;
        a[i] = (float)(state >> 8) / (1 << 23) - 1;
        state = state * 1664525u + 1013904223u;
        b[i] = (float)(state >> 8) / (1 << 23) - 1;
    }
    for (size_t s = 0; good && s < sizeof shapes / sizeof *shapes; s++) {
        size_t m = shapes[s][0], n = shapes[s][1], k = shapes[s][2];
        for (int transpose = 0; transpose < 2; transpose++) {
            blas_gemm(false, transpose, m, n, k, 1, a, k, b, transpose ? k : n, 0, c, n);
            for (size_t i = 0; i < m; i++)
                for (size_t j = 0; j < n; j++) {
                    double sum = 0, size = 0;
                    for (size_t l = 0; l < k; l++) {
                        double term = (double)a[i * k + l] * b[transpose ? j * k + l : l * n + j];
                        sum += term;
                        size += fabs(term);
                    }
                    good = good && fabs(c[i * n + j] - sum) <= 1e-5 * size + 1e-7;
                }
        }
    }
    free(a);
    free(b);
    free(c);
    return good;
}

/* Does the kernel that OpenBLAS picks without the pins give right products? Tried in a child: a wrong kernel may crash. */
static bool blas_unpinned_is_right(void)
{
    pid_t child = fork();
    if (child < 0)
        return false;
    if (child == 0) {
        alarm(5);
        for (size_t i = 0; i < sizeof blas_pins / sizeof *blas_pins; i++)
            unsetenv(blas_pins[i]);
        _exit(blas_load(NULL) == 0 && blas_self_test() ? 0 : 1);
    }
    int status;
    while (waitpid(child, &status, 0) < 0)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int blas_open(struct error *err)
{
    int result = 0;
    pthread_mutex_lock(&blas.lock);
    if (!blas.sgemm) {
        bool pinned = false;
        for (size_t i = 0; i < sizeof blas_pins / sizeof *blas_pins; i++)
            pinned = pinned || getenv(blas_pins[i]);
        if (pinned && blas_unpinned_is_right())
            for (size_t i = 0; i < sizeof blas_pins / sizeof *blas_pins; i++)
                unsetenv(blas_pins[i]);
        result = blas_load(err);
        if (!result && !blas_self_test()) {
            blas.sgemm = NULL;
            result = error_set(err, ERROR_IO, "libopenblas.so.0: its %s kernel multiplies wrongly on this processor "
                               "(set OPENBLAS_CORETYPE to another one)", blas.kernel);
        }
    }
    pthread_mutex_unlock(&blas.lock);
    return result;
}

const char *blas_kernel(void)
{
    return blas.kernel;
}

void blas_gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda,
               const float *b, size_t ldb, float beta, float *c, size_t ldc)
{
    if (m && n)
        blas.sgemm(CBLAS_ROW_MAJOR, transpose_a ? CBLAS_TRANS : CBLAS_NO_TRANS,
                   transpose_b ? CBLAS_TRANS : CBLAS_NO_TRANS, (int)m, (int)n, (int)k, alpha, a, (int)lda, b, (int)ldb,
                   beta, c, (int)ldc);
}

/* Rows row0 .. row1 and outputs col0 .. col1 of a layer. */
static void blas_linear_part(const struct blas_linear *job, size_t row0, size_t row1, size_t col0, size_t col1)
{
    size_t width = col1 - col0;
    float *y = job->y + row0 * job->ldy + col0;
    for (size_t r = 0; r < row1 - row0; r++) {
        float *row = y + r * job->ldy;
        const float *residual = job->residual ? job->residual + (row0 + r) * job->ldy + col0 : NULL;
        if (residual && job->bias)
            kernel_add(residual, job->bias + col0, width, row);
        else if (residual && residual != row)
            memcpy(row, residual, width * sizeof *row);
        else if (!residual && job->bias)
            memcpy(row, job->bias + col0, width * sizeof *row);
    }
    blas_gemm(false, true, row1 - row0, width, job->inputs, 1, job->x + row0 * job->ldx, job->ldx,
              job->weight + col0 * job->inputs, job->inputs, job->residual || job->bias ? 1 : 0, y, job->ldy);
    if (job->activation != BLAS_IDENTITY)
        for (size_t r = 0; r < row1 - row0; r++) {
            if (job->activation == BLAS_RELU)
                kernel_relu(y + r * job->ldy, width);
            else
                kernel_gelu(y + r * job->ldy, width);
        }
}

void blas_linear_here(const struct blas_linear *job)
{
    blas_linear_part(job, 0, job->rows, 0, job->outputs);
}

/* How a layer is cut into tasks: OpenBLAS packs the weights anew for each task, so a cut through the outputs is the cheap
 * one where they are more than the rows, a cut through the rows where it is the other way round. */
struct blas_cut {
    size_t parts, step; /* step rows or outputs a part */
    bool by_row;
};

enum { BLAS_MAX_JOBS = 8, BLAS_MULTIPLE = 32 };

struct blas_run {
    const struct blas_linear *jobs;
    struct blas_cut cuts[BLAS_MAX_JOBS];
    size_t n;
};

static struct blas_cut blas_cut_for(const struct blas_linear *job, size_t parts)
{
    struct blas_cut cut = {1, 0, job->rows > 4 * job->outputs};
    size_t whole = cut.by_row ? job->rows : job->outputs;
    cut.step = (whole + parts - 1) / parts;
    cut.step = (cut.step + BLAS_MULTIPLE - 1) / BLAS_MULTIPLE * BLAS_MULTIPLE;
    cut.parts = (whole + cut.step - 1) / cut.step;
    return cut;
}

static void blas_linear_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct blas_run *run = context;
    size_t j = 0;
    while (index >= run->cuts[j].parts)
        index -= run->cuts[j++].parts;
    const struct blas_linear *job = &run->jobs[j];
    size_t from = index * run->cuts[j].step, to = from + run->cuts[j].step;
    if (run->cuts[j].by_row)
        blas_linear_part(job, from, to < job->rows ? to : job->rows, 0, job->outputs);
    else
        blas_linear_part(job, 0, job->rows, from, to < job->outputs ? to : job->outputs);
}

void blas_linear_run(struct threads *threads, const struct blas_linear *jobs, size_t n)
{
    for (size_t first = 0; first < n; first += BLAS_MAX_JOBS) {
        struct blas_run run = {jobs + first, {{0}}, n - first < BLAS_MAX_JOBS ? n - first : BLAS_MAX_JOBS};
        size_t count = threads_count(threads), tasks = 0;
        for (size_t j = 0; j < run.n; j++) {
            run.cuts[j] = blas_cut_for(&run.jobs[j], count);
            if (!run.jobs[j].rows)
                run.cuts[j].parts = 0;
            tasks += run.cuts[j].parts;
        }
        threads_run(threads, tasks, blas_linear_task, &run);
    }
}
