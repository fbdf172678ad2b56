// Batch normalisation in training, with the addition of a shortcut and the ReLU that follow it in a residual network,
// forward and backward. TensorFlow's own passes over the activations five times forward, and needs a further operation
// for each of the others.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "loops.h"
#include "operation.h"

namespace earlyexit {
namespace {

struct Attributes {
  // `rate` is how far the moving statistics move towards those of the batch.
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

// Sums over all rows, separately for each thread's share and added in the order of the shares, so that the result is
// always the same.
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
    loops.sums(values, values, begin, end, channels, s, q);
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
  const bool stream = MayStream(y.data(), y.size(), channels);
  ForRows(rows, [&](int64_t begin, int64_t end) {
    loops.apply(attributes.relu, attributes.add, values, addend.data(), of, begin, end, channels, y.data(), stream);
    loops.finish();
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
    loops.gradient_sums(attributes.relu, attributes.add, dy.data(), y.data(), x.data(), of, begin, end, channels, s, p);
  });
  for (int64_t channel = 0; channel < channels; channel++) {
    const double inverse = 1 / std::sqrt(variance.data()[channel] + static_cast<double>(attributes.epsilon));
    const double factor = gamma.data()[channel] * inverse;
    dgamma.data()[channel] = static_cast<float>(product[channel] * inverse);
    dbeta.data()[channel] = static_cast<float>(sum[channel]);
    b[channel] = static_cast<float>(-factor * inverse * inverse * product[channel] / rows);
    c[channel] = static_cast<float>(-factor * sum[channel] / rows);
  }
  const bool stream = MayStream(dx.data(), dx.size(), channels) &&
                      (!attributes.add || MayStream(daddend.data(), daddend.size(), channels));
  ForRows(rows, [&](int64_t begin, int64_t end) {
    loops.apply_gradient(attributes.relu, attributes.add, dy.data(), y.data(), x.data(), of, b.data(), c.data(), begin, end,
                         channels, dx.data(), daddend.data(), stream);
    loops.finish();
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
