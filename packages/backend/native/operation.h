// What the operations here share: tensors of TensorFlow's C interface, registration, and threads.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <thread>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

namespace earlyexit {

// A tensor of an operation, released at the end of its scope.
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

 private:
  TF_Tensor* tensor_;
};

inline TF_Tensor* Input(TF_OpKernelContext* context, int index, TF_Status* status) {
  TF_Tensor* tensor = nullptr;
  if (TF_GetCode(status) == TF_OK) TF_GetInput(context, index, &tensor, status);
  return TF_GetCode(status) == TF_OK ? tensor : nullptr;
}

inline TF_Tensor* Output(TF_OpKernelContext* context, int index, const std::vector<int64_t>& shape, TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) return nullptr;
  int64_t size = 1;
  for (int64_t axis : shape) size *= axis;
  return TF_AllocateOutput(context, index, TF_FLOAT, shape.data(), static_cast<int>(shape.size()), size * sizeof(float),
                           status);
}

// Registers an operation on floats. `create` and `destroy` allocate and free the state that `compute` gets for a set of
// attributes.
inline bool Register(const char* name, const std::vector<const char*>& inputs, const std::vector<const char*>& outputs,
                     const std::vector<const char*>& attributes, void* (*create)(TF_OpKernelConstruction*),
                     void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*)) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  for (const char* attribute : attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, &TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) == TF_OK)
    TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", create, compute, destroy), status);
  const bool registered = TF_GetCode(status) == TF_OK;
  TF_DeleteStatus(status);
  return registered;
}

// The number of threads that TensorFlow was told to use; its own threads are not accessible.
inline int Threads() {
  static const int threads = [] {
    const char* asked = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int count = asked == nullptr ? 0 : std::atoi(asked);
    return count > 0 ? count : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  }();
  return threads;
}

// Calls work(part) for every part below Threads(), each on its own thread, and waits for all. The threads are OpenMP's,
// like oneDNN's, because two teams would compete for the processor.
template <typename Work>
void InParallel(const Work& work) {
  const int parts = Threads();
#pragma omp parallel for schedule(static, 1) num_threads(parts)
  for (int part = 0; part < parts; part++) work(part);
}

bool RegisterNormalization();
bool RegisterAddition();
bool RegisterPacking();
bool RegisterOptimizers();

// False if oneDNN's library is missing.
bool RegisterConvolution();

}  // namespace earlyexit
