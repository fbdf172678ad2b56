// Steps of optimizers over one vector of all weights, each as a single operation: TensorFlow's would pass over it a
// dozen times. The settings are an input, not attributes, because TensorFlow keeps one kernel for each set of
// attributes, and some settings change with every step.
#include <algorithm>
#include <cstdint>

#include "loops.h"
#include "operation.h"

namespace earlyexit {
namespace {

void* Create(TF_OpKernelConstruction*) { return nullptr; }

void Delete(void*) {}

// Inputs: kVectors vectors of one size, and the settings. Outputs: kResults vectors of that size.
template <int kVectors, int kResults, int kSettings, typename Work>
void ForVectors(TF_OpKernelContext* context, const Work& work) {
  TF_Status* status = TF_NewStatus();
  {
    TF_Tensor *inputs[kVectors], *outputs[kResults] = {};
    for (int index = 0; index < kVectors; index++) inputs[index] = Input(context, index, status);
    const Tensor settings(Input(context, kVectors, status));
    const int64_t size = TF_GetCode(status) == TF_OK ? TF_TensorElementCount(inputs[0]) : 0;
    for (int index = 0; TF_GetCode(status) == TF_OK && index < kVectors; index++) {
      if (TF_TensorElementCount(inputs[index]) != size || settings.size() != kSettings)
        TF_SetStatus(status, TF_INVALID_ARGUMENT, "the vectors of an optimizer's step are not of one size");
    }
    for (int index = 0; index < kResults; index++) outputs[index] = Output(context, index, {size}, status);
    if (TF_GetCode(status) == TF_OK) {
      const float* vectors[kVectors];
      float* results[kResults];
      const auto values = [](TF_Tensor* tensor) { return static_cast<float*>(TF_TensorData(tensor)); };
      std::transform(inputs, inputs + kVectors, vectors, values);
      std::transform(outputs, outputs + kResults, results, values);
      const int64_t parts = Threads();
      // Whole cache lines for each thread.
      const auto bound = [&](int64_t of) { return of == parts ? size : size * of / parts / 16 * 16; };
      InParallel([&](int64_t part) { work(vectors, results, settings.data(), bound(part), bound(part + 1)); });
    }
    for (TF_Tensor* tensor : inputs)
      if (tensor != nullptr) TF_DeleteTensor(tensor);
    for (TF_Tensor* tensor : outputs)
      if (tensor != nullptr) TF_DeleteTensor(tensor);
  }
  if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context, status);
  TF_DeleteStatus(status);
}

void Adam(void*, TF_OpKernelContext* context) {
  ForVectors<4, 3, 10>(context, [](const float** in, float** out, const float* n, int64_t begin, int64_t end) {
    const AdamStep step{in[0], in[1], in[2], in[3], out[0], out[1], out[2], n[0], n[1], n[2], n[3], n[4], n[5], n[6],
                        n[7],  n[8],  n[9]};
    loops.adam(step, begin, end);
  });
}

void Momentum(void*, TF_OpKernelContext* context) {
  ForVectors<3, 2, 7>(context, [](const float** in, float** out, const float* n, int64_t begin, int64_t end) {
    loops.momentum({in[0], in[1], in[2], out[0], out[1], n[0], n[1], n[2], n[3], n[4], n[5], n[6]}, begin, end);
  });
}

}  // namespace

bool RegisterOptimizers() {
  return Register("EarlyexitAdam",
                  {"gradient: float", "first: float", "second: float", "decayed: float", "settings: float"},
                  {"update: float", "next_first: float", "next_second: float"}, {}, &Create, &Adam, &Delete) &&
         Register("EarlyexitMomentum", {"gradient: float", "velocity: float", "decayed: float", "settings: float"},
                  {"update: float", "next_velocity: float"}, {}, &Create, &Momentum, &Delete);
}

}  // namespace earlyexit
