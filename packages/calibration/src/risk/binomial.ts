/**
 * P(X ≤ k) for X binomial with `count` trials of probability p, summed in logarithms: no term underflows before it
 * is too small to matter.
 */
export function binomialCdf(k: number, count: number, p: number): number {
  if (k < 0) return 0;
  if (k >= count) return 1;
  if (p <= 0) return 1;
  if (p >= 1) return 0;
  const logOdds = Math.log(p) - Math.log1p(-p);
  let logTerm = count * Math.log1p(-p);
  let logSum = logTerm;
  for (let i = 0; i < k; i++) {
    logTerm += Math.log((count - i) / (i + 1)) + logOdds;
    const [large, small] = logTerm > logSum ? [logTerm, logSum] : [logSum, logTerm];
    logSum = large + Math.log1p(Math.exp(small - large));
  }
  return Math.min(1, Math.exp(logSum));
}

/**
 * The Hoeffding–Bentkus p-value for "the mean loss is at least `risk`" (Bates et al., JACM 2021; Learn then Test,
 * arXiv 2110.01052).
 *
 * @param meanLoss The mean of `count` losses between 0 and 1.
 * @param binary Whether every loss is 0 or 1; then the binomial tail is exact and Bentkus's factor e is not needed.
 */
export function hoeffdingBentkus(meanLoss: number, count: number, risk: number, binary: boolean): number {
  // Rounded, because n · (k / n) may miss k by a bit and ceil would add a whole loss.
  const losses = Math.ceil(Number((count * meanLoss).toPrecision(12)));
  const tail = binomialCdf(losses, count, risk);
  if (binary) return tail;
  const hoeffding = Math.exp(-count * bernoulliDivergence(Math.min(meanLoss, risk), risk));
  return Math.min(hoeffding, Math.E * tail);
}

/** Kullback–Leibler divergence of two Bernoulli distributions, in nats. */
function bernoulliDivergence(a: number, b: number): number {
  const part = (p: number, q: number): number => (p === 0 ? 0 : p * Math.log(p / q));
  return part(a, b) + part(1 - a, 1 - b);
}
