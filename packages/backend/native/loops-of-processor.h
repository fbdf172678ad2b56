// The loops over activations that loops.h declares. loops.cc includes them once for every kind of processor, in a
// namespace of its own. The standard library is not used, because code that the compiler generated from it for a newer
// processor could be linked into code for an older one.

// The values of neighbouring channels. Written as vectors because the compiler does not vectorise arrays that it
// unrolls; with WIDEST values, as many as a register holds, because it generates slow code for wider ones.
struct Widest {
  typedef float Values __attribute__((vector_size(WIDEST * sizeof(float))));
  enum { kWidth = WIDEST };
};
struct Four {
  typedef float Values __attribute__((vector_size(16)));
  enum { kWidth = 4 };
};
struct One {
  typedef float Values;
  enum { kWidth = 1 };
};

template <typename Width>
INLINE typename Width::Values Load(const float* from) {
  typename Width::Values values;
  __builtin_memcpy(&values, from, sizeof values);
  return values;
}

template <typename Width>
INLINE void Store(typename Width::Values values, float* to) {
  __builtin_memcpy(to, &values, sizeof values);
}

// Bypasses the caches if `stream`: otherwise memory that is only written is read first, and evicts what will be read.
// Results must then consist of whole cache lines (see MayStream).
template <typename Width>
INLINE void Store(typename Width::Values values, float* to, bool stream) {
#ifdef STREAM
  if (stream && sizeof(values) % sizeof(STREAM_TYPE) == 0) {
    STREAM_TYPE parts[sizeof(values) / sizeof(STREAM_TYPE) + 1];
    __builtin_memcpy(parts, &values, sizeof values);
    for (size_t part = 0; part < sizeof(values) / sizeof(STREAM_TYPE); part++)
      STREAM(to + part * (sizeof(STREAM_TYPE) / sizeof(float)), parts[part]);
    return;
  }
#endif
  (void)stream;
  Store<Width>(values, to);
}

template <typename Width>
INLINE void AddTo(double* sums, typename Width::Values values) {
  float each[Width::kWidth];
  Store<Width>(values, each);
  for (int at = 0; at < Width::kWidth; at++) sums[at] += each[at];
}

// Few enough rows that the sums of a block may be floats and that a block stays in the cache from one group of channels
// to the next.
constexpr int64_t kBlock = 512;

// Calls body(first, last, channel, width) for every block of rows and all channels, as many of them together as there are.
template <typename Body>
INLINE void ForTiles(int64_t begin, int64_t end, int64_t channels, const Body& body) {
  for (int64_t first = begin; first < end; first += kBlock) {
    const int64_t last = first + kBlock < end ? first + kBlock : end;
    int64_t channel = 0;
    for (; channel + WIDEST <= channels; channel += WIDEST) body(first, last, channel, Widest());
    for (; channel + 4 <= channels; channel += 4) body(first, last, channel, Four());
    for (; channel < channels; channel++) body(first, last, channel, One());
  }
}

template <bool kRelu, bool kAdd>
INLINE void ApplyTo(const float* x, const float* addend, const Channels& of, int64_t begin, int64_t end,
                    int64_t channels, float* __restrict__ y, bool stream) {
  ForTiles(begin, end, channels, [&](int64_t first, int64_t last, int64_t channel, auto width) INLINE_LAMBDA {
    using Width = decltype(width);
    using Values = typename Width::Values;
    const Values m = Load<Width>(of.mean + channel), a = Load<Width>(of.scale + channel),
                 b = Load<Width>(of.beta + channel);
    for (int64_t at = first * channels + channel; at < last * channels; at += channels) {
      Values value = (Load<Width>(x + at) - m) * a + b;
      if (kAdd) value += Load<Width>(addend + at);
      // Not the maximum of the two, so that NaN stays NaN.
      if (kRelu) value = value < Values{} ? Values{} : value;
      Store<Width>(value, y + at, stream);
    }
  });
}

// The gradient before the ReLU. Where the ReLU passed something is known from y or, if nothing was added, from x, which
// is read anyway.
template <bool kRelu, bool kAdd, typename Width, typename Values = typename Width::Values>
INLINE Values BehindRelu(Values received, const float* y, Values difference, Values scale, Values beta) {
  if (!kRelu) return received;
  const Values result = kAdd ? Load<Width>(y) : difference * scale + beta;
  return result > Values{} ? received : Values{};
}

template <bool kRelu, bool kAdd>
INLINE void AddGradientSums(const float* dy, const float* y, const float* x, const Channels& of, int64_t begin,
                            int64_t end, int64_t channels, double* sum, double* product) {
  ForTiles(begin, end, channels, [&](int64_t first, int64_t last, int64_t channel, auto width) INLINE_LAMBDA {
    using Width = decltype(width);
    using Values = typename Width::Values;
    const Values m = Load<Width>(of.mean + channel), k = Load<Width>(of.scale + channel),
                 b = Load<Width>(of.beta + channel);
    Values s = {}, p = {};
    for (int64_t at = first * channels + channel; at < last * channels; at += channels) {
      const Values difference = Load<Width>(x + at) - m;
      const Values gradient = BehindRelu<kRelu, kAdd, Width>(Load<Width>(dy + at), y + at, difference, k, b);
      s += gradient;
      p += gradient * difference;
    }
    AddTo<Width>(sum + channel, s);
    AddTo<Width>(product + channel, p);
  });
}

template <bool kRelu, bool kAdd>
INLINE void ApplyGradientTo(const float* dy, const float* y, const float* x, const Channels& of, const float* b,
                            const float* c, int64_t begin, int64_t end, int64_t channels, float* __restrict__ dx,
                            float* __restrict__ daddend, bool stream) {
  ForTiles(begin, end, channels, [&](int64_t first, int64_t last, int64_t channel, auto width) INLINE_LAMBDA {
    using Width = decltype(width);
    using Values = typename Width::Values;
    const Values m = Load<Width>(of.mean + channel), k = Load<Width>(of.scale + channel),
                 beta = Load<Width>(of.beta + channel), kb = Load<Width>(b + channel), kc = Load<Width>(c + channel);
    for (int64_t at = first * channels + channel; at < last * channels; at += channels) {
      const Values difference = Load<Width>(x + at) - m;
      const Values gradient = BehindRelu<kRelu, kAdd, Width>(Load<Width>(dy + at), y + at, difference, k, beta);
      Store<Width>(k * gradient + (kb * difference + kc), dx + at, stream);
      if (kAdd) Store<Width>(gradient, daddend + at, stream);
    }
  });
}

void Sums(const float* x, const float* shift, int64_t begin, int64_t end, int64_t channels, double* sum, double* square) {
  ForTiles(begin, end, channels, [&](int64_t first, int64_t last, int64_t channel, auto width) INLINE_LAMBDA {
    using Width = decltype(width);
    using Values = typename Width::Values;
    const Values k = Load<Width>(shift + channel);
    Values s = {}, q = {};
    for (int64_t at = first * channels + channel; at < last * channels; at += channels) {
      const Values difference = Load<Width>(x + at) - k;
      s += difference;
      q += difference * difference;
    }
    AddTo<Width>(sum + channel, s);
    AddTo<Width>(square + channel, q);
  });
}

void Apply(bool relu, bool add, const float* x, const float* addend, const Channels& of, int64_t begin,
           int64_t end, int64_t channels, float* y, bool stream) {
  if (relu && add) ApplyTo<true, true>(x, addend, of, begin, end, channels, y, stream);
  else if (relu) ApplyTo<true, false>(x, addend, of, begin, end, channels, y, stream);
  else if (add) ApplyTo<false, true>(x, addend, of, begin, end, channels, y, stream);
  else ApplyTo<false, false>(x, addend, of, begin, end, channels, y, stream);
}

void GradientSums(bool relu, bool add, const float* dy, const float* y, const float* x,
                  const Channels& of, int64_t begin, int64_t end, int64_t channels, double* sum, double* product) {
  if (relu && add) AddGradientSums<true, true>(dy, y, x, of, begin, end, channels, sum, product);
  else if (relu) AddGradientSums<true, false>(dy, y, x, of, begin, end, channels, sum, product);
  else AddGradientSums<false, false>(dy, y, x, of, begin, end, channels, sum, product);
}

void ApplyGradient(bool relu, bool add, const float* dy, const float* y, const float* x,
                   const Channels& of, const float* b, const float* c, int64_t begin, int64_t end, int64_t channels,
                   float* dx, float* daddend, bool stream) {
  if (relu && add) ApplyGradientTo<true, true>(dy, y, x, of, b, c, begin, end, channels, dx, daddend, stream);
  else if (relu) ApplyGradientTo<true, false>(dy, y, x, of, b, c, begin, end, channels, dx, daddend, stream);
  else if (add) ApplyGradientTo<false, true>(dy, y, x, of, b, c, begin, end, channels, dx, daddend, stream);
  else ApplyGradientTo<false, false>(dy, y, x, of, b, c, begin, end, channels, dx, daddend, stream);
}

void Add(const float* a, const float* b, int64_t begin, int64_t end, float* sum, bool stream) {
  int64_t at = begin;
  for (; at + WIDEST <= end; at += WIDEST)
    Store<Widest>(Load<Widest>(a + at) + Load<Widest>(b + at), sum + at, stream);
  for (; at < end; at++) sum[at] = a[at] + b[at];
}

// Replaces numbers below the smallest normal one by zero. The moment of a weight whose gradient stays 0 becomes such a
// number, and computing with them takes the processor a hundred times as long.
INLINE float Flushed(float value) { return __builtin_fabsf(value) < 0x1p-126f ? 0 : value; }

// Plain loops without sums, which the compiler vectorises.
void Adam(const AdamStep& step, int64_t begin, int64_t end) {
  const AdamStep s = step;
  const float *gradient = s.gradient, *first = s.first, *second = s.second, *decayed = s.decayed;
  float *__restrict__ update = s.update, *__restrict__ next_first = s.next_first, *__restrict__ next_second = s.next_second;
  for (int64_t at = begin; at < end; at++) {
    const float decay = s.weight_decay * decayed[at], pull = gradient[at] + s.coupled * decay;
    const float one = Flushed(s.beta1 * first[at] + s.rest1 * pull);
    const float two = Flushed(s.beta2 * second[at] + s.rest2 * (pull * pull));
    next_first[at] = one;
    next_second[at] = two;
    update[at] = s.scale * (one / (s.root * __builtin_sqrtf(two) + s.epsilon)) + s.apart * decay;
  }
}

void Momentum(const MomentumStep& step, int64_t begin, int64_t end) {
  const MomentumStep s = step;
  const float *gradient = s.gradient, *velocity = s.velocity, *decayed = s.decayed;
  float *__restrict__ update = s.update, *__restrict__ next_velocity = s.next_velocity;
  for (int64_t at = begin; at < end; at++) {
    const float decay = s.weight_decay * decayed[at], pull = gradient[at] + s.coupled * decay;
    const float next = Flushed(s.momentum * velocity[at] + pull);
    next_velocity[at] = next;
    update[at] = s.scale * (s.pull_share * pull + s.velocity_share * next + s.apart * decay);
  }
}

// From here on, other threads see what bypassed the caches.
void Finish() {
#ifdef STREAM
  __builtin_ia32_sfence();
#endif
}
