#include "loops.h"

#include <cstddef>
#include <utility>
#include <vector>

// Functions that take vectors are always inlined, so it does not matter how vectors would be passed.
#pragma GCC diagnostic ignored "-Wpsabi"
#define INLINE inline __attribute__((always_inline))
#define INLINE_LAMBDA __attribute__((always_inline))

namespace earlyexit {
namespace {

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
// One build runs on every processor: the loops are compiled for each of these, and the fastest that run here are used.
// The attribute `target_clones` would not do, because the compiler splits vectors before it knows which processor they
// are for.
#define FOR_SEVERAL_PROCESSORS
typedef float Vector512 __attribute__((vector_size(64)));
typedef float Vector256 __attribute__((vector_size(32)));
#pragma GCC push_options
#pragma GCC target("arch=skylake-avx512")
#define STREAM __builtin_ia32_movntps512
#define STREAM_TYPE Vector512
#define WIDEST 16
namespace avx512 {
#include "loops-of-processor.h"
}
#undef STREAM
#undef STREAM_TYPE
#undef WIDEST
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("arch=haswell")
#define STREAM __builtin_ia32_movntps256
#define STREAM_TYPE Vector256
#define WIDEST 8
namespace avx2 {
#include "loops-of-processor.h"
}
#undef STREAM
#undef STREAM_TYPE
#undef WIDEST
#pragma GCC pop_options
#endif
#define WIDEST 4
namespace anywhere {
#include "loops-of-processor.h"
}

#define LOOPS_OF(processor)                                                                                  \
  {                                                                                                          \
    &processor::Sums, &processor::Apply, &processor::GradientSums, &processor::ApplyGradient, &processor::Add, \
        &processor::Adam, &processor::Momentum, &processor::Finish                                                                                   \
  }

// Those that run on this processor, the fastest first.
std::vector<std::pair<const char*, Loops>> LoopsThatRun() {
  std::vector<std::pair<const char*, Loops>> all;
#ifdef FOR_SEVERAL_PROCESSORS
  __builtin_cpu_init();
#define HAS(feature) (__builtin_cpu_supports(feature) != 0)
  if (HAS("avx512f") && HAS("avx512cd") && HAS("avx512bw") && HAS("avx512dq") && HAS("avx512vl"))
    all.push_back({"avx512", LOOPS_OF(avx512)});
  if (HAS("avx2") && HAS("fma") && HAS("bmi") && HAS("bmi2")) all.push_back({"avx2", LOOPS_OF(avx2)});
#undef HAS
#endif
  all.push_back({"anywhere", LOOPS_OF(anywhere)});
  return all;
}
#undef LOOPS_OF

}  // namespace

const Loops loops = LoopsThatRun().front().second;

bool MayStream(const float* result, int64_t size, int64_t row) {
  // Values: 1 MB, and 64 bytes.
  constexpr int64_t kMuch = 1 << 18, kLine = 16;
  return size > kMuch && row % kLine == 0 && reinterpret_cast<uintptr_t>(result) % 64 == 0;
}

}  // namespace earlyexit
