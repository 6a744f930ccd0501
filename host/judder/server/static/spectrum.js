// The amplitude spectrum of a window, as NumPy's rfft with a Hann window gives it.

// samples: one axis, any length. Returns amplitudes in the samples' unit, from 0 Hz to half the rate: a sine of
// amplitude a that falls on a bin shows as a.
export function amplitudes(samples) {
  const n = samples.length;
  const size = 2 ** Math.ceil(Math.log2(n));
  const mean = samples.reduce((sum, value) => sum + value, 0) / n;
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  for (let k = 0; k < n; k++) real[k] = (samples[k] - mean) * (0.5 - 0.5 * Math.cos((2 * Math.PI * k) / n));
  transform(real, imaginary);
  return Array.from({ length: size / 2 + 1 }, (_, k) => (4 / n) * Math.hypot(real[k], imaginary[k]));
}

export function frequencies(n, rateHz) {
  const size = 2 ** Math.ceil(Math.log2(n));
  return Array.from({ length: size / 2 + 1 }, (_, k) => (k * rateHz) / size);
}

// Radix-2 FFT in place; the length is a power of two.
function transform(real, imaginary) {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j], real[i]];
      [imaginary[i], imaginary[j]] = [imaginary[j], imaginary[i]];
    }
  }
  for (let length = 2; length <= n; length *= 2) {
    for (let start = 0; start < n; start += length) butterfly(real, imaginary, start, length);
  }
}

function butterfly(real, imaginary, start, length) {
  const half = length / 2;
  for (let k = 0; k < half; k++) {
    const angle = (-2 * Math.PI * k) / length;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const [a, b] = [start + k, start + k + half];
    const re = real[b] * c - imaginary[b] * s;
    const im = real[b] * s + imaginary[b] * c;
    [real[b], imaginary[b]] = [real[a] - re, imaginary[a] - im];
    real[a] += re;
    imaginary[a] += im;
  }
}
