// SPDX-License-Identifier: Apache-2.0
// Runs the small face networks of the page in a browser: what web/guide/networks.mjs made of them,
// in WebAssembly with SIMD and nothing beneath it. Maps are rows of pixels of channels, float, the
// channels a multiple of 4. One thread.
#include <stdint.h>
#include <wasm_simd128.h>

namespace {

enum Kind : int32_t { convolution = 0, depthwise = 1, pooling = 2 };

/// One step; places count floats, of the arena or of the weights. -1: there is none.
struct Step {
  int32_t kind;
  int32_t from, to;                       // arena
  int32_t in_width, in_height, channels;  // of `from`; depthwise and pooling
  int32_t out_width, out_height, out_channels;
  int32_t rows, run;  // convolution: a window is so many rows of so many floats
  int32_t line_step,
      pixel_step;  // from a window to the one below, and to the next; rows lie in_width apart
  int32_t stride, top, left;      // depthwise: its window is 3×3
  int32_t weights, bias, slope;   // weights; slope: of what is below zero
  int32_t added, added_channels;  // arena: a map of the same size, with no more channels, is added
                                  // before the slope
};

template <int kVectors>
struct Sums {
  v128_t of[kVectors];
};

v128_t sloped(v128_t value, v128_t slope) {
  const v128_t zero = wasm_f32x4_splat(0);
  return wasm_f32x4_add(
      wasm_f32x4_max(value, zero), wasm_f32x4_mul(wasm_f32x4_min(value, zero), slope)
  );
}

/// kPixels neighbours, 4 · kVectors channels from `channel` on.
template <int kPixels, int kVectors>
void convolve_block(
    const Step& step,
    const float* from,
    const float* weights,
    const float* all,
    float* arena,
    int pixel,
    int channel
) {
  Sums<kVectors> sums[kPixels];
  for (auto& sum : sums) {
    for (int v = 0; v < kVectors; ++v)
      sum.of[v] = wasm_v128_load(all + step.bias + channel + 4 * v);
  }
  for (int row = 0; row < step.rows; ++row) {
    const float* const at = from + row * step.in_width;
    for (int i = 0; i < step.run; ++i, weights += 4 * kVectors) {
      v128_t weight[kVectors];
      for (int v = 0; v < kVectors; ++v) weight[v] = wasm_v128_load(weights + 4 * v);
      for (int p = 0; p < kPixels; ++p) {
        const v128_t value = wasm_v128_load32_splat(at + p * step.pixel_step + i);
        for (int v = 0; v < kVectors; ++v) {
          sums[p].of[v] = wasm_f32x4_add(sums[p].of[v], wasm_f32x4_mul(value, weight[v]));
        }
      }
    }
  }
  for (int p = 0; p < kPixels; ++p) {
    for (int v = 0; v < kVectors; ++v) {
      const int here = channel + 4 * v;
      v128_t sum = sums[p].of[v];
      if (here < step.added_channels) {
        sum = wasm_f32x4_add(
            sum, wasm_v128_load(arena + step.added + (pixel + p) * step.added_channels + here)
        );
      }
      if (step.slope >= 0) sum = sloped(sum, wasm_v128_load(all + step.slope + here));
      wasm_v128_store(arena + step.to + (pixel + p) * step.out_channels + here, sum);
    }
  }
}

template <int kPixels>
void convolve_pixels(
    const Step& step, const float* from, const float* all, float* arena, int pixel
) {
  const int window = step.rows * step.run;
  const float* weights = all + step.weights;
  int channel = 0;
  for (; channel + 8 <= step.out_channels; channel += 8, weights += 8 * window) {
    convolve_block<kPixels, 2>(step, from, weights, all, arena, pixel, channel);
  }
  if (channel < step.out_channels) {
    convolve_block<kPixels, 1>(step, from, weights, all, arena, pixel, channel);
  }
}

void convolve(const Step& step, const float* all, float* arena) {
  for (int y = 0; y < step.out_height; ++y) {
    const float* from = arena + step.from + y * step.line_step;
    const int line = y * step.out_width;
    int x = 0;
    for (; x + 4 <= step.out_width; x += 4, from += 4 * step.pixel_step) {
      convolve_pixels<4>(step, from, all, arena, line + x);
    }
    for (; x < step.out_width; ++x, from += step.pixel_step) {
      convolve_pixels<1>(step, from, all, arena, line + x);
    }
  }
}

/// The parts of a 3×3 window that lie in the map.
struct Taps {
  const float* from[9];
  const float* weights[9];
  int count;
};

Taps taps_at(const Step& step, const float* all, const float* arena, int x, int y) {
  Taps taps;
  taps.count = 0;
  for (int i = 0; i < 9; ++i) {
    const int row = y * step.stride - step.top + i / 3;
    const int column = x * step.stride - step.left + i % 3;
    if (row < 0 || row >= step.in_height || column < 0 || column >= step.in_width) continue;
    taps.from[taps.count] = arena + step.from + (row * step.in_width + column) * step.channels;
    taps.weights[taps.count++] = all + step.weights + i * step.channels;
  }
  return taps;
}

v128_t tap(const Taps& taps, int i, int channel, v128_t sum) {
  const v128_t product = wasm_f32x4_mul(
      wasm_v128_load(taps.from[i] + channel), wasm_v128_load(taps.weights[i] + channel)
  );
  return wasm_f32x4_add(sum, product);
}

void convolve_depthwise(const Step& step, const float* all, float* arena) {
  float* to = arena + step.to;
  for (int y = 0; y < step.out_height; ++y) {
    for (int x = 0; x < step.out_width; ++x, to += step.channels) {
      const Taps taps = taps_at(step, all, arena, x, y);
      for (int channel = 0; channel < step.channels; channel += 4) {
        v128_t sum = wasm_v128_load(all + step.bias + channel);
        if (taps.count == 9) {
#pragma clang loop unroll(full)
          for (int i = 0; i < 9; ++i) sum = tap(taps, i, channel, sum);
        } else {
          for (int i = 0; i < taps.count; ++i) sum = tap(taps, i, channel, sum);
        }
        wasm_v128_store(to + channel, sum);
      }
    }
  }
}

/// The largest of each 2×2.
void pool(const Step& step, float* arena) {
  const int line = step.in_width * step.channels;
  float* to = arena + step.to;
  for (int y = 0; y < step.out_height; ++y) {
    const float* from = arena + step.from + 2 * y * line;
    for (int x = 0; x < step.out_width; ++x, from += 2 * step.channels, to += step.channels) {
      for (int channel = 0; channel < step.channels; channel += 4) {
        const float* const at = from + channel;
        const v128_t upper = wasm_f32x4_max(wasm_v128_load(at), wasm_v128_load(at + step.channels));
        const float* const below = at + line;
        const v128_t lower =
            wasm_f32x4_max(wasm_v128_load(below), wasm_v128_load(below + step.channels));
        wasm_v128_store(to + channel, wasm_f32x4_max(upper, lower));
      }
    }
  }
}

}  // namespace

extern "C" {

/// Half-precision numbers (finite ones) as single ones.
__attribute__((export_name("widen"))) void widen(const uint16_t* from, float* to, int32_t count) {
  for (int i = 0; i < count; ++i) {
    const uint32_t bits = static_cast<uint32_t>(from[i] & 0x7fff) << 13;
    float magnitude = 0;
    __builtin_memcpy(&magnitude, &bits, sizeof magnitude);
    magnitude *= 0x1p112F;
    to[i] = (from[i] & 0x8000) != 0 ? -magnitude : magnitude;
  }
}

/// All steps of a network; its input lies in the arena, its results will.
__attribute__((export_name("run"))) void run(
    const Step* steps, int32_t count, const float* weights, float* arena
) {
  for (const Step* step = steps; step < steps + count; ++step) {
    if (step->kind == convolution)
      convolve(*step, weights, arena);
    else if (step->kind == depthwise)
      convolve_depthwise(*step, weights, arena);
    else
      pool(*step, arena);
  }
}

}  // extern "C"
