// Batch normalisation in training, with the addition of a shortcut and the ReLU that follow it in a residual network, forward
// and backward. TensorFlow's own goes over the activations five times forward, and needs an operation more for each of the
// others.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <vector>

#include "operation.h"

namespace earlyexit {
namespace {

// One build runs on every processor: the loops over activations are compiled for each of these, and the loader chooses.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define FOR_EVERY_PROCESSOR
#endif
#define INLINE inline __attribute__((always_inline))
#define INLINE_LAMBDA __attribute__((always_inline))

// Few enough rows that the sums of a block may be floats, and that a block stays in the cache from tile to tile.
constexpr int64_t kBlock = 512;
// Channels that are worked on at once: two vectors of AVX2.
constexpr int kTile = 16;

// Calls body(first, last, channel, width) for every block of rows and every tile of channels.
template <typename Body>
INLINE void ForTiles(int64_t begin, int64_t end, int64_t channels, const Body& body) {
  for (int64_t first = begin; first < end; first += kBlock) {
    const int64_t last = std::min(first + kBlock, end);
    int64_t channel = 0;
    for (; channel + kTile <= channels; channel += kTile) body(first, last, channel, std::integral_constant<int, kTile>());
    if (channel < channels) body(first, last, channel, static_cast<int>(channels - channel));
  }
}

// Sums of x - shift and of its square by channel. The shift, a value of the channel, keeps the squares from cancelling.
FOR_EVERY_PROCESSOR
void Sums(const float* x, const float* shift, int64_t begin, int64_t end, int64_t channels, double* sum, double* square) {
  ForTiles(begin, end, channels, [&](int64_t first, int64_t last, int64_t channel, auto width) INLINE_LAMBDA {
    float s[kTile] = {}, q[kTile] = {}, k[kTile];
    for (int c = 0; c < width; c++) k[c] = shift[channel + c];
    for (int64_t row = first; row < last; row++) {
      const float* values = x + row * channels + channel;
      for (int c = 0; c < width; c++) {
        const float difference = values[c] - k[c];
        s[c] += difference;
        q[c] += difference * difference;
      }
    }
    for (int c = 0; c < width; c++) sum[channel + c] += s[c], square[channel + c] += q[c];
  });
}

// What is known of a channel. The scale is gamma / sqrt(variance + epsilon).
struct Channels {
  const float *mean, *scale, *beta;
};

// y = (x - mean) * scale + beta, plus the addend, and the ReLU of it.
template <bool kRelu, bool kAdd>
INLINE void Apply(const float* x, const float* addend, const Channels& of, int64_t begin, int64_t end, int64_t channels,
                  float* __restrict__ y) {
  ForTiles(begin, end, channels, [&](int64_t first, int64_t last, int64_t channel, auto width) INLINE_LAMBDA {
    float m[kTile], a[kTile], b[kTile];
    for (int c = 0; c < width; c++) m[c] = of.mean[channel + c], a[c] = of.scale[channel + c], b[c] = of.beta[channel + c];
    for (int64_t row = first; row < last; row++) {
      const int64_t at = row * channels + channel;
      for (int c = 0; c < width; c++) {
        float value = (x[at + c] - m[c]) * a[c] + b[c];
        if (kAdd) value += addend[at + c];
        // Not std::max: a value that is no number stays none.
        y[at + c] = kRelu && value < 0 ? 0 : value;
      }
    }
  });
}

FOR_EVERY_PROCESSOR
void ApplyAny(bool relu, bool add, const float* x, const float* addend, const Channels& of, int64_t begin, int64_t end,
              int64_t channels, float* y) {
  if (relu && add) Apply<true, true>(x, addend, of, begin, end, channels, y);
  else if (relu) Apply<true, false>(x, addend, of, begin, end, channels, y);
  else if (add) Apply<false, true>(x, addend, of, begin, end, channels, y);
  else Apply<false, false>(x, addend, of, begin, end, channels, y);
}

// Where the ReLU let something through: y tells, or, where nothing was added, x does, which is read anyway.
template <bool kAdd>
INLINE bool Passed(float y, float x, float mean, float scale, float beta) {
  return kAdd ? y > 0 : (x - mean) * scale + beta > 0;
}

// Sums by channel of the gradient behind the ReLU, and of its product with x - mean.
template <bool kRelu, bool kAdd>
INLINE void GradientSums(const float* dy, const float* y, const float* x, const Channels& of, int64_t begin, int64_t end,
                         int64_t channels, double* sum, double* product) {
  ForTiles(begin, end, channels, [&](int64_t first, int64_t last, int64_t channel, auto width) INLINE_LAMBDA {
    float s[kTile] = {}, p[kTile] = {}, m[kTile], k[kTile], b[kTile];
    for (int c = 0; c < width; c++) m[c] = of.mean[channel + c], k[c] = of.scale[channel + c], b[c] = of.beta[channel + c];
    for (int64_t row = first; row < last; row++) {
      const int64_t at = row * channels + channel;
      for (int c = 0; c < width; c++) {
        // Read first, whatever comes of it: only then is this no branch.
        const float received = dy[at + c], value = x[at + c], result = kRelu && kAdd ? y[at + c] : 0;
        const float gradient = !kRelu || Passed<kAdd>(result, value, m[c], k[c], b[c]) ? received : 0;
        s[c] += gradient;
        p[c] += gradient * (value - m[c]);
      }
    }
    for (int c = 0; c < width; c++) sum[channel + c] += s[c], product[channel + c] += p[c];
  });
}

FOR_EVERY_PROCESSOR
void GradientSumsAny(bool relu, bool add, const float* dy, const float* y, const float* x, const Channels& of,
                     int64_t begin, int64_t end, int64_t channels, double* sum, double* product) {
  if (relu && add) GradientSums<true, true>(dy, y, x, of, begin, end, channels, sum, product);
  else if (relu) GradientSums<true, false>(dy, y, x, of, begin, end, channels, sum, product);
  else GradientSums<false, false>(dy, y, x, of, begin, end, channels, sum, product);
}

// dx = scale * g + b * (x - mean) + c with g the gradient behind the ReLU, which is also the addend's.
template <bool kRelu, bool kAdd>
INLINE void ApplyGradient(const float* dy, const float* y, const float* x, const Channels& of, const float* b,
                          const float* c, int64_t begin, int64_t end, int64_t channels, float* __restrict__ dx,
                          float* __restrict__ daddend) {
  ForTiles(begin, end, channels, [&](int64_t first, int64_t last, int64_t channel, auto width) INLINE_LAMBDA {
    float km[kTile], ka[kTile], kbeta[kTile], kb[kTile], kc[kTile];
    for (int i = 0; i < width; i++) {
      km[i] = of.mean[channel + i], ka[i] = of.scale[channel + i], kbeta[i] = of.beta[channel + i];
      kb[i] = b[channel + i], kc[i] = c[channel + i];
    }
    for (int64_t row = first; row < last; row++) {
      const int64_t at = row * channels + channel;
      for (int i = 0; i < width; i++) {
        const float received = dy[at + i], value = x[at + i], result = kRelu && kAdd ? y[at + i] : 0;
        const float gradient = !kRelu || Passed<kAdd>(result, value, km[i], ka[i], kbeta[i]) ? received : 0;
        dx[at + i] = ka[i] * gradient + (kb[i] * (value - km[i]) + kc[i]);
        if (kAdd) daddend[at + i] = gradient;
      }
    }
  });
}

FOR_EVERY_PROCESSOR
void ApplyGradientAny(bool relu, bool add, const float* dy, const float* y, const float* x, const Channels& of,
                      const float* b, const float* c, int64_t begin, int64_t end, int64_t channels, float* dx,
                      float* daddend) {
  if (relu && add) ApplyGradient<true, true>(dy, y, x, of, b, c, begin, end, channels, dx, daddend);
  else if (relu) ApplyGradient<true, false>(dy, y, x, of, b, c, begin, end, channels, dx, daddend);
  else if (add) ApplyGradient<false, true>(dy, y, x, of, b, c, begin, end, channels, dx, daddend);
  else ApplyGradient<false, false>(dy, y, x, of, b, c, begin, end, channels, dx, daddend);
}

struct Attributes {
  // `rate` is how far the moving statistics go towards those of the batch.
  float epsilon = 0, rate = 0;
  bool relu = false, add = false;
};

template <bool kForward>
void* Create(TF_OpKernelConstruction* construction) {
  auto* attributes = new Attributes;
  TF_Status* status = TF_NewStatus();
  unsigned char relu = 0, add = 0;
  TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", &attributes->epsilon, status);
  if (kForward && TF_GetCode(status) == TF_OK)
    TF_OpKernelConstruction_GetAttrFloat(construction, "rate", &attributes->rate, status);
  if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrBool(construction, "relu", &relu, status);
  if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrBool(construction, "add", &add, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  attributes->relu = relu != 0;
  attributes->add = add != 0;
  return attributes;
}

void Delete(void* kernel) { delete static_cast<Attributes*>(kernel); }

// Sums over all rows, each thread's share apart and added up in the order of the shares: the same every time.
void SumRows(int64_t rows, int64_t channels, double* first, double* second,
             const std::function<void(int64_t, int64_t, double*, double*)>& share) {
  const int parts = Threads();
  std::vector<double> sums(2 * parts * channels);
  InParallel([&](int part) {
    double* own = sums.data() + 2 * part * channels;
    share(rows * part / parts, rows * (part + 1) / parts, own, own + channels);
  });
  for (int64_t channel = 0; channel < channels; channel++) {
    first[channel] = second[channel] = 0;
    for (int part = 0; part < parts; part++) {
      first[channel] += sums[2 * part * channels + channel];
      second[channel] += sums[(2 * part + 1) * channels + channel];
    }
  }
}

void ForRows(int64_t rows, const std::function<void(int64_t, int64_t)>& work) {
  const int parts = Threads();
  InParallel([&](int part) { work(rows * part / parts, rows * (part + 1) / parts); });
}

double Scale(float gamma, float variance, float epsilon) {
  return gamma / std::sqrt(variance + static_cast<double>(epsilon));
}

void Normalize(const Attributes& attributes, TF_OpKernelContext* context, TF_Status* status) {
  const Tensor x(Input(context, 0, status)), gamma(Input(context, 1, status)), beta(Input(context, 2, status)),
      addend(Input(context, 3, status)), moving_mean(Input(context, 4, status)), moving_variance(Input(context, 5, status));
  if (TF_GetCode(status) != TF_OK) return;
  const int64_t channels = gamma.size();
  if (channels == 0 || x.size() == 0 || x.size() % channels != 0 || beta.size() != channels ||
      moving_mean.size() != channels || moving_variance.size() != channels ||
      (attributes.add && addend.size() != x.size())) {
    return TF_SetStatus(status, TF_INVALID_ARGUMENT, "the shapes of a normalisation do not fit together");
  }
  const int64_t rows = x.size() / channels;
  const std::vector<int64_t> vector = {channels};
  const Tensor y(Output(context, 0, x.shape(), status)), mean(Output(context, 1, vector, status)),
      variance(Output(context, 2, vector, status)), next_mean(Output(context, 3, vector, status)),
      next_variance(Output(context, 4, vector, status));
  if (TF_GetCode(status) != TF_OK) return;
  std::vector<double> sum(channels), square(channels);
  const float* values = x.data();
  // The first row: a value of every channel.
  SumRows(rows, channels, sum.data(), square.data(), [&](int64_t begin, int64_t end, double* s, double* q) {
    Sums(values, values, begin, end, channels, s, q);
  });
  std::vector<float> scale(channels);
  for (int64_t channel = 0; channel < channels; channel++) {
    const double shifted = sum[channel] / rows;
    const double spread = std::max(0.0, square[channel] / rows - shifted * shifted);
    const double center = values[channel] + shifted;
    const float m = static_cast<float>(center), v = static_cast<float>(std::isfinite(center) ? spread : NAN);
    mean.data()[channel] = m;
    variance.data()[channel] = v;
    const float old_mean = moving_mean.data()[channel], old_variance = moving_variance.data()[channel];
    next_mean.data()[channel] = old_mean - (old_mean - m) * attributes.rate;
    next_variance.data()[channel] = old_variance - (old_variance - v) * attributes.rate;
    scale[channel] = static_cast<float>(Scale(gamma.data()[channel], v, attributes.epsilon));
  }
  const Channels of{mean.data(), scale.data(), beta.data()};
  ForRows(rows, [&](int64_t begin, int64_t end) {
    ApplyAny(attributes.relu, attributes.add, values, addend.data(), of, begin, end, channels, y.data());
  });
}

void NormalizeGradient(const Attributes& attributes, TF_OpKernelContext* context, TF_Status* status) {
  const Tensor dy(Input(context, 0, status)), y(Input(context, 1, status)), x(Input(context, 2, status)),
      gamma(Input(context, 3, status)), beta(Input(context, 4, status)), mean(Input(context, 5, status)),
      variance(Input(context, 6, status));
  if (TF_GetCode(status) != TF_OK) return;
  const int64_t channels = gamma.size();
  if (channels == 0 || x.size() == 0 || x.size() % channels != 0 || dy.size() != x.size() || beta.size() != channels ||
      (attributes.relu && attributes.add && y.size() != x.size()) || mean.size() != channels ||
      variance.size() != channels) {
    return TF_SetStatus(status, TF_INVALID_ARGUMENT, "the shapes of a normalisation's gradient do not fit together");
  }
  const int64_t rows = x.size() / channels;
  const Tensor dx(Output(context, 0, x.shape(), status)), dgamma(Output(context, 1, {channels}, status)),
      dbeta(Output(context, 2, {channels}, status)),
      daddend(Output(context, 3, attributes.add ? x.shape() : std::vector<int64_t>{0}, status));
  if (TF_GetCode(status) != TF_OK) return;
  std::vector<float> scale(channels), b(channels), c(channels);
  for (int64_t channel = 0; channel < channels; channel++)
    scale[channel] = static_cast<float>(Scale(gamma.data()[channel], variance.data()[channel], attributes.epsilon));
  const Channels of{mean.data(), scale.data(), beta.data()};
  std::vector<double> sum(channels), product(channels);
  SumRows(rows, channels, sum.data(), product.data(), [&](int64_t begin, int64_t end, double* s, double* p) {
    GradientSumsAny(attributes.relu, attributes.add, dy.data(), y.data(), x.data(), of, begin, end, channels, s, p);
  });
  for (int64_t channel = 0; channel < channels; channel++) {
    const double inverse = 1 / std::sqrt(variance.data()[channel] + static_cast<double>(attributes.epsilon));
    const double factor = gamma.data()[channel] * inverse;
    dgamma.data()[channel] = static_cast<float>(product[channel] * inverse);
    dbeta.data()[channel] = static_cast<float>(sum[channel]);
    b[channel] = static_cast<float>(-factor * inverse * inverse * product[channel] / rows);
    c[channel] = static_cast<float>(-factor * sum[channel] / rows);
  }
  ForRows(rows, [&](int64_t begin, int64_t end) {
    ApplyGradientAny(attributes.relu, attributes.add, dy.data(), y.data(), x.data(), of, b.data(), c.data(), begin, end,
                     channels, dx.data(), daddend.data());
  });
}

template <void (*kCompute)(const Attributes&, TF_OpKernelContext*, TF_Status*)>
void Compute(void* kernel, TF_OpKernelContext* context) {
  TF_Status* status = TF_NewStatus();
  kCompute(*static_cast<Attributes*>(kernel), context, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context, status);
  TF_DeleteStatus(status);
}

}  // namespace

bool RegisterNormalization() {
  return Register("EarlyexitNormalize",
                  {"x: float", "gamma: float", "beta: float", "addend: float", "moving_mean: float",
                   "moving_variance: float"},
                  {"y: float", "mean: float", "variance: float", "next_mean: float", "next_variance: float"},
                  {"epsilon: float", "rate: float", "relu: bool", "add: bool"}, &Create<true>, &Compute<&Normalize>,
                  &Delete) &&
         Register("EarlyexitNormalizeGrad",
                  {"dy: float", "y: float", "x: float", "gamma: float", "beta: float", "mean: float", "variance: float"},
                  {"dx: float", "dgamma: float", "dbeta: float", "daddend: float"},
                  {"epsilon: float", "relu: bool", "add: bool"}, &Create<false>, &Compute<&NormalizeGradient>, &Delete);
}

}  // namespace earlyexit
