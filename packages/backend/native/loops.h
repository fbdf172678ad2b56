// Loops over activations, with the widest vectors that the processor has. Rows are of `channels` values each; `begin`
// and `end` say which rows.
#pragma once

#include <cstdint>

namespace earlyexit {

// The parameters of the channels. The scale is gamma / sqrt(variance + epsilon).
struct Channels {
  const float *mean, *scale, *beta;
};

// decay = weight_decay * decayed
// pull = gradient + coupled * decay
// next_first = beta1 * first + (1 - beta1) * pull
// next_second = beta2 * second + (1 - beta2) * pull^2
// update = scale * (next_first / (root * sqrt(next_second) + epsilon)) + apart * decay
struct AdamStep {
  const float *gradient, *first, *second, *decayed;
  float *update, *next_first, *next_second;
  // In the order of the operation's input.
  float beta1, rest1, beta2, rest2, root, epsilon, scale, weight_decay, coupled, apart;
};

// decay = weight_decay * decayed
// pull = gradient + coupled * decay
// next_velocity = momentum * velocity + pull
// update = scale * (pull_share * pull + velocity_share * next_velocity + apart * decay)
struct MomentumStep {
  const float *gradient, *velocity, *decayed;
  float *update, *next_velocity;
  // In the order of the operation's input.
  float momentum, pull_share, velocity_share, scale, weight_decay, coupled, apart;
};

struct Loops {
  // Adds the sums of x - shift and of its square by channel. The shift, a value of the channel, keeps the squares from
  // cancelling.
  void (*sums)(const float* x, const float* shift, int64_t begin, int64_t end, int64_t channels, double* sum,
               double* square);

  // y = (x - mean) * scale + beta, plus the addend, and the ReLU of it.
  void (*apply)(bool relu, bool add, const float* x, const float* addend, const Channels& of, int64_t begin, int64_t end,
                int64_t channels, float* y, bool stream);

  // Adds the sums by channel of the gradient behind the ReLU, and of its product with x - mean.
  void (*gradient_sums)(bool relu, bool add, const float* dy, const float* y, const float* x, const Channels& of,
                        int64_t begin, int64_t end, int64_t channels, double* sum, double* product);

  // dx = scale * g + b * (x - mean) + c with g the gradient behind the ReLU, which is also the addend's.
  void (*apply_gradient)(bool relu, bool add, const float* dy, const float* y, const float* x, const Channels& of,
                         const float* b, const float* c, int64_t begin, int64_t end, int64_t channels, float* dx,
                         float* daddend, bool stream);

  // sum = a + b, values from `begin` to `end`.
  void (*add)(const float* a, const float* b, int64_t begin, int64_t end, float* sum, bool stream);

  // Steps of optimizers, values from `begin` to `end`.
  void (*adam)(const AdamStep& step, int64_t begin, int64_t end);
  void (*momentum)(const MomentumStep& step, int64_t begin, int64_t end);

  // A thread that stored with `stream` has to call this before others read.
  void (*finish)();
};

// The loops for this processor.
extern const Loops loops;

// Whether results bypass the caches: if they exceed a second-level cache, so that they would be evicted before they are
// read, and all their rows begin on a cache line.
bool MayStream(const float* result, int64_t size, int64_t row);

}  // namespace earlyexit
