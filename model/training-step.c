/* SPDX-License-Identifier: Apache-2.0 */
#include "model/training-step.h"

#include "model/kernel-elementwise.h"
#include "model/linear-backward.h"
#include "model/mmib-parts.h"
#include "model/training-head.h"

#include <math.h>
#include <string.h>

/* All that a step passes along. */
struct step {
    struct mmib *model;
    struct training_pass pass;
    const struct training_options *options;
    const struct mmib_item *inputs; /* [n] */
    size_t n;
    struct mmib_states s;
    struct bert_tape bert;
    struct apenc_tape text_mean, text_logvar, image_mean, image_logvar, image_from_text, text_from_image;
    float *noise_text, *noise_image;   /* [rows, d] */
    float *dtext_z, *dimage_z;         /* [rows, d] gradients, summed up */
    float *dtext_hidden, *dimage_hidden;
};

enum { STEP_NOISE_VALUES = 1 << 12 };

struct step_noise {
    struct kernel_key key;
    float *out;
    size_t n;
};

static void step_noise_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct step_noise *noise = context;
    size_t from = index * STEP_NOISE_VALUES, left = noise->n - from;
    kernel_normal(noise->key, (uint32_t)from, left < STEP_NOISE_VALUES ? left : STEP_NOISE_VALUES, noise->out + from);
}

/* eps [rows, d]: a copy of what the caller gave, or drawn. */
static float *step_noise(struct step *step, const float *given, size_t n)
{
    struct step_noise noise = {training_pass_key(&step->pass), arena_take(step->pass.arena, n, sizeof(float)), n};
    if (!noise.out)
        return NULL;
    if (given)
        memcpy(noise.out, given, n * sizeof *noise.out);
    else
        threads_run(step->pass.threads, (n + STEP_NOISE_VALUES - 1) / STEP_NOISE_VALUES, step_noise_task, &noise);
    return noise.out;
}

/* z = mean + exp(logvar / 2) eps */
static float *step_sample(struct step *step, const float *mean, const float *logvar, const float *noise, size_t n)
{
    float *z = arena_take(step->pass.arena, n, sizeof *z);
    for (size_t i = 0; z && i < n; i++)
        z[i] = mean[i] + expf(logvar[i] / 2) * noise[i];
    return z;
}

static int step_forward(struct step *step)
{
    struct mmib *model = step->model;
    struct training_pass *pass = &step->pass;
    struct mmib_states *s = &step->s;
    size_t n = step->n, d = model->bert.d;
    int32_t *ids;
    if (mmib_lay_out(model, step->inputs, n, &ids, s))
        return -1;
    const size_t *text = s->text_offsets, *image = s->image_offsets;
    float *x, *v;
    if (!(x = s->text_hidden = bert_forward(&model->bert, ids, text, n, pass, &step->bert)) ||
        !(v = s->image_hidden = mmib_project_images(model, step->inputs, n, image[n])) ||
        !(s->text_mean = apenc_forward(&model->text_mean, x, text, x, text, n, pass, &step->text_mean)) ||
        !(s->text_logvar = apenc_forward(&model->text_logvar, x, text, x, text, n, pass, &step->text_logvar)) ||
        !(s->image_mean = apenc_forward(&model->image_mean, v, image, v, image, n, pass, &step->image_mean)) ||
        !(s->image_logvar = apenc_forward(&model->image_logvar, v, image, v, image, n, pass, &step->image_logvar)) ||
        !(step->noise_text = step_noise(step, step->options->noise_text, text[n] * d)) ||
        !(step->noise_image = step_noise(step, step->options->noise_image, image[n] * d)) ||
        !(s->text_z = step_sample(step, s->text_mean, s->text_logvar, step->noise_text, text[n] * d)) ||
        !(s->image_z = step_sample(step, s->image_mean, s->image_logvar, step->noise_image, image[n] * d)) ||
        !(s->fused_image = apenc_forward(&model->image_from_text, s->image_z, image, s->text_z, text, n, pass,
                                         &step->image_from_text)) ||
        !(s->fused_text = apenc_forward(&model->text_from_image, s->text_z, text, s->fused_image, image, n, pass,
                                        &step->text_from_image)))
        return -1;
    return 0;
}

/* Adds the alignment loss and its gradients. */
static int step_alignment(struct step *step, const struct training_item *items, double *loss)
{
    size_t *posts = arena_take(step->pass.arena, step->n, sizeof *posts), n = 0;
    if (!posts)
        return -1;
    for (size_t i = 0; i < step->n; i++)
        if (items[i].input.features && !items[i].unrelated)
            posts[n++] = i;
    const struct mmib_states *s = &step->s;
    return n ? discriminator_alignment(&step->model->discriminator, s->text_z, s->text_offsets, s->image_z,
                                       s->image_offsets, posts, n, step->options->share, &step->pass, loss,
                                       step->dtext_z, step->dimage_z)
             : 0;
}

/* One modality's rows from z back to mean and log variance: the sampling, and KL(N(mean, exp(logvar)) || N(0, 1)) as the
 * mean over a post's rows and dimensions, averaged over the posts (eq. 25). weight is what that mean's gradient counts. */
static double step_variational(const struct step *step, const size_t *offsets, const float *mean, const float *logvar,
                               const float *noise, const float *dz, double weight, float *dmean, float *dlogvar)
{
    size_t d = step->model->bert.d;
    double total = 0;
    for (size_t i = 0; i < step->n; i++) {
        size_t from = offsets[i] * d, to = offsets[i + 1] * d;
        float each = (float)(weight / (double)step->n / (double)(to - from));
        double kl = 0;
        for (size_t j = from; j < to; j++) {
            float deviation = expf(logvar[j] / 2), variance = deviation * deviation;
            kl += 0.5 * ((double)mean[j] * mean[j] + variance - 1 - logvar[j]);
            dmean[j] = dz[j] + each * mean[j];
            dlogvar[j] = dz[j] * noise[j] * 0.5f * deviation + each * 0.5f * (variance - 1);
        }
        total += kl / (double)(to - from);
    }
    return total / (double)step->n;
}

/* The projection's weights get their gradients from the rows of posts with a picture, its bias from all rows. */
static void step_project_backward(const struct step *step)
{
    const struct mmib *model = step->model;
    size_t d = model->bert.d, channels = model->config->image.channels;
    float *dbias = parameters_gradient(step->pass.parameters, model->image_projection_bias);
    for (size_t i = 0; i < step->n; i++) {
        const float *dy = step->dimage_hidden + step->s.image_offsets[i] * d;
        if (step->inputs[i].features)
            linear_backward(&step->pass, &(struct linear_backward){
                step->inputs[i].features, channels, step->inputs[i].n_images, channels, model->image_projection,
                model->image_projection_bias, d, dy, d, NULL, 0, false});
        else
            for (size_t r = 0; r < step->inputs[i].n_images; r++)
                kernel_add(dbias, dy + r * d, d, dbias);
    }
}

/* dfused: the gradient of C. */
static int step_backward(struct step *step, float *dfused, struct training_losses *losses)
{
    const struct mmib *model = step->model;
    const struct training_options *o = step->options;
    const struct training_pass *pass = &step->pass;
    const struct mmib_states *s = &step->s;
    size_t d = model->bert.d, text_n = s->text_offsets[step->n] * d, image_n = s->image_offsets[step->n] * d;
    float *dfused_image = arena_take_zero(pass->arena, image_n, sizeof *dfused_image);
    float *dmean_text = arena_take(pass->arena, text_n, sizeof *dmean_text);
    float *dlogvar_text = arena_take(pass->arena, text_n, sizeof *dlogvar_text);
    float *dmean_image = arena_take(pass->arena, image_n, sizeof *dmean_image);
    float *dlogvar_image = arena_take(pass->arena, image_n, sizeof *dlogvar_image);
    if (!dfused_image || !dmean_text || !dlogvar_text || !dmean_image || !dlogvar_image ||
        apenc_backward(&model->text_from_image, &step->text_from_image, pass, dfused, step->dtext_z, dfused_image) ||
        apenc_backward(&model->image_from_text, &step->image_from_text, pass, dfused_image, step->dimage_z,
                       step->dtext_z))
        return -1;
    double text_weight = o->refinement ? o->beta_text * o->share : 0;
    double image_weight = o->refinement ? o->beta_image * o->share : 0;
    losses->text_kl = step_variational(step, s->text_offsets, s->text_mean, s->text_logvar, step->noise_text,
                                       step->dtext_z, text_weight, dmean_text, dlogvar_text);
    losses->image_kl = step_variational(step, s->image_offsets, s->image_mean, s->image_logvar, step->noise_image,
                                        step->dimage_z, image_weight, dmean_image, dlogvar_image);
    if (apenc_backward(&model->text_mean, &step->text_mean, pass, dmean_text, step->dtext_hidden, step->dtext_hidden) ||
        apenc_backward(&model->text_logvar, &step->text_logvar, pass, dlogvar_text, step->dtext_hidden,
                       step->dtext_hidden) ||
        apenc_backward(&model->image_mean, &step->image_mean, pass, dmean_image, step->dimage_hidden,
                       step->dimage_hidden) ||
        apenc_backward(&model->image_logvar, &step->image_logvar, pass, dlogvar_image, step->dimage_hidden,
                       step->dimage_hidden))
        return -1;
    step_project_backward(step);
    return bert_backward(&model->bert, &step->bert, pass, step->dtext_hidden);
}

static int step_run(struct step *step, enum training_task task, const struct training_item *items, size_t n,
                    struct training_losses *losses)
{
    struct arena *arena = step->pass.arena;
    const struct training_options *o = step->options;
    struct mmib_item *inputs = arena_take(arena, n, sizeof *inputs);
    if (!inputs)
        return -1;
    for (size_t i = 0; i < n; i++)
        inputs[i] = items[i].input;
    step->inputs = inputs;
    if (step_forward(step))
        return -1;
    size_t d = step->model->bert.d, text_n = step->s.text_offsets[n] * d, image_n = step->s.image_offsets[n] * d;
    float *dfused = arena_take_zero(arena, text_n, sizeof *dfused);
    step->dtext_z = arena_take_zero(arena, text_n, sizeof(float));
    step->dimage_z = arena_take_zero(arena, image_n, sizeof(float));
    step->dtext_hidden = arena_take_zero(arena, text_n, sizeof(float));
    step->dimage_hidden = arena_take_zero(arena, image_n, sizeof(float));
    if (!dfused || !step->dtext_z || !step->dimage_z || !step->dtext_hidden || !step->dimage_hidden)
        return -1;
    int failed = task == TRAINING_NER ? training_head_ner(step->model, &step->pass, items, n, &step->s, o->share, dfused,
                                                          &losses->task)
                                      : training_head_re(step->model, &step->pass, items, n, &step->s, o->share, dfused,
                                                         &losses->task);
    if (failed || (o->alignment && step_alignment(step, items, &losses->alignment)) || step_backward(step, dfused, losses))
        return -1;
    losses->total = losses->task + losses->alignment;
    if (o->refinement)
        losses->total += o->beta_text * losses->text_kl + o->beta_image * losses->image_kl;
    return 0;
}

int training_step(struct mmib *model, enum training_task task, const struct training_item *items, size_t n,
                  const struct training_options *options, struct training_losses *out, struct error *err)
{
    struct step step = {.model = model,
                        .pass = {.threads = model->threads,
                                 .arena = &model->arena,
                                 .parameters = model->parameters,
                                 .dropout = options->dropout,
                                 .seed = options->seed,
                                 .step = options->step},
                        .options = options,
                        .n = n};
    *out = (struct training_losses){0};
    arena_reset(&model->arena);
    if (step_run(&step, task, items, n, out))
        return error_memory(err, "training step");
    const struct {
        const char *name;
        double value;
    } losses[] = {{"task", out->task}, {"alignment", out->alignment}, {"text_kl", out->text_kl},
                  {"image_kl", out->image_kl}, {"total", out->total}};
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
        if (!isfinite(losses[i].value))
            return error_set(err, ERROR_INPUT, "%s loss is %f", losses[i].name, losses[i].value);
    return 0;
}
