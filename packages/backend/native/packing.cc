// All weights of a network as one vector and back, each as a single operation: an optimizer's step would otherwise run
// one or two for every weight, of which a residual network has hundreds, most of them only a few numbers long.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "operation.h"

namespace earlyexit {
namespace {

void* Create(TF_OpKernelConstruction*) { return nullptr; }

void Delete(void*) {}

template <void (*kCompute)(TF_OpKernelContext*, TF_Status*)>
void Compute(void*, TF_OpKernelContext* context) {
  TF_Status* status = TF_NewStatus();
  kCompute(context, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context, status);
  TF_DeleteStatus(status);
}

// Inputs: the parts.
void Pack(TF_OpKernelContext* context, TF_Status* status) {
  std::vector<TF_Tensor*> inputs(TF_NumInputs(context));
  int64_t size = 0;
  for (size_t index = 0; index < inputs.size(); index++) {
    inputs[index] = Input(context, static_cast<int>(index), status);
    if (inputs[index] != nullptr) size += TF_TensorElementCount(inputs[index]);
  }
  const Tensor vector(Output(context, 0, {size}, status));
  float* to = TF_GetCode(status) == TF_OK ? vector.data() : nullptr;
  for (TF_Tensor* input : inputs) {
    const Tensor part(input);
    if (to != nullptr) to = std::copy(part.data(), part.data() + part.size(), to);
  }
}

// Inputs: the vector, and a tensor of the shape of each part.
void Unpack(TF_OpKernelContext* context, TF_Status* status) {
  const Tensor vector(Input(context, 0, status));
  if (TF_GetCode(status) != TF_OK) return;
  const float* from = vector.data();
  int64_t left = vector.size();
  for (int index = 1; index < TF_NumInputs(context); index++) {
    const Tensor like(Input(context, index, status));
    if (TF_GetCode(status) != TF_OK) return;
    left -= like.size();
    if (left < 0) break;
    const Tensor part(Output(context, index - 1, like.shape(), status));
    if (TF_GetCode(status) != TF_OK) return;
    std::copy(from, from + like.size(), part.data());
    from += like.size();
  }
  if (left != 0) TF_SetStatus(status, TF_INVALID_ARGUMENT, "a vector is not as long as its parts");
}

}  // namespace

bool RegisterPacking() {
  return Register("EarlyexitPack", {"parts: N * float"}, {"vector: float"}, {"N: int >= 1"}, &Create, &Compute<&Pack>,
                  &Delete) &&
         Register("EarlyexitUnpack", {"vector: float", "like: N * float"}, {"parts: N * float"}, {"N: int >= 1"}, &Create,
                  &Compute<&Unpack>, &Delete);
}

}  // namespace earlyexit
