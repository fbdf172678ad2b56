// Compares the loops of native/loops.cc, as compiled for each kind of processor whose code runs on this one, with plain
// loops in double precision, for many numbers of rows and channels. Prints which kinds it compared, or the first
// difference.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "loops.cc"

using namespace earlyexit;

namespace {

std::mt19937 generator(1);

float Normal() {
  static std::normal_distribution<float> distribution;
  return distribution(generator);
}

// Aligned to a cache line, like the library's tensors.
struct Free {
  void operator()(float* values) const { std::free(values); }
};
using Values = std::unique_ptr<float[], Free>;

Values Make(int64_t size, float center) {
  Values values(static_cast<float*>(std::aligned_alloc(64, (size * sizeof(float) + 63) / 64 * 64)));
  for (int64_t at = 0; at < size; at++) values[at] = Normal() + center;
  return values;
}

void Expect(const char* kind, const char* what, int channels, int rows, double value, double expected, double scale) {
  if (std::fabs(value - expected) <= 2e-6 * scale) return;
  std::printf("%s: %s of %d rows and %d channels gave %.9g, not %.9g\n", kind, what, rows, channels, value, expected);
  std::exit(1);
}

void Compare(const char* kind, const Loops& loops, int channels, int rows, bool relu, bool add, bool stream) {
  const int64_t size = int64_t{channels} * rows;
  // Far from zero relative to their spread, as activations can be.
  const Values x = Make(size, 4), addend = Make(size, 0), dy = Make(size, 0), y = Make(size, NAN), dx = Make(size, NAN),
               daddend = Make(size, NAN), sum = Make(size, NAN), mean = Make(channels, 4), scale = Make(channels, 0),
               beta = Make(channels, 0), b = Make(channels, 0), c = Make(channels, 0);
  const Channels of{mean.get(), scale.get(), beta.get()};
  std::vector<double> s(channels), q(channels), g(channels), p(channels);
  loops.apply(relu, add, x.get(), addend.get(), of, 0, rows, channels, y.get(), stream);
  loops.finish();
  loops.sums(x.get(), x.get(), 0, rows, channels, s.data(), q.data());
  loops.gradient_sums(relu, add, dy.get(), y.get(), x.get(), of, 0, rows, channels, g.data(), p.data());
  loops.apply_gradient(relu, add, dy.get(), y.get(), x.get(), of, b.get(), c.get(), 0, rows, channels, dx.get(), daddend.get(),
                       stream);
  loops.add(x.get(), addend.get(), 0, size, sum.get(), stream);
  loops.finish();
  const auto expect = [&](const char* what, double value, double expected, double largest) {
    Expect(kind, what, channels, rows, value, expected, largest);
  };
  std::vector<double> es(channels), eq(channels), eg(channels), ep(channels);
  for (int64_t at = 0; at < size; at++) {
    const int k = static_cast<int>(at % channels);
    const double difference = double{x[at]} - mean[k], shifted = double{x[at]} - x[k];
    const double normalized = difference * scale[k] + beta[k] + (add ? addend[at] : 0);
    expect("apply", y[at], relu && normalized < 0 ? 0 : normalized, 20);
    const double gradient = !relu || y[at] > 0 ? dy[at] : 0;
    expect("apply_gradient", dx[at], scale[k] * gradient + (b[k] * difference + c[k]), 40);
    if (add) expect("apply_gradient of the addend", daddend[at], gradient, 5);
    expect("add", sum[at], double{x[at]} + addend[at], 10);
    es[k] += shifted, eq[k] += shifted * shifted, eg[k] += gradient, ep[k] += gradient * difference;
  }
  for (int k = 0; k < channels; k++) {
    expect("sums", s[k], es[k], rows * 20.0);
    expect("sums of squares", q[k], eq[k], rows * 40.0);
    expect("gradient_sums", g[k], eg[k], rows * 5.0);
    expect("gradient_sums of products", p[k], ep[k], rows * 20.0);
  }
}

void CompareOptimizers(const char* kind, const Loops& loops, int size) {
  const auto made = [&](float center) { return Make(size, center); };
  const Values gradient = made(0), first = made(0), second = made(5), decayed = made(0), update = made(NAN),
               next_first = made(NAN), next_second = made(NAN), velocity_update = made(NAN), next_velocity = made(NAN);
  for (int at = 0; at < size; at++) second[at] = std::fabs(second[at]);
  const AdamStep a{gradient.get(), first.get(), second.get(), decayed.get(), update.get(), next_first.get(), next_second.get(),
                   0.9f, 0.1f, 0.99f, 0.01f, 1.5f, 1e-3f, -0.2f, 0.6f, 0.5f, -0.4f};
  const MomentumStep m{gradient.get(), first.get(), decayed.get(), velocity_update.get(), next_velocity.get(),
                       0.9f, 0.25f, 0.5f, -0.2f, 0.6f, 0.5f, 0.4f};
  // In two parts, as two threads would do it.
  for (const auto& [begin, end] : {std::pair{0, size / 3}, std::pair{size / 3, size}}) {
    loops.adam(a, begin, end);
    loops.momentum(m, begin, end);
  }
  for (int at = 0; at < size; at++) {
    const auto expect = [&](const char* what, double value, double expected) {
      Expect(kind, what, 1, size, value, expected, 10);
    };
    const double decay = double{a.weight_decay} * decayed[at], pull = gradient[at] + a.coupled * decay;
    const double one = double{a.beta1} * first[at] + double{a.rest1} * pull;
    const double two = double{a.beta2} * second[at] + double{a.rest2} * pull * pull;
    expect("adam, first moment", next_first[at], one);
    expect("adam, second moment", next_second[at], two);
    expect("adam", update[at],
           a.scale * (one / (a.root * std::sqrt(two) + a.epsilon)) + a.apart * decay);
    const double velocity = double{m.momentum} * first[at] + pull;
    expect("momentum, velocity", next_velocity[at], velocity);
    expect("momentum", velocity_update[at],
           m.scale * (m.pull_share * pull + m.velocity_share * velocity + m.apart * decay));
  }
}

void CompareAll(const char* kind, const Loops& loops) {
  for (int channels : {1, 3, 4, 7, 16, 19, 20, 32, 37, 64})
    for (int rows : {1, 5, 511, 512, 513, 1300})
      for (bool relu : {false, true})
        for (bool add : {false, true})
          for (bool stream : {false, true}) Compare(kind, loops, channels, rows, relu, add, stream && channels % 16 == 0);
  for (int size : {1, 15, 16, 100, 1003}) CompareOptimizers(kind, loops, size);
  std::printf("%s\n", kind);
}

}  // namespace

int main() {
  for (const auto& [kind, loops] : LoopsThatRun()) CompareAll(kind, loops);
  return 0;
}
