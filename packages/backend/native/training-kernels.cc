// A Node addon beside tfjs-node's binding, compiled by `earlyexit engine install`. Loading it
//  - tells glibc's allocator to keep freed memory for the next training step, and
// - registers operations of our own with TensorFlow. It exports `convolution: true` if it has convolutions too.
#include <malloc.h>
#include <node_api.h>

#include "operation.h"

NAPI_MODULE_INIT() {
  // A step allocates and frees hundreds of tensors of megabytes. By default glibc requests each from the system and
  // returns it at once, and the system clears every page again, which takes a fifth of a step of ResNet-20. Up to 2 GiB
  // stay with the process.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 2147483647);
  mallopt(M_TOP_PAD, 64 << 20);
  // A second thread of this process that loads the addon finds the operations registered.
  static const bool registered =
      earlyexit::RegisterNormalization() && earlyexit::RegisterAddition() && earlyexit::RegisterPacking() &&
      earlyexit::RegisterOptimizers();
#ifdef WITH_ONEDNN
  static const bool convolution = earlyexit::RegisterConvolution();
#else
  static const bool convolution = false;
#endif
  if (!registered) napi_throw_error(env, nullptr, "TensorFlow did not take the training kernels");
  napi_value has_convolution;
  if (napi_get_boolean(env, convolution, &has_convolution) == napi_ok)
    napi_set_named_property(env, exports, "convolution", has_convolution);
  return exports;
}
