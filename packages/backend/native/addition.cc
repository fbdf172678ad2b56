// The sum of two tensors of one shape: where a network branches, its gradients are added. TensorFlow's threads would
// have to wait for those of the previous operations.
#include <cstdint>

#include "loops.h"
#include "operation.h"

namespace earlyexit {
namespace {

void* Create(TF_OpKernelConstruction*) { return nullptr; }

void Delete(void*) {}

void Compute(void*, TF_OpKernelContext* context) {
  TF_Status* status = TF_NewStatus();
  {
    const Tensor a(Input(context, 0, status)), b(Input(context, 1, status));
    if (TF_GetCode(status) == TF_OK && a.size() != b.size())
      TF_SetStatus(status, TF_INVALID_ARGUMENT, "tensors of different shapes are added");
    if (TF_GetCode(status) == TF_OK) {
      const Tensor sum(Output(context, 0, a.shape(), status));
      if (TF_GetCode(status) == TF_OK) {
        const int64_t size = a.size(), parts = Threads();
        const bool stream = MayStream(sum.data(), size, 16);
        InParallel([&](int64_t part) {
          // Whole cache lines for each thread.
          const auto bound = [&](int64_t of) { return of == parts ? size : size * of / parts / 16 * 16; };
          loops.add(a.data(), b.data(), bound(part), bound(part + 1), sum.data(), stream);
          loops.finish();
        });
      }
    }
  }
  if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context, status);
  TF_DeleteStatus(status);
}

}  // namespace

bool RegisterAddition() {
  return Register("EarlyexitAdd", {"a: float", "b: float"}, {"sum: float"}, {}, &Create, &Compute, &Delete);
}

}  // namespace earlyexit
