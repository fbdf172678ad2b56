// A Node addon beside tfjs-node's binding, compiled by `earlyexit engine install`. Loading it
//  - tells glibc's allocator to keep freed memory for the next training step, and
//  - registers two operations with TensorFlow: batch normalisation in training, with the addition of a shortcut and the ReLU
//    that follow it in a residual network, forward and backward. TensorFlow's own goes over the activations five times
//    forward, and needs an operation more for each of the others.
#include <malloc.h>
#include <node_api.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

namespace {

// One build runs on every processor: the loops over activations are compiled for each of these, and the loader chooses.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define FOR_EVERY_PROCESSOR
#endif
#define INLINE inline __attribute__((always_inline))
#define INLINE_LAMBDA __attribute__((always_inline))

// Threads that wait for ranges of rows. TensorFlow's C interface lends its own to nobody.
class Pool {
 public:
  explicit Pool(int threads) : count_(threads) {
    for (int index = 1; index < count_; index++) std::thread([this, index] { Serve(index); }).detach();
  }

  int count() const { return count_; }

  // Calls work(index) for every index below count(), the caller's own thread included, and waits for all.
  void Run(const std::function<void(int)>& work) {
    if (count_ == 1) return work(0);
    std::lock_guard<std::mutex> one_at_a_time(turn_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      left_.store(count_ - 1, std::memory_order_relaxed);
      round_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    work(0);
    // The shares are equal, so the others are nearly done.
    for (int spin = 0; left_.load(std::memory_order_acquire) > 0; spin++) {
      if (spin > 4000) std::this_thread::yield();
    }
  }

 private:
  void Serve(int index) {
    uint64_t seen = 0;
    for (;;) {
      // The next range often comes within the microseconds that the caller needs to get there.
      for (int spin = 0; spin < 2000 && round_.load(std::memory_order_acquire) == seen; spin++) {
      }
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return round_.load(std::memory_order_acquire) != seen; });
        seen = round_.load(std::memory_order_acquire);
      }
      (*work_)(index);
      left_.fetch_sub(1, std::memory_order_release);
    }
  }

  const int count_;
  std::mutex turn_, mutex_;
  std::condition_variable wake_;
  std::atomic<uint64_t> round_{0};
  std::atomic<int> left_{0};
  const std::function<void(int)>* work_ = nullptr;
};

Pool& SharedPool() {
  // Never freed: its threads live as long as the process.
  static Pool* pool = [] {
    const char* asked = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int threads = asked == nullptr ? 0 : std::atoi(asked);
    return new Pool(threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency()));
  }();
  return *pool;
}

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

// y = (x - mean) * scale + beta, plus the addend, and the ReLU of it.
template <bool kRelu, bool kAdd>
INLINE void Apply(const float* x, const float* addend, const float* mean, const float* scale, const float* beta,
                  int64_t begin, int64_t end, int64_t channels, float* __restrict__ y) {
  ForTiles(begin, end, channels, [&](int64_t first, int64_t last, int64_t channel, auto width) INLINE_LAMBDA {
    float m[kTile], a[kTile], b[kTile];
    for (int c = 0; c < width; c++) m[c] = mean[channel + c], a[c] = scale[channel + c], b[c] = beta[channel + c];
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
void ApplyAny(bool relu, bool add, const float* x, const float* addend, const float* mean, const float* scale,
              const float* beta, int64_t begin, int64_t end, int64_t channels, float* y) {
  if (relu && add) Apply<true, true>(x, addend, mean, scale, beta, begin, end, channels, y);
  else if (relu) Apply<true, false>(x, addend, mean, scale, beta, begin, end, channels, y);
  else if (add) Apply<false, true>(x, addend, mean, scale, beta, begin, end, channels, y);
  else Apply<false, false>(x, addend, mean, scale, beta, begin, end, channels, y);
}

// Sums by channel of the gradient behind the ReLU, and of its product with x - mean.
template <bool kRelu>
INLINE void GradientSums(const float* dy, const float* y, const float* x, const float* mean, int64_t begin, int64_t end,
                         int64_t channels, double* sum, double* product) {
  ForTiles(begin, end, channels, [&](int64_t first, int64_t last, int64_t channel, auto width) INLINE_LAMBDA {
    float s[kTile] = {}, p[kTile] = {}, m[kTile];
    for (int c = 0; c < width; c++) m[c] = mean[channel + c];
    for (int64_t row = first; row < last; row++) {
      const int64_t at = row * channels + channel;
      for (int c = 0; c < width; c++) {
        // Read first, whatever comes of it: only then is this no branch.
        const float received = dy[at + c], gradient = !kRelu || y[at + c] > 0 ? received : 0;
        s[c] += gradient;
        p[c] += gradient * (x[at + c] - m[c]);
      }
    }
    for (int c = 0; c < width; c++) sum[channel + c] += s[c], product[channel + c] += p[c];
  });
}

FOR_EVERY_PROCESSOR
void GradientSumsAny(bool relu, const float* dy, const float* y, const float* x, const float* mean, int64_t begin,
                     int64_t end, int64_t channels, double* sum, double* product) {
  if (relu) GradientSums<true>(dy, y, x, mean, begin, end, channels, sum, product);
  else GradientSums<false>(dy, y, x, mean, begin, end, channels, sum, product);
}

// dx = a * g + b * (x - mean) + c with g the gradient behind the ReLU, which is also the addend's.
template <bool kRelu, bool kAdd>
INLINE void ApplyGradient(const float* dy, const float* y, const float* x, const float* mean, const float* a,
                          const float* b, const float* c, int64_t begin, int64_t end, int64_t channels, float* __restrict__ dx,
                          float* __restrict__ daddend) {
  ForTiles(begin, end, channels, [&](int64_t first, int64_t last, int64_t channel, auto width) INLINE_LAMBDA {
    float km[kTile], ka[kTile], kb[kTile], kc[kTile];
    for (int i = 0; i < width; i++) {
      km[i] = mean[channel + i], ka[i] = a[channel + i], kb[i] = b[channel + i], kc[i] = c[channel + i];
    }
    for (int64_t row = first; row < last; row++) {
      const int64_t at = row * channels + channel;
      for (int i = 0; i < width; i++) {
        const float received = dy[at + i], gradient = !kRelu || y[at + i] > 0 ? received : 0;
        dx[at + i] = ka[i] * gradient + (kb[i] * (x[at + i] - km[i]) + kc[i]);
        if (kAdd) daddend[at + i] = gradient;
      }
    }
  });
}

FOR_EVERY_PROCESSOR
void ApplyGradientAny(bool relu, bool add, const float* dy, const float* y, const float* x, const float* mean,
                      const float* a, const float* b, const float* c, int64_t begin, int64_t end, int64_t channels,
                      float* dx, float* daddend) {
  if (relu && add) ApplyGradient<true, true>(dy, y, x, mean, a, b, c, begin, end, channels, dx, daddend);
  else if (relu) ApplyGradient<true, false>(dy, y, x, mean, a, b, c, begin, end, channels, dx, daddend);
  else if (add) ApplyGradient<false, true>(dy, y, x, mean, a, b, c, begin, end, channels, dx, daddend);
  else ApplyGradient<false, false>(dy, y, x, mean, a, b, c, begin, end, channels, dx, daddend);
}

// A tensor of the operation, given back at the end of a scope.
class Tensor {
 public:
  explicit Tensor(TF_Tensor* tensor) : tensor_(tensor) {}
  Tensor(const Tensor&) = delete;
  ~Tensor() {
    if (tensor_ != nullptr) TF_DeleteTensor(tensor_);
  }
  float* data() const { return static_cast<float*>(TF_TensorData(tensor_)); }
  int64_t size() const { return TF_TensorElementCount(tensor_); }
  std::vector<int64_t> shape() const {
    std::vector<int64_t> axes(TF_NumDims(tensor_));
    for (size_t axis = 0; axis < axes.size(); axis++) axes[axis] = TF_Dim(tensor_, axis);
    return axes;
  }
  explicit operator bool() const { return tensor_ != nullptr; }

 private:
  TF_Tensor* tensor_;
};

TF_Tensor* Input(TF_OpKernelContext* context, int index, TF_Status* status) {
  TF_Tensor* tensor = nullptr;
  if (TF_GetCode(status) == TF_OK) TF_GetInput(context, index, &tensor, status);
  return TF_GetCode(status) == TF_OK ? tensor : nullptr;
}

TF_Tensor* Output(TF_OpKernelContext* context, int index, const std::vector<int64_t>& shape, TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) return nullptr;
  int64_t size = 1;
  for (int64_t axis : shape) size *= axis;
  return TF_AllocateOutput(context, index, TF_FLOAT, shape.data(), static_cast<int>(shape.size()), size * sizeof(float),
                           status);
}

struct Attributes {
  float epsilon = 0;
  bool relu = false, add = false;
};

void* Create(TF_OpKernelConstruction* construction) {
  auto* attributes = new Attributes;
  TF_Status* status = TF_NewStatus();
  unsigned char relu = 0, add = 0;
  TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", &attributes->epsilon, status);
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
  Pool& pool = SharedPool();
  const int parts = pool.count();
  std::vector<double> sums(2 * parts * channels);
  pool.Run([&](int part) {
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
  Pool& pool = SharedPool();
  const int parts = pool.count();
  pool.Run([&](int part) { work(rows * part / parts, rows * (part + 1) / parts); });
}

void Normalize(const Attributes& attributes, TF_OpKernelContext* context, TF_Status* status) {
  const Tensor x(Input(context, 0, status)), gamma(Input(context, 1, status)), beta(Input(context, 2, status)),
      addend(Input(context, 3, status));
  if (TF_GetCode(status) != TF_OK) return;
  const int64_t channels = gamma.size();
  if (channels == 0 || x.size() == 0 || x.size() % channels != 0 || beta.size() != channels ||
      (attributes.add && addend.size() != x.size())) {
    return TF_SetStatus(status, TF_INVALID_ARGUMENT, "the shapes of a normalisation do not fit together");
  }
  const int64_t rows = x.size() / channels;
  const Tensor y(Output(context, 0, x.shape(), status)), mean(Output(context, 1, {channels}, status)),
      variance(Output(context, 2, {channels}, status));
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
    mean.data()[channel] = static_cast<float>(center);
    variance.data()[channel] = static_cast<float>(std::isfinite(center) ? spread : NAN);
    scale[channel] = static_cast<float>(gamma.data()[channel] / std::sqrt(spread + attributes.epsilon));
  }
  ForRows(rows, [&](int64_t begin, int64_t end) {
    ApplyAny(attributes.relu, attributes.add, values, addend.data(), mean.data(), scale.data(), beta.data(), begin, end,
             channels, y.data());
  });
}

void NormalizeGradient(const Attributes& attributes, TF_OpKernelContext* context, TF_Status* status) {
  const Tensor dy(Input(context, 0, status)), y(Input(context, 1, status)), x(Input(context, 2, status)),
      gamma(Input(context, 3, status)), mean(Input(context, 4, status)), variance(Input(context, 5, status));
  if (TF_GetCode(status) != TF_OK) return;
  const int64_t channels = gamma.size();
  if (channels == 0 || x.size() == 0 || x.size() % channels != 0 || dy.size() != x.size() ||
      (attributes.relu && y.size() != x.size()) || mean.size() != channels || variance.size() != channels) {
    return TF_SetStatus(status, TF_INVALID_ARGUMENT, "the shapes of a normalisation's gradient do not fit together");
  }
  const int64_t rows = x.size() / channels;
  const Tensor dx(Output(context, 0, x.shape(), status)), dgamma(Output(context, 1, {channels}, status)),
      dbeta(Output(context, 2, {channels}, status)),
      daddend(Output(context, 3, attributes.add ? x.shape() : std::vector<int64_t>{0}, status));
  if (TF_GetCode(status) != TF_OK) return;
  std::vector<double> sum(channels), product(channels);
  SumRows(rows, channels, sum.data(), product.data(), [&](int64_t begin, int64_t end, double* s, double* p) {
    GradientSumsAny(attributes.relu, dy.data(), y.data(), x.data(), mean.data(), begin, end, channels, s, p);
  });
  std::vector<float> a(channels), b(channels), c(channels);
  for (int64_t channel = 0; channel < channels; channel++) {
    const double inverse = 1 / std::sqrt(variance.data()[channel] + static_cast<double>(attributes.epsilon));
    const double factor = gamma.data()[channel] * inverse;
    const double slope = -factor * inverse * inverse * product[channel] / rows;
    dgamma.data()[channel] = static_cast<float>(product[channel] * inverse);
    dbeta.data()[channel] = static_cast<float>(sum[channel]);
    a[channel] = static_cast<float>(factor);
    b[channel] = static_cast<float>(slope);
    c[channel] = static_cast<float>(-factor * sum[channel] / rows);
  }
  ForRows(rows, [&](int64_t begin, int64_t end) {
    ApplyGradientAny(attributes.relu, attributes.add, dy.data(), y.data(), x.data(), mean.data(), a.data(), b.data(),
                     c.data(), begin, end, channels, dx.data(), daddend.data());
  });
}

template <void (*kCompute)(const Attributes&, TF_OpKernelContext*, TF_Status*)>
void Compute(void* kernel, TF_OpKernelContext* context) {
  TF_Status* status = TF_NewStatus();
  kCompute(*static_cast<Attributes*>(kernel), context, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context, status);
  TF_DeleteStatus(status);
}

bool Register(const char* name, std::vector<const char*> inputs, std::vector<const char*> outputs,
              void (*compute)(void*, TF_OpKernelContext*)) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  for (const char* attribute : {"epsilon: float", "relu: bool", "add: bool"})
    TF_OpDefinitionBuilderAddAttr(definition, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, &TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) == TF_OK)
    TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", &Create, compute, &Delete), status);
  const bool registered = TF_GetCode(status) == TF_OK;
  TF_DeleteStatus(status);
  return registered;
}

}  // namespace

NAPI_MODULE_INIT() {
  // A step makes and frees hundreds of tensors of megabytes. By default glibc asks the system for each and gives it back at
  // once, and the system clears every page anew: a fifth of a step of ResNet-20. Up to 2 GiB stay with the process.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 2147483647);
  mallopt(M_TOP_PAD, 64 << 20);
  // A second thread of this process that loads the addon finds the operations registered.
  static const bool registered =
      Register("EarlyexitNormalize", {"x: float", "gamma: float", "beta: float", "addend: float"},
               {"y: float", "mean: float", "variance: float"}, &Compute<&Normalize>) &&
      Register("EarlyexitNormalizeGrad",
               {"dy: float", "y: float", "x: float", "gamma: float", "mean: float", "variance: float"},
               {"dx: float", "dgamma: float", "dbeta: float", "daddend: float"}, &Compute<&NormalizeGradient>);
  if (!registered) napi_throw_error(env, nullptr, "TensorFlow did not take the training kernels");
  return exports;
}
