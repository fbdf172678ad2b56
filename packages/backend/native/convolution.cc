// Convolution and its two gradients by oneDNN, called directly. TensorFlow contains oneDNN too, but shares its work
// among threads in a way that gains only 1.3 to 1.5 times with two threads, while oneDNN under OpenMP gains 2.
#include <dlfcn.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "oneapi/dnnl/dnnl.h"
#include "operation.h"

namespace earlyexit {
namespace {

// The functions of oneDNN's C interface that are used here.
#define FOR_EVERY_FUNCTION(F)                    \
  F(dnnl_engine_create)                          \
  F(dnnl_stream_create)                          \
  F(dnnl_stream_wait)                            \
  F(dnnl_memory_desc_create_with_strides)        \
  F(dnnl_memory_desc_create_with_tag)            \
  F(dnnl_memory_desc_destroy)                    \
  F(dnnl_memory_desc_equal)                      \
  F(dnnl_memory_create)                          \
  F(dnnl_memory_destroy)                         \
  F(dnnl_memory_set_data_handle)                 \
  F(dnnl_post_ops_create)                        \
  F(dnnl_post_ops_append_eltwise)                \
  F(dnnl_post_ops_destroy)                       \
  F(dnnl_primitive_attr_create)                  \
  F(dnnl_primitive_attr_set_post_ops)            \
  F(dnnl_primitive_attr_destroy)                 \
  F(dnnl_convolution_forward_primitive_desc_create)          \
  F(dnnl_convolution_backward_data_primitive_desc_create)    \
  F(dnnl_convolution_backward_weights_primitive_desc_create) \
  F(dnnl_reorder_primitive_desc_create)          \
  F(dnnl_primitive_desc_query_md)                \
  F(dnnl_primitive_desc_destroy)                 \
  F(dnnl_primitive_create)                       \
  F(dnnl_primitive_execute)                      \
  F(dnnl_primitive_destroy)

struct Library {
#define DECLARE(name) decltype(&::name) name = nullptr;
  FOR_EVERY_FUNCTION(DECLARE)
#undef DECLARE
  dnnl_engine_t engine = nullptr;
  dnnl_stream_t stream = nullptr;
  // The primitives share their working memory.
  std::mutex turn;
};

// Loaded beside the oneDNN inside TensorFlow, without sharing its symbols of the same names. Null if it is missing.
Library* OneDnn() {
  static Library* library = []() -> Library* {
    void* handle = dlopen("libdnnl.so.3", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (handle == nullptr) return nullptr;
    auto found = std::make_unique<Library>();
#define FIND(name)                                                                \
  found->name = reinterpret_cast<decltype(&::name)>(dlsym(handle, #name)); \
  if (found->name == nullptr) return nullptr;
    FOR_EVERY_FUNCTION(FIND)
#undef FIND
    if (found->dnnl_engine_create(&found->engine, dnnl_cpu, 0) != dnnl_success) return nullptr;
    if (found->dnnl_stream_create(&found->stream, found->engine, dnnl_stream_default_flags) != dnnl_success) return nullptr;
    return found.release();
  }();
  return library;
}

enum class Kind { kForward, kInputGradient, kFilterGradient };

// All parameters of a convolution except tensors: shapes, strides, padding, and what follows it.
struct Geometry {
  int64_t batch, height, width, channels;
  int64_t kernel_height, kernel_width, filters;
  int64_t row_stride, column_stride, top, bottom, left, right;
  bool relu = false, bias = false;

  // For some of these oneDNN writes beyond its working memory and can be wrong. They are 1×1 convolutions with strides,
  // which only pick pixels.
  bool skips_pixels() const {
    return kernel_height == 1 && kernel_width == 1 && (row_stride > 1 || column_stride > 1) &&
           top + bottom + left + right == 0;
  }

  Geometry without_skipped() const {
    Geometry dense = *this;
    dense.height = output_height();
    dense.width = output_width();
    dense.row_stride = dense.column_stride = 1;
    return dense;
  }

  int64_t output_height() const { return (height + top + bottom - kernel_height) / row_stride + 1; }
  int64_t output_width() const { return (width + left + right - kernel_width) / column_stride + 1; }
  std::vector<int64_t> input() const { return {batch, height, width, channels}; }
  std::vector<int64_t> filter() const { return {kernel_height, kernel_width, channels, filters}; }
  std::vector<int64_t> output() const { return {batch, output_height(), output_width(), filters}; }
};
constexpr int kNumbers = 13;

int64_t Product(const std::vector<int64_t>& axes) {
  int64_t product = 1;
  for (int64_t axis : axes) product *= axis;
  return product;
}

// The pixels that a 1×1 convolution with strides uses, one after another.
void Gather(const Geometry& g, const float* image, float* seen) {
  const int64_t rows = g.batch * g.output_height(), width = g.output_width(), parts = Threads();
  InParallel([&](int64_t part) {
    for (int64_t row = rows * part / parts; row < rows * (part + 1) / parts; row++) {
      const int64_t sample = row / g.output_height(), y = row % g.output_height() * g.row_stride;
      const float* from = image + (sample * g.height + y) * g.width * g.channels;
      float* to = seen + row * width * g.channels;
      for (int64_t x = 0; x < width; x++, from += g.column_stride * g.channels, to += g.channels)
        std::copy(from, from + g.channels, to);
    }
  });
}

// The reverse, with zeros for the pixels between.
void Scatter(const Geometry& g, const float* seen, float* image) {
  const int64_t rows = g.batch * g.height, width = g.output_width(), parts = Threads();
  InParallel([&](int64_t part) {
    for (int64_t row = rows * part / parts; row < rows * (part + 1) / parts; row++) {
      const int64_t sample = row / g.height, y = row % g.height;
      float* to = image + row * g.width * g.channels;
      std::fill(to, to + g.width * g.channels, 0.0f);
      if (y % g.row_stride != 0 || y / g.row_stride >= g.output_height()) continue;
      const float* from = seen + (sample * g.output_height() + y / g.row_stride) * width * g.channels;
      for (int64_t x = 0; x < width; x++, from += g.channels, to += g.column_stride * g.channels)
        std::copy(from, from + g.channels, to);
    }
  });
}

// One convolution or gradient of one geometry, with the layouts of the filter that oneDNN chose for it.
class Convolution {
 public:
  Convolution(Kind kind, const Geometry& geometry)
      : kind_(kind), geometry_(geometry), computed_(geometry.skips_pixels() ? geometry.without_skipped() : geometry) {}
  Convolution(const Convolution&) = delete;
  ~Convolution() {
    for (dnnl_memory_t memory : memories_) one_->dnnl_memory_destroy(memory);
    for (dnnl_memory_desc_t layout : layouts_) one_->dnnl_memory_desc_destroy(layout);
    for (dnnl_primitive_t primitive : primitives_) one_->dnnl_primitive_destroy(primitive);
  }

  const Geometry& geometry() const { return geometry_; }

  // `image` and `result` are the input's side and the output's side; any of them, or the filter, may be the one that is
  // written.
  bool Run(float* image, float* filter, float* bias, float* result) {
    std::lock_guard<std::mutex> one_at_a_time(one_->turn);
    omp_set_num_threads(Threads());
    if (primitive_ == nullptr && !Prepare()) return false;
    if (!geometry_.skips_pixels()) return RunDense(image, filter, bias, result);
    const std::unique_ptr<float[]> seen(new float[Product(computed_.input())]);
    if (kind_ != Kind::kInputGradient) Gather(geometry_, image, seen.get());
    if (!RunDense(seen.get(), filter, bias, result)) return false;
    if (kind_ == Kind::kInputGradient) Scatter(geometry_, seen.get(), image);
    return true;
  }

 private:
  bool RunDense(float* image, float* filter, float* bias, float* result) {
    one_->dnnl_memory_set_data_handle(image_, image);
    one_->dnnl_memory_set_data_handle(result_, result);
    one_->dnnl_memory_set_data_handle(plain_filter_, filter);
    if (bias_ != nullptr) one_->dnnl_memory_set_data_handle(bias_, bias);
    if (kind_ == Kind::kForward) {
      if (!ReorderFilter(plain_filter_, filter_)) return false;
      std::vector<dnnl_exec_arg_t> arguments = {
          {DNNL_ARG_SRC, image_}, {DNNL_ARG_WEIGHTS, filter_}, {DNNL_ARG_DST, result_}};
      if (bias_ != nullptr) arguments.push_back({DNNL_ARG_BIAS, bias_});
      return Execute(primitive_, arguments);
    }
    if (kind_ == Kind::kInputGradient) {
      return ReorderFilter(plain_filter_, filter_) &&
             Execute(primitive_, {{DNNL_ARG_DIFF_DST, result_}, {DNNL_ARG_WEIGHTS, filter_}, {DNNL_ARG_DIFF_SRC, image_}});
    }
    return Execute(primitive_, {{DNNL_ARG_SRC, image_}, {DNNL_ARG_DIFF_DST, result_}, {DNNL_ARG_DIFF_WEIGHTS, filter_}}) &&
           ReorderFilter(filter_, plain_filter_);
  }

  bool Execute(dnnl_primitive_t primitive, const std::vector<dnnl_exec_arg_t>& arguments) {
    return one_->dnnl_primitive_execute(primitive, one_->stream, static_cast<int>(arguments.size()), arguments.data()) ==
               dnnl_success &&
           one_->dnnl_stream_wait(one_->stream) == dnnl_success;
  }

  bool ReorderFilter(dnnl_memory_t from, dnnl_memory_t to) {
    return reorder_ == nullptr || Execute(reorder_, {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
  }

  // Axes in oneDNN's order, with their strides in memory.
  dnnl_memory_desc_t Layout(const std::vector<int64_t>& axes, const std::vector<int64_t>& strides) {
    dnnl_memory_desc_t layout = nullptr;
    if (one_->dnnl_memory_desc_create_with_strides(&layout, static_cast<int>(axes.size()), axes.data(), dnnl_f32,
                                                   strides.data()) != dnnl_success)
      return nullptr;
    layouts_.push_back(layout);
    return layout;
  }

  dnnl_memory_desc_t ImageLayout(const std::vector<int64_t>& shape) {
    const int64_t height = shape[1], width = shape[2], channels = shape[3];
    return Layout({shape[0], channels, height, width}, {height * width * channels, 1, width * channels, channels});
  }

  dnnl_memory_t Memory(const_dnnl_memory_desc_t layout, void* data) {
    dnnl_memory_t memory = nullptr;
    if (one_->dnnl_memory_create(&memory, layout, one_->engine, data) != dnnl_success) return nullptr;
    memories_.push_back(memory);
    return memory;
  }

  dnnl_primitive_t Primitive(const_dnnl_primitive_desc_t description) {
    dnnl_primitive_t primitive = nullptr;
    if (one_->dnnl_primitive_create(&primitive, description) != dnnl_success) return nullptr;
    primitives_.push_back(primitive);
    return primitive;
  }

  bool Prepare() {
    const Geometry& g = computed_;
    const dnnl_memory_desc_t image = ImageLayout(g.input()), result = ImageLayout(g.output());
    const std::vector<int64_t> filter_axes = {g.filters, g.channels, g.kernel_height, g.kernel_width};
    const dnnl_memory_desc_t plain = Layout(
        filter_axes, {1, g.filters, g.kernel_width * g.channels * g.filters, g.channels * g.filters});
    const dnnl_memory_desc_t bias = g.bias ? Layout({g.filters}, {1}) : nullptr;
    dnnl_memory_desc_t any = nullptr;
    if (one_->dnnl_memory_desc_create_with_tag(&any, 4, filter_axes.data(), dnnl_f32, dnnl_format_tag_any) != dnnl_success)
      return false;
    layouts_.push_back(any);
    if (image == nullptr || result == nullptr || plain == nullptr || (g.bias && bias == nullptr)) return false;

    dnnl_primitive_attr_t attributes = nullptr;
    dnnl_post_ops_t followers = nullptr;
    if (one_->dnnl_primitive_attr_create(&attributes) != dnnl_success) return false;
    bool described = true;
    if (g.relu) {
      described = one_->dnnl_post_ops_create(&followers) == dnnl_success &&
                  one_->dnnl_post_ops_append_eltwise(followers, dnnl_eltwise_relu, 0, 0) == dnnl_success &&
                  one_->dnnl_primitive_attr_set_post_ops(attributes, followers) == dnnl_success;
    }
    const dnnl_dims_t strides = {g.row_stride, g.column_stride}, dilations = {0, 0}, before = {g.top, g.left},
                      after = {g.bottom, g.right};
    dnnl_primitive_desc_t forward = nullptr, description = nullptr;
    described = described && one_->dnnl_convolution_forward_primitive_desc_create(
                                 &forward, one_->engine, dnnl_forward_training, dnnl_convolution_direct, image, any, bias,
                                 result, strides, dilations, before, after, attributes) == dnnl_success;
    if (described && kind_ == Kind::kInputGradient) {
      described = one_->dnnl_convolution_backward_data_primitive_desc_create(
                      &description, one_->engine, dnnl_convolution_direct, image, any, result, strides, dilations, before,
                      after, forward, attributes) == dnnl_success;
    } else if (described && kind_ == Kind::kFilterGradient) {
      described = one_->dnnl_convolution_backward_weights_primitive_desc_create(
                      &description, one_->engine, dnnl_convolution_direct, image, any, nullptr, result, strides, dilations,
                      before, after, forward, attributes) == dnnl_success;
    }
    const dnnl_primitive_desc_t chosen = description == nullptr ? forward : description;
    if (described) {
      const_dnnl_memory_desc_t inner = one_->dnnl_primitive_desc_query_md(
          chosen, kind_ == Kind::kFilterGradient ? dnnl_query_diff_weights_md : dnnl_query_weights_md, 0);
      image_ = Memory(image, DNNL_MEMORY_NONE);
      result_ = Memory(result, DNNL_MEMORY_NONE);
      plain_filter_ = Memory(plain, DNNL_MEMORY_NONE);
      if (bias != nullptr) bias_ = Memory(bias, DNNL_MEMORY_NONE);
      described = PrepareFilter(plain, inner);
      if (described && image_ != nullptr && result_ != nullptr && (bias == nullptr || bias_ != nullptr))
        primitive_ = Primitive(chosen);
    }
    if (description != nullptr) one_->dnnl_primitive_desc_destroy(description);
    if (forward != nullptr) one_->dnnl_primitive_desc_destroy(forward);
    if (followers != nullptr) one_->dnnl_post_ops_destroy(followers);
    one_->dnnl_primitive_attr_destroy(attributes);
    return primitive_ != nullptr;
  }

  // The filter in oneDNN's layout, and the conversion to it, or back for the filter's gradient.
  bool PrepareFilter(const_dnnl_memory_desc_t plain, const_dnnl_memory_desc_t inner) {
    if (plain_filter_ == nullptr) return false;
    if (one_->dnnl_memory_desc_equal(plain, inner)) {
      filter_ = plain_filter_;
      return true;
    }
    filter_ = Memory(inner, DNNL_MEMORY_ALLOCATE);
    if (filter_ == nullptr) return false;
    const bool back = kind_ == Kind::kFilterGradient;
    dnnl_primitive_desc_t description = nullptr;
    if (one_->dnnl_reorder_primitive_desc_create(&description, back ? inner : plain, one_->engine, back ? plain : inner,
                                                 one_->engine, nullptr) != dnnl_success)
      return false;
    reorder_ = Primitive(description);
    one_->dnnl_primitive_desc_destroy(description);
    return reorder_ != nullptr;
  }

  Library* const one_ = OneDnn();
  const Kind kind_;
  // The convolution that was requested, and the one that oneDNN computes.
  const Geometry geometry_, computed_;
  dnnl_primitive_t primitive_ = nullptr, reorder_ = nullptr;
  dnnl_memory_t image_ = nullptr, result_ = nullptr, filter_ = nullptr, plain_filter_ = nullptr, bias_ = nullptr;
  std::vector<dnnl_memory_t> memories_;
  std::vector<dnnl_memory_desc_t> layouts_;
  std::vector<dnnl_primitive_t> primitives_;
};

bool IsPossible(const Geometry& g) {
  const int64_t positive[] = {g.batch,        g.height,  g.width,      g.channels,     g.kernel_height,
                              g.kernel_width, g.filters, g.row_stride, g.column_stride};
  const int64_t paddings[] = {g.top, g.bottom, g.left, g.right};
  for (int64_t number : positive)
    if (number < 1) return false;
  for (int64_t number : paddings)
    if (number < 0) return false;
  return g.height + g.top + g.bottom >= g.kernel_height && g.width + g.left + g.right >= g.kernel_width;
}

template <Kind kKind>
void* Create(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  int64_t numbers[kNumbers] = {};
  int32_t listed = 0, total = 0;
  TF_OpKernelConstruction_GetAttrSize(construction, "geometry", &listed, &total, status);
  if (TF_GetCode(status) == TF_OK && listed != kNumbers)
    TF_SetStatus(status, TF_INVALID_ARGUMENT, "a convolution's geometry has 13 numbers");
  if (TF_GetCode(status) == TF_OK)
    TF_OpKernelConstruction_GetAttrInt64List(construction, "geometry", numbers, kNumbers, status);
  Geometry g{numbers[0], numbers[1], numbers[2], numbers[3],  numbers[4],  numbers[5], numbers[6],
             numbers[7], numbers[8], numbers[9], numbers[10], numbers[11], numbers[12]};
  if (kKind == Kind::kForward) {
    unsigned char relu = 0, bias = 0;
    if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrBool(construction, "relu", &relu, status);
    if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrBool(construction, "add_bias", &bias, status);
    g.relu = relu != 0;
    g.bias = bias != 0;
  }
  if (TF_GetCode(status) == TF_OK && !IsPossible(g))
    TF_SetStatus(status, TF_INVALID_ARGUMENT, "no such convolution is possible");
  Convolution* convolution = nullptr;
  if (TF_GetCode(status) == TF_OK) convolution = new Convolution(kKind, g);
  else TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return convolution;
}

void Delete(void* kernel) { delete static_cast<Convolution*>(kernel); }

// The inputs are, in order: image and filter, output's gradient and filter, image and output's gradient.
template <Kind kKind>
void Compute(void* kernel, TF_OpKernelContext* context) {
  auto& convolution = *static_cast<Convolution*>(kernel);
  const Geometry& g = convolution.geometry();
  const std::vector<int64_t> shapes[] = {g.input(), g.filter(), g.output()};
  constexpr int kImage = 0, kFilter = 1, kResult = 2;
  constexpr int kFirst = kKind == Kind::kInputGradient ? kResult : kImage;
  constexpr int kSecond = kKind == Kind::kFilterGradient ? kResult : kFilter;
  constexpr int kWritten = kImage + kFilter + kResult - kFirst - kSecond;
  TF_Status* status = TF_NewStatus();
  {
    const Tensor first(Input(context, 0, status)), second(Input(context, 1, status)),
        bias(kKind == Kind::kForward ? Input(context, 2, status) : nullptr);
    if (TF_GetCode(status) == TF_OK &&
        (first.size() != Product(shapes[kFirst]) || second.size() != Product(shapes[kSecond]) ||
         (g.bias && bias.size() != g.filters)))
      TF_SetStatus(status, TF_INVALID_ARGUMENT, "the shapes of a convolution do not fit together");
    const Tensor written(Output(context, 0, shapes[kWritten], status));
    if (TF_GetCode(status) == TF_OK) {
      float* data[3] = {};
      data[kFirst] = first.data();
      data[kSecond] = second.data();
      data[kWritten] = written.data();
      if (!convolution.Run(data[kImage], data[kFilter], g.bias ? bias.data() : nullptr, data[kResult]))
        TF_SetStatus(status, TF_INTERNAL, "oneDNN did not compute a convolution");
    }
  }
  if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context, status);
  TF_DeleteStatus(status);
}

template <Kind kKind>
bool RegisterKind(const char* name, const std::vector<const char*>& inputs, const char* output) {
  std::vector<const char*> attributes = {"geometry: list(int)"};
  if (kKind == Kind::kForward) attributes.insert(attributes.end(), {"relu: bool", "add_bias: bool"});
  return Register(name, inputs, {output}, attributes, &Create<kKind>, &Compute<kKind>, &Delete);
}

}  // namespace

bool RegisterConvolution() {
  return OneDnn() != nullptr &&
         RegisterKind<Kind::kForward>("EarlyexitConvolution", {"x: float", "filter: float", "bias: float"}, "y: float") &&
         RegisterKind<Kind::kInputGradient>("EarlyexitConvolutionInputGrad", {"dy: float", "filter: float"}, "dx: float") &&
         RegisterKind<Kind::kFilterGradient>("EarlyexitConvolutionFilterGrad", {"x: float", "dy: float"}, "dfilter: float");
}

}  // namespace earlyexit
